import { BYTES_PER_SAMPLE } from '../../media/pcm.ts';
import { RecordingClock } from './recording-clock.ts';
import { TimedPcmReader } from './timed-pcm.ts';

/** Silence is made in pieces of this size, so that a long gap takes no memory. */
const SILENCE_BYTES = 64 * 1024;

/** Options of {@link ClockedPcm}. */
export interface ClockedPcmOptions {
  /**
   * Whether the times are those of the source. Those of a container without timestamps only count its samples.
   * @default true
   */
  readonly isFollowed?: boolean;
}

/** Timed PCM (see {@link TimedPcmReader}) → PCM in which every sample has its place: gaps become silence. */
export class ClockedPcm {
  readonly clock: RecordingClock;
  readonly #reader = new TimedPcmReader();
  #startMs: number | undefined;

  readonly #isFollowed: boolean;

  /** @param sampleRate Samples per second and channel. */
  constructor(sampleRate: number, { isFollowed = true }: ClockedPcmOptions = {}) {
    this.clock = new RecordingClock(sampleRate);
    this.#isFollowed = isFollowed;
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
   * Takes the next bytes of FFmpeg's output, and gives the PCM in their memory, which is overwritten: new memory for each
   * chunk would cost more than the rest of the work.
   * @param startMs Start of the recording on the clock of the source. @default the time of the first sample
   */
  *feed(chunk: Buffer, startMs: number | undefined): Iterable<Buffer> {
    const { bytes, pieces } = this.#reader.feed(chunk);
    const frameBytes = this.channels * BYTES_PER_SAMPLE;
    // The PCM between two gaps, moved together over the headers of its packets.
    let [from, to] = [0, 0];
    for (const { timeMs, begin, end } of pieces) {
      const gap = timeMs === undefined || !this.#isFollowed ? 0 : this.#gapBefore(timeMs, startMs);
      if (gap > 0) {
        if (to > from) yield bytes.subarray(from, to);
        yield* silence(gap * frameBytes);
        [from, to] = [begin, begin];
      }
      bytes.copyWithin(to, begin, end);
      to += end - begin;
      this.clock.add((end - begin) / frameBytes);
    }
    if (to > from) yield bytes.subarray(from, to);
  }

  /** @returns The number of samples that are missing before a packet. */
  #gapBefore(timeMs: number, startMs: number | undefined): number {
    this.#startMs ??= startMs ?? timeMs;
    // The times are modulo 2^32.
    return this.clock.synchronize(Math.round(timeMs - this.#startMs) | 0);
  }
}

function* silence(bytes: number): Iterable<Buffer> {
  for (let left = bytes; left > 0; left -= SILENCE_BYTES) yield Buffer.alloc(Math.min(left, SILENCE_BYTES));
}
