import { BYTES_PER_SAMPLE } from '../../media/pcm.ts';
import { MIN_AUDIO_MS } from '../../protocol/service-limits.ts';

/** Options of a {@link GapSearch}. */
export interface GapSearchOptions {
  /** The smallest position up to which a task was sent audio and failed, in bytes. */
  readonly reach: number;
  /** The end of the gap, in bytes. */
  readonly end: number;
  readonly bytesPerMs: number;
}

/**
 * Finds where a gap must begin. A task that fails returns no final sentence for the audio just before the poison audio.
 * So further tasks are sent the audio only up to a position before it, and are finished there: 200 ms before the place
 * of failure, then 400 ms before that, and so on. What remains between a position that was recognised and one that
 * failed is halved until it is too short for a task. So the gap begins less than 400 ms before the poison audio.
 */
export class GapSearch {
  /** The end of the gap, in bytes. */
  readonly end: number;
  readonly #minBytes: number;
  /** The smallest position up to which a task was sent audio and failed. */
  #failedAt: number;
  /** How far before that the next task is finished. */
  #distance: number;

  constructor({ reach, end, bytesPerMs }: GapSearchOptions) {
    this.end = end;
    this.#minBytes = MIN_AUDIO_MS * bytesPerMs;
    this.#failedAt = reach;
    this.#distance = this.#minBytes;
  }

  /**
   * @param start The first byte that is not final.
   * @returns The position at which the next task is finished; undefined when the gap begins at `start`.
   */
  next(start: number): number | undefined {
    const middle = start + Math.floor((this.#failedAt - start) / 2 / BYTES_PER_SAMPLE) * BYTES_PER_SAMPLE;
    const limit = this.#failedAt - this.#distance;
    return [limit, middle].find((position) => position - start >= this.#minBytes);
  }

  /** The service failed a task after it was sent audio up to `reach`. */
  failed(reach: number): void {
    this.#failedAt = Math.min(this.#failedAt, reach);
    this.#distance *= 2;
  }
}
