import type { Writable } from 'node:stream';
import type { FfmpegProcessOptions } from '../ffmpeg/ffmpeg-process.ts';

/** What is kept of a stream: 20 s of 48 kHz stereo PCM in 32 bits take 7.7 MB. */
export const REPLAY_BYTES: number = 8 * 1024 * 1024;

/**
 * Bytes that can be fed to more than one FFmpeg, to each from the start: what the first one makes of the
 * beginning may call for a second attempt. Only a bounded beginning is kept; once it is forgotten, the bytes go
 * through without being stored.
 */
export class Replayable {
  readonly #source: AsyncIterator<Buffer, undefined>;
  readonly #limit: number;
  #chunks: Buffer[] = [];
  /** Number of chunks at the beginning that are gone. */
  #gone = 0;
  #bytes = 0;
  #isForgotten = false;
  #more: Promise<boolean> | undefined;

  /** @param limit Bytes that are kept at most: beyond them the beginning is forgotten. */
  constructor(source: AsyncIterator<Buffer, undefined>, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  /** Whether it can still be fed from the start. */
  get isWhole(): boolean {
    return !this.#isForgotten;
  }

  /** Whether everybody waits for the source. */
  get isStarving(): boolean {
    return this.#more !== undefined;
  }

  forget(): void {
    this.#isForgotten = true;
  }

  /** The first bytes, fewer only when there are no more. */
  async head(length: number): Promise<Buffer> {
    while (this.#bytes < length && (await this.#readMore()));
    return Buffer.concat(this.#chunks).subarray(0, length);
  }

  /** What is kept, and nothing that comes after it. */
  async feedKept(sink: Writable): Promise<void> {
    // A copy, because the reader that went before may still be waiting for one more chunk.
    for (const chunk of this.#chunks.slice()) await write(sink, chunk);
    sink.end();
  }

  /** Everything, to the end. Stops silently when the sink is destroyed; rejects when it fails. */
  async feed(sink: Writable): Promise<void> {
    for (let at = 0; at - this.#gone < this.#chunks.length || (await this.#readMore()); at += 1) {
      // An FFmpeg that was killed meanwhile must not take a chunk away from its successor.
      if (sink.destroyed) return;
      const chunk = this.#chunks[at - this.#gone];
      if (this.#isForgotten) {
        this.#chunks = this.#chunks.slice(at + 1 - this.#gone);
        this.#gone = at + 1;
      }
      if (chunk) await write(sink, chunk);
    }
    sink.end();
  }

  /** Two may wait for the same chunk. */
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

/** Feeds an FFmpeg all of them. */
export function feedOptions(bytes: Replayable): Pick<FfmpegProcessOptions, 'feed' | 'isStarving'> {
  return { feed: (stdin) => bytes.feed(stdin), isStarving: () => bytes.isStarving };
}

function write(sink: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
