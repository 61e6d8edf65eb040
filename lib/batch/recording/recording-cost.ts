import { measureDuration } from '../../audio/measure-duration.ts';
import type { FunAsrError } from '../../core/errors.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';
import { costLimit, type RunCosts } from '../cost.ts';
import { STDIN } from '../plan/find-recordings.ts';
import type { ExpectedDuration } from '../plan/expected-duration.ts';
import type { Consumption } from '../report/consumption.ts';
import { lengthOfParts, type Part } from '../state/journal/gaps.ts';

/** What the transcription of one recording may cost, within the limit of the run. */
export class RecordingCost {
  readonly #input: string;
  readonly #costs: RunCosts;
  readonly #transcription: TranscribeOptions;
  #settle: ((taken: Consumption) => void) | undefined;

  constructor(input: string, costs: RunCosts, transcription: TranscribeOptions) {
    this.#input = input;
    this.#costs = costs;
    this.#transcription = transcription;
  }

  /**
   * Reserves the cost of some parts. Where costs are limited, the length of the recording is measured by decoding it: its
   * header may be wrong.
   * @returns The length of the recording.
   * @throws {FunAsrError} `E_COST_LIMIT`; what `decodeFile()` fails with.
   */
  async reserve(parts: readonly Part[], expected: ExpectedDuration): Promise<ExpectedDuration> {
    if (parts.length === 0) return expected;
    const isMeasured = this.#costs.isLimited && this.#input !== STDIN;
    const duration = isMeasured ? { durationMs: await this.#measure() } : expected;
    const { durationMs } = duration;
    const ms = durationMs === undefined ? undefined : lengthOfParts(parts, durationMs);
    this.#settle = await this.#costs.reserve(this.#input, ms);
    return duration;
  }

  /**
   * The options of the transcription. Of standard input, whose length is not known, no more audio is taken than the run may
   * still cost.
   */
  limited(channels: number): TranscribeOptions {
    const { maxDurationMs = Infinity } = this.#transcription;
    const leftMs = Math.floor(this.#costs.leftMs / channels);
    if (this.#input !== STDIN || leftMs >= maxDurationMs) return this.#transcription;
    return { ...this.#transcription, maxDurationMs: Math.max(1, leftMs) };
  }

  /** The error to report: standard input that was cut by {@link limited} has reached the limit of the cost. */
  reason(error: FunAsrError): FunAsrError {
    const { maxDurationMs = Infinity } = this.#transcription;
    const isCut = this.#input === STDIN && this.#costs.leftMs < maxDurationMs;
    return isCut && error.code === 'E_DURATION_LIMIT' ? costLimit(this.#input) : error;
  }

  /** Replaces the reservation by what was taken. */
  settle(consumption: Consumption): void {
    this.#settle?.(consumption);
  }

  async #measure(): Promise<number> {
    const { audioTrack, ffmpegPath, maxDurationMs, signal } = this.#transcription;
    return await measureDuration(this.#input, { audioTrack, ffmpegPath, maxDurationMs, signal });
  }
}
