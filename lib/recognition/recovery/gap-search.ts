import { MIN_AUDIO_MS } from '../../protocol/service-limits.ts';
import type { InputTimes } from '../input/input-buffer.ts';

/** Options of a {@link GapSearch}. */
export interface GapSearchOptions {
  /** The smallest position up to which a task was sent audio and failed, in bytes. */
  readonly reach: number;
  /** The end of the gap, in bytes. */
  readonly end: number;
  readonly times: InputTimes;
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
  readonly #times: InputTimes;
  /** The smallest position up to which a task was sent audio and failed. */
  #failedAt: number;
  /** How far before that the next task is finished. */
  #distanceMs = MIN_AUDIO_MS;

  constructor({ reach, end, times }: GapSearchOptions) {
    this.end = end;
    this.#times = times;
    this.#failedAt = reach;
  }

  /**
   * @param start The first byte that is not final.
   * @returns The position at which the next task is finished; undefined when the gap begins at `start`.
   */
  next(start: number): number | undefined {
    const limit = this.#times.positionAfter(this.#failedAt, -this.#distanceMs);
    const middle = this.#times.positionAfter(start, this.#times.msBetween(start, this.#failedAt) / 2);
    return [limit, middle].find((position) => this.#times.msBetween(start, position) >= MIN_AUDIO_MS);
  }

  /** The service failed a task after it was sent audio up to `reach`. */
  failed(reach: number): void {
    this.#failedAt = Math.min(this.#failedAt, reach);
    this.#distanceMs *= 2;
  }
}
