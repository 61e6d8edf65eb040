import { BYTES_PER_SAMPLE } from '../../media/pcm.ts';
import { Clock } from './clock.ts';
import { TimedPcmReader } from './timed-pcm.ts';

/** Silence is made in pieces of this size, so that a long gap takes no memory. */
const SILENCE_BYTES = 64 * 1024;

/** Timed PCM (see {@link TimedPcmReader}) → PCM in which every sample has its place: gaps become silence. */
export class ClockedPcm {
  readonly clock: Clock;
  readonly #reader = new TimedPcmReader();
  #startMs: number | undefined;

  /** @param sampleRate Samples per second and channel. */
  constructor(sampleRate: number) {
    this.clock = new Clock(sampleRate);
  }

  /** Number of interleaved channels, known when the first PCM is. */
  get channels(): number {
    return this.#reader.channels;
  }

  /** Metadata of the source, when the first PCM is given. */
  get metadata(): ReadonlyMap<string, string> {
    return this.#reader.metadata;
  }

  /**
   * Takes the next bytes of FFmpeg's output.
   * @param startMs Start of the recording on the clock of the source. @default the time of the first sample
   */
  *feed(bytes: Buffer, startMs: number | undefined): Iterable<Buffer> {
    let sound: Buffer[] = [];
    for (const { timeMs, pcm } of this.#reader.feed(bytes)) {
      const frameBytes = this.channels * BYTES_PER_SAMPLE;
      if (timeMs !== undefined) {
        this.#startMs ??= startMs ?? timeMs;
        // The times are modulo 2^32.
        const gap = this.clock.synchronize(Math.round(timeMs - this.#startMs) | 0);
        if (gap > 0) {
          yield* joined(sound);
          sound = [];
          yield* silence(gap * frameBytes);
        }
      }
      sound.push(pcm);
      this.clock.add(pcm.length / frameBytes);
    }
    yield* joined(sound);
  }
}

function* joined(pieces: readonly Buffer[]): Iterable<Buffer> {
  if (pieces.length > 0) yield* pieces.length === 1 ? pieces : [Buffer.concat(pieces)];
}

function* silence(bytes: number): Iterable<Buffer> {
  for (let left = bytes; left > 0; left -= SILENCE_BYTES) yield Buffer.alloc(Math.min(left, SILENCE_BYTES));
}
