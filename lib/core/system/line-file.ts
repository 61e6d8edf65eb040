import { open } from 'node:fs/promises';
import pLimit from 'p-limit';
import { orMissing } from './missing-file.ts';

/** Bytes that are read at a time. */
const BLOCK_BYTES = 1 << 16;
/** Blocks that are kept: lines that are read one after the other are mostly neighbours. */
const KEPT_BLOCKS = 16;
const NEWLINE = 0x0a;

/** A line, and where it is. */
export interface PlacedLine {
  readonly line: string;
  /** Position of its first byte. */
  readonly start: number;
}

/** A file of lines that only grows. Lines are read by their places, so that a long file need not be held in memory. */
export class LineFile {
  readonly path: string;
  readonly #blocks = new Map<number, Promise<Buffer>>();
  readonly #writing = pLimit(1);

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Reads the lines from a position on. Empty lines are left out. A missing file has none.
   * @param isWhole Whether bytes after the last line end are a line. Otherwise another process is writing them.
   * @returns The position after the last line.
   * @throws {FunAsrError} `E_READ`
   */
  async *lines(from = 0, isWhole = true): AsyncGenerator<PlacedLine, number> {
    this.#forget(from);
    let start = from;
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const bytes = await this.#read(start + rest.length);
      if (bytes.length === 0) break;
      rest = Buffer.concat([rest, bytes]);
      let used = 0;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, used)) {
        if (end > used) yield { line: rest.toString('utf8', used, end), start: start + used };
        used = end + 1;
      }
      start += used;
      rest = rest.subarray(used);
    }
    if (!isWhole) return start;
    if (rest.length > 0) yield { line: rest.toString('utf8'), start };
    return start + rest.length;
  }

  /**
   * Reads the line at a position.
   * @throws {FunAsrError} `E_READ`
   */
  async line(start: number): Promise<string> {
    const parts: Buffer[] = [];
    let from = start % BLOCK_BYTES;
    for (let number = Math.floor(start / BLOCK_BYTES); ; number += 1) {
      const block = await this.#block(number);
      const end = block.indexOf(NEWLINE, from);
      parts.push(block.subarray(from, end < 0 ? undefined : end));
      if (end >= 0 || block.length < BLOCK_BYTES) return Buffer.concat(parts).toString('utf8');
      from = 0;
    }
  }

  /**
   * Appends lines. A last line that was cut by a crash is not continued by them.
   * @param isSynced Whether they are on the disk when this resolves. @default false
   * @returns Their positions.
   */
  async append(lines: readonly string[], isSynced = false): Promise<number[]> {
    const file = await open(this.path, 'a');
    try {
      const before = await this.#writing(async () => {
        const { size } = await file.stat();
        await file.appendFile(`\n${lines.map((line) => `${line}\n`).join('')}`);
        return size;
      });
      if (isSynced) await file.sync();
      this.#forget(before);
      let start = before + 1;
      return lines.map((line) => {
        const place = start;
        start += Buffer.byteLength(line) + 1;
        return place;
      });
    } finally {
      await file.close();
    }
  }

  /** Forgets the block that a position is in: there is more in it now. */
  #forget(position: number): void {
    this.#blocks.delete(Math.floor(position / BLOCK_BYTES));
  }

  #block(number: number): Promise<Buffer> {
    const block = this.#blocks.get(number) ?? this.#read(number * BLOCK_BYTES);
    this.#blocks.delete(number);
    this.#blocks.set(number, block);
    block.catch(() => this.#blocks.delete(number));
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > KEPT_BLOCKS && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  async #read(position: number): Promise<Buffer> {
    return await orMissing(this.path, readAt(this.path, position), Buffer.alloc(0));
  }
}

/** Reads a block; less only at the end of the file. */
async function readAt(path: string, position: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(BLOCK_BYTES);
    let length = 0;
    while (length < BLOCK_BYTES) {
      const { bytesRead } = await file.read(bytes, length, BLOCK_BYTES - length, position + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}
