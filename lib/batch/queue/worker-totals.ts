import type { FunAsrError } from '../../core/errors.ts';
import type { Consumption } from '../report/consumption.ts';
import type { BatchReport, TranscriptionResult } from '../report/results.ts';
import { TranscriptionTotals } from '../report/totals.ts';

/** What one worker of a queue has done. */
export class WorkerTotals {
  readonly #totals = new TranscriptionTotals();
  readonly #costs = { estimatedCost: 0, cost: 0 };
  #currency: BatchReport['currency'] = null;
  #results = 0;

  /** Number of recordings that have ended. */
  get results(): number {
    return this.#results;
  }

  /** Adds a recording that is not tried again. */
  add(result: TranscriptionResult, consumption: Consumption): void {
    this.#results += 1;
    this.#totals.add(result, consumption);
  }

  /** Adds the cost of a job. @param isTriedAgain What is tried again is estimated again. */
  addCost({ estimatedCost, cost, currency }: BatchReport, isTriedAgain: boolean): void {
    if (!isTriedAgain) this.#costs.estimatedCost += estimatedCost ?? 0;
    this.#costs.cost += cost ?? 0;
    this.#currency ??= currency ?? null;
  }

  /** @param stoppedBy What has ended the work. */
  report(stoppedBy: FunAsrError | undefined): BatchReport {
    const cost = this.#currency === null ? undefined : { ...this.#costs, currency: this.#currency };
    return this.#totals.report(this.#results, stoppedBy, cost);
  }
}
