import type { FunAsrError } from '../core/errors.ts';
import type { Backend } from '../engines/backend.ts';
import type { RunCosts } from './cost.ts';
import type { RunEvent } from './recording/run-events.ts';
import { type Consumption, NO_CONSUMPTION } from './report/consumption.ts';
import type { BatchReport, TranscriptionResult } from './report/results.ts';
import type { ReportOptions } from './report/html-report.ts';
import { TranscriptionTotals } from './report/totals.ts';
import { type ResultDetails, RunPage } from './run-page.ts';
import type { JournalIndex } from './state/journal-index.ts';

/** Collects the results of a run: their events, their totals, their costs, and the page of the report. */
export class RunResults {
  readonly #onEvent: (event: RunEvent) => void;
  readonly #page: RunPage | undefined;
  readonly #totals = new TranscriptionTotals();
  readonly #optionWarnings = new Set<string>();
  #costs: RunCosts | undefined;

  /** @param report Options of the HTML page. @default no page */
  constructor(onEvent: (event: RunEvent) => void, report: ReportOptions | undefined) {
    this.#onEvent = onEvent;
    this.#page = report && new RunPage(report);
  }

  /** Counts the costs of an engine that was opened. Only the cloud costs something. */
  addEngine({ name }: Pick<Backend, 'name'>, costs: RunCosts): void {
    if (name === 'cloud') this.#costs = costs;
    this.#costs ??= costs;
  }

  /** Adds the result of a recording, and emits its event. */
  add(
    result: TranscriptionResult,
    details: Omit<ResultDetails, 'cost'> & { readonly consumption?: Consumption } = {},
  ): void {
    const { consumption = NO_CONSUMPTION } = details;
    this.#totals.add(result, consumption);
    const cost = details.consumption && this.#costs?.priceOf(consumption.billedSeconds * 1000);
    this.#page?.add(result, { ...details, cost });
    this.#onEvent({ type: 'result', input: result.input, detail: result });
  }

  /**
   * Emits an event of a recording. An option without effect has no effect on any recording: that is reported once for the
   * run.
   */
  relay(event: RunEvent): void {
    if (event.type !== 'warning' || event.detail.code !== 'W_OPTION') return this.#onEvent(event);
    const { detail } = event;
    if (this.#optionWarnings.has(detail.message)) return;
    this.#optionWarnings.add(detail.message);
    this.#onEvent({ type: 'warning', detail });
  }

  /**
   * Makes the report of the run, and writes its page.
   * @param recordings Number of all recordings, also of those without a result.
   * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`
   */
  async report(
    recordings: number,
    stoppedBy: FunAsrError | undefined,
    journals: JournalIndex,
  ): Promise<BatchReport> {
    const report = this.#totals.report(recordings, stoppedBy, this.#costs?.total);
    await this.#page?.write(report, journals);
    return report;
  }
}
