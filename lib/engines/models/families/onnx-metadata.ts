import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Fields of `ModelProto` in onnx.proto. */
const GRAPH = 7;
const METADATA_PROPS = 14;
/** Longer metadata is not text that sherpa-onnx reads. The words of a punctuation model take 3 MB. */
const MAX_ENTRY_BYTES = 1 << 24;

/**
 * Reads the metadata of an ONNX file. Only the outermost fields are visited, so the weights are not read.
 * @returns undefined when the file is not ONNX or is incomplete.
 */
export function readOnnxMetadata(path: string): ReadonlyMap<string, string> | undefined {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const metadata = new Map<string, string>();
    let hasGraph = false;
    for (let position = 0; position < size; ) {
      const field = readField(file, position);
      if (!field || field.end > size) return undefined;
      if (field.number === GRAPH) hasGraph = true;
      if (field.number === METADATA_PROPS && field.end - field.start <= MAX_ENTRY_BYTES) {
        const bytes = Buffer.alloc(field.end - field.start);
        readSync(file, bytes, 0, bytes.length, field.start);
        const [key, value] = entryIn(bytes);
        metadata.set(key, value);
      }
      position = field.end;
    }
    return hasGraph ? metadata : undefined;
  } finally {
    closeSync(file);
  }
}

interface Field {
  readonly number: number;
  /** Where its content starts and ends in the file. */
  readonly start: number;
  readonly end: number;
}

/** Reads the head of a protobuf field. @returns undefined when the bytes are not protobuf. */
function readField(file: number, position: number): Field | undefined {
  const bytes = Buffer.alloc(20);
  const bytesRead = readSync(file, bytes, 0, bytes.length, position);
  const field = fieldIn(bytes.subarray(0, bytesRead), 0);
  return field && { number: field.number, start: position + field.start, end: position + field.end };
}

function fieldIn(bytes: Buffer, offset: number): Field | undefined {
  const tag = varintIn(bytes, offset);
  if (!tag || tag.value < 8) return undefined;
  const number = Math.floor(tag.value / 8);
  const type = tag.value % 8;
  if (type === 1) return { number, start: tag.end, end: tag.end + 8 };
  if (type === 5) return { number, start: tag.end, end: tag.end + 4 };
  const next = varintIn(bytes, tag.end);
  if (!next || (type !== 0 && type !== 2)) return undefined;
  return { number, start: next.end, end: next.end + (type === 2 ? next.value : 0) };
}

function varintIn(
  bytes: Buffer,
  offset: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let n = 0; n < 10; n += 1) {
    const byte = bytes[offset + n];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * n);
    if (byte < 0x80) return { value, end: offset + n + 1 };
  }
  return undefined;
}

/** The key and the value of an entry: the fields 1 and 2. */
function entryIn(bytes: Buffer): [key: string, value: string] {
  const texts = ['', '', ''];
  for (let offset = 0; offset < bytes.length; ) {
    const field = fieldIn(bytes, offset);
    if (!field) break;
    texts[field.number] = bytes.toString('utf8', field.start, field.end);
    offset = field.end;
  }
  return [texts[1] ?? '', texts[2] ?? ''];
}
