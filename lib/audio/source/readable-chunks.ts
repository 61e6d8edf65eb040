import type { Readable } from 'node:stream';

/**
 * The chunks of a stream, pulled one at a time. A failure of the stream is the end of the chunks, and is kept.
 * Errors are caught from the start, also while nothing is pulled yet.
 */
export class ReadableChunks implements AsyncIterator<Buffer, undefined> {
  readonly #stream: Readable;
  #chunks: AsyncIterator<unknown> | undefined;
  #failure: unknown;

  constructor(stream: Readable) {
    this.#stream = stream;
    // The iterator reports the error; without a listener it would be uncaught until then.
    stream.on('error', () => {});
  }

  /** Error of the stream; undefined while there is none. */
  get failure(): unknown {
    return this.#failure;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    try {
      this.#chunks ??= (this.#stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      const { value, done } = await this.#chunks.next();
      return done ? { value: undefined, done } : { value: asBuffer(value), done: false };
    } catch (error) {
      this.#failure ??= error;
      return { value: undefined, done: true };
    }
  }

  /** Destroys the stream, and ends a `next()` that waits for it. */
  destroy(): void {
    this.#stream.destroy();
  }
}

/** Strings become UTF-8, as they do when they are written to a stream. */
function asBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError(`a chunk must be a Buffer, a Uint8Array or a string, got ${typeof chunk}`);
}
