import { endOfChunk, type RiffChunk, riffChunk, riffDataSize, riffForm } from './containers/riff.ts';
import { FILLERS, PLACEHOLDER_BYTES } from './containers/wav.ts';

/** A part of a file that is a recording of its own. FFmpeg reads only the first of several. */
export interface FilePiece {
  /** Offset of its first byte, and of the byte after its last one. */
  readonly start: number;
  readonly end: number;
  /** Whether the audio continues to the end although the header states less: the header was never updated. */
  readonly isStale?: true | undefined;
}

/** Reads bytes of a file; fewer only at its end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** Equal bytes at the end of a file are space that was reserved for a longer recording. */
const RESERVED_BYTES = 64 * 1024;

/** Finds the recordings that were appended to each other in one file: WAV, and MP4 with its kin. */
export async function filePieces(read: ReadAt, fileBytes: number): Promise<FilePiece[]> {
  const head = await read(0, 16);
  if (riffForm(head) === 'WAVE') return await wavPieces(read, fileBytes);
  if (head.toString('latin1', 4, 8) === 'ftyp') return await mp4Pieces(read, fileBytes);
  return [{ start: 0, end: fileBytes }];
}

async function wavPieces(read: ReadAt, fileBytes: number): Promise<FilePiece[]> {
  const pieces: FilePiece[] = [];
  for (let start = 0; start < fileBytes; start = pieces.at(-1)?.end ?? fileBytes) {
    pieces.push(await wavPiece(read, start, fileBytes));
  }
  return pieces;
}

/** One WAV: to the next one, or to the end of the file. */
async function wavPiece(read: ReadAt, start: number, fileBytes: number): Promise<FilePiece> {
  const isRiff = (await read(start, 4)).toString('latin1') === 'RIFF';
  let data: RiffChunk | undefined;
  let dataSize: number | undefined;
  let at = start + 12;
  while (at + 8 <= fileBytes) {
    const header = await read(at, 12);
    if (data && riffForm(header) === 'WAVE') return { start, end: at };
    const chunk = riffChunk(header, at, dataSize);
    if (data && !isChunk(chunk, fileBytes)) {
      // A chunk of odd size without its padding.
      if (data.size % 2 === 1 && at === endOfChunk(data)) {
        const unpadded = await read(at - 1, 12);
        if (riffForm(unpadded) === 'WAVE') return { start, end: at - 1 };
        if (isChunk(riffChunk(unpadded, at - 1), fileBytes)) return { start, end: fileBytes };
      }
      const isStale = at === endOfChunk(data) && !(await isReserved(read, at, fileBytes));
      return { start, end: fileBytes, ...(isStale && { isStale }) };
    }
    dataSize ??= riffDataSize(chunk, await read(chunk.offset, 16));
    if (chunk.id === 'data') {
      data = chunk;
      // A size of zero or of a placeholder stands for all of the file.
      if (chunk.size === 0 || (isRiff && chunk.size >= PLACEHOLDER_BYTES)) break;
    }
    at = endOfChunk(chunk);
  }
  return { start, end: fileBytes };
}

/** Whether these bytes are a chunk, and not audio: its name can be printed, and it ends within the file. */
function isChunk({ id, offset, size }: RiffChunk, fileBytes: number): boolean {
  return /^[ -~]{4}$/.test(id) && offset + size <= fileBytes + 1;
}

async function isReserved(read: ReadAt, at: number, fileBytes: number): Promise<boolean> {
  const ends = [
    await read(at, RESERVED_BYTES),
    await read(Math.max(at, fileBytes - RESERVED_BYTES), RESERVED_BYTES),
  ];
  const [first] = ends[0] ?? [];
  return FILLERS.includes(first ?? -1) && ends.every((bytes) => bytes.every((byte) => byte === first));
}

/** Each `ftyp` box at the top level begins a file. */
async function mp4Pieces(read: ReadAt, fileBytes: number): Promise<FilePiece[]> {
  const starts: number[] = [];
  for (let at = 0; at + 8 <= fileBytes; ) {
    const header = await read(at, 16);
    const type = header.toString('latin1', 4, 8);
    if (!/^[ -~\xa9]{4}$/.test(type)) break;
    if (type === 'ftyp') starts.push(at);
    const stated = header.readUInt32BE(0);
    const size = stated === 1 && header.length === 16 ? Number(header.readBigUInt64BE(8)) : stated;
    if (size < 8) break;
    at += size;
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? fileBytes }));
}
