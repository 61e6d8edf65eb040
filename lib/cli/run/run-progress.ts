import { styleText } from 'node:util';
import { type RecordingResult, reportError, type RunReport } from '../../batch/report.ts';
import type { FunAsrError } from '../../core/errors.ts';
import { label } from '../terminal/progress-bar.ts';
import { type Activity, type Display, display, plainDisplay } from '../terminal/progress-display.ts';
import { failureLine, warningLine } from '../terminal/error-line.ts';
import { duration, speed } from '../terminal/format.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

/** How much of a run is shown, and where. */
export interface RunProgressOptions {
  /** Shows failures only. */
  readonly quiet?: boolean | undefined;
  /** Shows what is skipped, too. */
  readonly verbose?: boolean | undefined;
  /**
   * Writes each result and the sum as JSON to stdout, too. The sum has the `error` that made the whole run
   * impossible, or stopped it, as results have theirs.
   */
  readonly json?: boolean | undefined;
}

/** How one kind of run speaks of its work. */
export interface Wording<Result extends RecordingResult, Report extends RunReport> {
  /** What was made of a recording, such as `3 sentences`. */
  result(result: Result): string;
  /** Why recordings are skipped. */
  readonly skipped: string;
  /** What the sum adds to the counts that every run has. */
  sums(report: Report): readonly string[];
  /** The report of a run that could not even begin. */
  readonly nothing: Report;
}

/** Shows a run on stderr: each recording under way, what became of it, and the sum. */
export class RunProgress<Result extends RecordingResult, Report extends RunReport> {
  protected readonly options: RunProgressOptions;
  protected readonly display: Display;
  readonly #wording: Wording<Result, Report>;
  readonly #activity: Activity = { recordings: new Map(), total: 0 };
  readonly #startedAt = performance.now();
  #begun = 0;

  constructor(options: RunProgressOptions, wording: Wording<Result, Report>) {
    this.options = options;
    this.#wording = wording;
    this.display = options.quiet ? plainDisplay : display(this.#activity);
  }

  onWarning(warning: FunAsrError, input?: string): void {
    this.say(warningLine(warning, input));
  }

  /** Whether a recording is under way. */
  get isBusy(): boolean {
    return this.#activity.recordings.size > 0;
  }

  onPlan(_recordings: number, jobs: number): void {
    this.#activity.total = jobs;
  }

  onBegin(input: string): void {
    this.#begun += 1;
    const recording = { input, number: this.#begun, startedAt: performance.now(), fromMs: 0, audioMs: 0 };
    this.#activity.recordings.set(input, recording);
    // On a terminal its bar says so.
    if (!process.stderr.isTTY) this.say(label(recording, this.#activity.total));
  }

  onProgress(
    input: string,
    { audioMs, durationMs }: { readonly audioMs: number; readonly durationMs?: number | undefined },
  ): void {
    const recording = this.#activity.recordings.get(input);
    if (recording) Object.assign(recording, { audioMs, durationMs });
  }

  onResult(result: Result): void {
    if (this.options.json) printJson(result);
    const recording = this.#activity.recordings.get(result.input);
    this.#activity.recordings.delete(result.input);
    if (result.error) {
      this.display.print(failureLine(result.error, result.input));
      if (result.partial) this.display.print(`  kept until there: ${paths(result)}`);
    } else if (recording) {
      const tick = styleText('green', '✔', { stream: process.stderr });
      const took = speed(result.durationMs - recording.fromMs, performance.now() - recording.startedAt);
      const what = `${duration(result.durationMs)}, ${this.#wording.result(result)}, ${took}`;
      this.say(`${tick} ${label(recording, this.#activity.total)}: ${what} → ${paths(result)}`);
    } else if (this.options.verbose) {
      this.say(`${printable(result.input)}: ${this.#wording.skipped}, skipped`);
    }
  }

  /** Ends the display with the sum of the run. */
  onReport(report: Report, exitCode: number): void {
    this.#printSummary(report, exitCode);
    const elapsedMs = performance.now() - this.#startedAt;
    const { done, skipped, failed, untried } = report;
    const parts = [
      `${done} done`,
      skipped > 0 && `${skipped} skipped (${this.#wording.skipped}; --force does them again)`,
      failed > 0 && `${failed} failed`,
      untried > 0 && `${untried} not tried`,
      done > 0 && `${duration(report.audioSeconds * 1000)} of audio in ${duration(elapsedMs)}`,
      ...this.#wording.sums(report),
    ];
    this.say(parts.filter(Boolean).join(', '));
  }

  /** The failure that made the whole run impossible. */
  onFailure(failure: FunAsrError, exitCode: number): void {
    this.#printSummary({ ...this.#wording.nothing, stoppedBy: failure }, exitCode);
    this.display.print(failureLine(failure));
  }

  /** Leaves out of its speed what was done of a recording before this run, in ms. */
  protected startAt(input: string, fromMs: number): void {
    const recording = this.#activity.recordings.get(input);
    if (recording) Object.assign(recording, { fromMs, audioMs: fromMs });
  }

  /** Prints a line that is no failure. */
  say(line: string): void {
    if (!this.options.quiet) this.display.print(line);
  }

  close(): void {
    this.display.close();
  }

  #printSummary(report: Report, exitCode: number): void {
    if (!this.options.json) return;
    const { untried: _, stoppedBy, ...sums } = report;
    printJson({
      type: 'summary',
      ...sums,
      ...(stoppedBy && { error: reportError(stoppedBy) }),
      exitCode,
    });
  }
}

function paths({ outputs }: RecordingResult): string {
  return printable(outputs.join(', '));
}
