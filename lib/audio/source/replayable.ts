import type { Writable } from 'node:stream';

/** Bytes of a stream that are kept: 20 s of 48 kHz stereo PCM in 32 bits take 7.7 MB. */
export const REPLAY_BYTES: number = 8 * 1024 * 1024;

/**
 * Bytes that can be written to more than one FFmpeg, to each from the start: the output of the first run may
 * require a second one. Only a bounded beginning is kept. After `forget()` the bytes pass without being stored.
 */
export class Replayable {
  readonly #source: AsyncIterator<Buffer, undefined>;
  readonly #limit: number;
  #chunks: Buffer[] = [];
  /** Number of chunks at the beginning that are not kept any more. */
  #dropped = 0;
  #bytes = 0;
  #isForgotten = false;
  #more: Promise<boolean> | undefined;

  /** @param limit Maximum of bytes that are kept: beyond it the beginning is forgotten. */
  constructor(source: AsyncIterator<Buffer, undefined>, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  /** Whether it can still be written from the start. */
  get isWhole(): boolean {
    return !this.#isForgotten;
  }

  /** Whether every writer waits for the source. */
  get isStarving(): boolean {
    return this.#more !== undefined;
  }

  /** Stops keeping the beginning. */
  forget(): void {
    this.#isForgotten = true;
  }

  /** The first bytes, fewer only at the end of the source. */
  async head(length: number): Promise<Buffer> {
    while (this.#bytes < length && (await this.#readMore()));
    return Buffer.concat(this.#chunks).subarray(0, length);
  }

  /** Writes the bytes that are kept, and ends the sink without waiting for more. */
  async writeKeptTo(sink: Writable): Promise<void> {
    // A copy, because another writer may still wait for one more chunk.
    for (const chunk of this.#chunks.slice()) await writeChunk(sink, chunk);
    sink.end();
  }

  /** Writes all bytes and ends the sink. Stops when the sink is destroyed; rejects when it fails. */
  async writeTo(sink: Writable): Promise<void> {
    for (let at = 0; at - this.#dropped < this.#chunks.length || (await this.#readMore()); at += 1) {
      // The sink may have been destroyed during the wait: the chunk belongs to the next one.
      if (sink.destroyed) return;
      const chunk = this.#chunks[at - this.#dropped];
      if (this.#isForgotten) {
        this.#chunks = this.#chunks.slice(at + 1 - this.#dropped);
        this.#dropped = at + 1;
      }
      if (chunk) await writeChunk(sink, chunk);
    }
    sink.end();
  }

  /** Two writers may wait for the same chunk. */
  #readMore(): Promise<boolean> {
    this.#more ??= this.#source.next().then(({ value }) => {
      this.#more = undefined;
      if (value === undefined) return false;
      this.#chunks.push(value);
      this.#bytes += value.length;
      this.#isForgotten ||= this.#bytes > this.#limit;
      return true;
    });
    return this.#more;
  }
}

/** Writes a chunk. Resolves when the sink has taken it; rejects when the sink fails. */
export function writeChunk(sink: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
