/** One chunk of a RIFF file. */
export interface RiffChunk {
  /** Four characters, such as `fmt ` and `data`. */
  readonly id: string;
  /** Offset of its content from the start of the file. */
  readonly offset: number;
  /** Length of its content in bytes, as its header states it. */
  readonly size: number;
}

/** A size field with this value refers to the `ds64` chunk. Source: EBU Tech 3306 (RF64). */
const SIZE_IN_DS64 = 0xffff_ffff;

/** The form type of a RIFF file, such as `WAVE` and `AVI `; undefined for any other file. */
export function riffForm(head: Buffer): string | undefined {
  return /^(?:RIFF|RF64|BW64)$/.test(head.toString('latin1', 0, 4)) && head.length >= 12
    ? head.toString('latin1', 8, 12)
    : undefined;
}

/**
 * Yields the chunks whose headers lie within the first bytes of a RIFF file, in file order. A chunk of odd size
 * is followed by one padding byte. In RF64 files the size of `data` is read from the `ds64` chunk.
 */
export function* riffChunks(head: Buffer): Iterable<RiffChunk> {
  if (riffForm(head) === undefined) return;
  let dataSize: number | undefined;
  for (let at = 12; at + 8 <= head.length; ) {
    const chunk = riffChunk(head.subarray(at), at, dataSize);
    dataSize ??= riffDataSize(chunk, head.subarray(chunk.offset));
    yield chunk;
    at = endOfChunk(chunk);
  }
}

/**
 * Reads the header of a chunk.
 * @param header Its eight bytes. @param at Its offset from the start of the file.
 * @param dataSize Size of `data` by the `ds64` chunk before it.
 */
export function riffChunk(header: Buffer, at: number, dataSize?: number): RiffChunk {
  const id = header.toString('latin1', 0, 4);
  const stated = header.readUInt32LE(4);
  const size = id === 'data' && stated === SIZE_IN_DS64 ? (dataSize ?? stated) : stated;
  return { id, offset: at + 8, size };
}

/** The size of `data` that a `ds64` chunk states; undefined for any other chunk. */
export function riffDataSize({ id }: RiffChunk, content: Buffer): number | undefined {
  return id === 'ds64' && content.length >= 16 ? Number(content.readBigUInt64LE(8)) : undefined;
}

/** Offset of the chunk after this one. */
export function endOfChunk({ offset, size }: RiffChunk): number {
  return offset + size + (size % 2);
}
