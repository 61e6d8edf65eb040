import type { FunAsrError } from '../../core/errors.ts';
import { addConsumption, type Consumption, NO_CONSUMPTION } from './consumption.ts';
import { NO_COST, type RunCost } from '../cost.ts';
import type { BatchReport, RecordingResult, RunReport, TranscriptionResult } from './results.ts';

/** Adds up the results of a run. */
export class Totals {
  #done = 0;
  #skipped = 0;
  #fromKept = 0;
  #partial = 0;
  #failed = 0;
  #interrupted = 0;
  #audioMs = 0;

  add({ status, partial, durationMs, fromKept }: RecordingResult): void {
    if (status === 'done') this.#done += 1;
    if (status === 'skipped') this.#skipped += 1;
    if (status === 'done' && partial) this.#partial += 1;
    if (status === 'failed') this.#failed += 1;
    if (status === 'interrupted') this.#interrupted += 1;
    if (fromKept) this.#fromKept += 1;
    if (status !== 'skipped' && !fromKept) this.#audioMs += durationMs;
  }

  /** @param recordings Number of all recordings of the run. */
  report(recordings: number, stoppedBy?: FunAsrError): RunReport {
    return {
      done: this.#done,
      partial: this.#partial,
      fromKept: this.#fromKept,
      skipped: this.#skipped,
      failed: this.#failed,
      interrupted: this.#interrupted,
      untried: recordings - this.#done - this.#skipped - this.#failed - this.#interrupted,
      audioSeconds: this.#audioMs / 1000,
      ...(stoppedBy && { stoppedBy }),
    };
  }
}

/** Adds up the results of a run that transcribes, and the audio that was sent. */
export class TranscriptionTotals {
  readonly #totals = new Totals();
  #consumption = NO_CONSUMPTION;

  add(result: TranscriptionResult, consumption: Consumption): void {
    this.#totals.add(result);
    this.#consumption = addConsumption(this.#consumption, consumption);
  }

  /** @param recordings Number of all recordings of the run. */
  report(recordings: number, stoppedBy?: FunAsrError, cost: RunCost = NO_COST): BatchReport {
    return {
      ...this.#totals.report(recordings, stoppedBy),
      ...cost,
      sentSeconds: this.#consumption.sentMs / 1000,
      resentSeconds: this.#consumption.resentMs / 1000,
      billedSeconds: this.#consumption.billedSeconds,
    };
  }
}
