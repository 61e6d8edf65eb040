import { styleText } from 'node:util';
import { STDIN } from '../../batch/plan/find-recordings.ts';
import { type RecordingResult, type RunReport } from '../../batch/report/results.ts';
import { reportError } from '../../core/reported-error.ts';
import type { FunAsrError } from '../../core/errors.ts';
import { errorLine, warningLine } from '../terminal/error-line.ts';
import { formatDuration, formatSpeed } from '../terminal/format.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';
import { recordingLabel } from '../terminal/progress-bar.ts';
import {
  type Activity,
  plainDisplay,
  type ProgressDisplay,
  progressDisplay,
} from '../terminal/progress-display.ts';

/** What is printed during a run. */
export interface RunProgressOptions {
  /** Prints errors only. */
  readonly quiet?: boolean | undefined;
  /** Also prints skipped recordings. */
  readonly verbose?: boolean | undefined;
  /**
   * Also prints each result and a summary as JSON on stdout. The summary has an `error` when an error ended the run.
   */
  readonly json?: boolean | undefined;
}

/** Texts that differ between the kinds of runs. */
export interface RunTexts<Result extends RecordingResult, Report extends RunReport> {
  /** Describes a result, such as `3 sentences`. */
  result(result: Result): string;
  /** Reason for skipping a recording. */
  readonly skipped: string;
  /** Further totals for the summary line. */
  totals(report: Report): readonly string[];
  /** Report of a run that ended before the first recording. */
  readonly emptyReport: Report;
}

/** Shows a run on stderr: the recordings in progress, the result of each, and a summary. */
export class RunProgress<Result extends RecordingResult, Report extends RunReport> {
  protected readonly options: RunProgressOptions;
  protected readonly display: ProgressDisplay;
  readonly #texts: RunTexts<Result, Report>;
  readonly #activity: Activity = { recordings: new Map(), total: 0 };
  readonly #startedAt = performance.now();
  #started = 0;

  constructor(options: RunProgressOptions, texts: RunTexts<Result, Report>) {
    this.options = options;
    this.#texts = texts;
    this.display = options.quiet ? plainDisplay : progressDisplay(this.#activity);
  }

  onWarning(warning: FunAsrError, input?: string): void {
    this.notice(warningLine(warning, input && displayName(input)));
  }

  /** Whether a recording is in progress. */
  get isBusy(): boolean {
    return this.#activity.recordings.size > 0;
  }

  onPlan(_recordings: number, jobs: number): void {
    this.#activity.total = jobs;
  }

  onBegin(input: string): void {
    this.#started += 1;
    const recording = {
      input: displayName(input),
      number: this.#started,
      startedAt: performance.now(),
      doneMs: 0,
      audioMs: 0,
    };
    this.#activity.recordings.set(input, recording);
    // On a terminal the progress bar shows it.
    if (!process.stderr.isTTY) this.notice(recordingLabel(recording, this.#activity.total));
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
      this.display.print(errorLine(result.error, displayName(result.input)));
      if (result.partial) this.display.print(`  kept, incomplete: ${pathList(result)}`);
    } else if (recording) {
      const tick = styleText('green', '✔', { stream: process.stderr });
      const label = recordingLabel(recording, this.#activity.total);
      const speed = formatSpeed(
        result.durationMs - recording.doneMs,
        performance.now() - recording.startedAt,
      );
      const what = `${formatDuration(result.durationMs)}, ${this.#texts.result(result)}, ${speed}`;
      this.notice(`${tick} ${label}: ${what} → ${pathList(result)}`);
    } else if (this.options.verbose) {
      this.notice(`${printable(displayName(result.input))}: skipped, ${this.#texts.skipped}`);
    }
  }

  /** Prints the summary at the end of a run. */
  onReport(report: Report, exitCode: number): void {
    this.#printSummary(report, exitCode);
    const elapsedMs = performance.now() - this.#startedAt;
    const { done, skipped, failed, untried } = report;
    const parts = [
      `${done} done`,
      skipped > 0 && `${skipped} skipped (${this.#texts.skipped}; use --force to process again)`,
      failed > 0 && `${failed} failed`,
      untried > 0 && `${untried} not started`,
      done > 0 && `${formatDuration(report.audioSeconds * 1000)} of audio in ${formatDuration(elapsedMs)}`,
      ...this.#texts.totals(report),
    ];
    this.notice(parts.filter(Boolean).join(', '));
  }

  /** Prints the error that ended the whole run. */
  onFailure(failure: FunAsrError, exitCode: number): void {
    this.#printSummary({ ...this.#texts.emptyReport, stoppedBy: failure }, exitCode);
    this.display.print(errorLine(failure));
  }

  /** Sets how much audio an earlier run had processed, in ms, so that the speed leaves it out. */
  protected setDone(input: string, doneMs: number): void {
    const recording = this.#activity.recordings.get(input);
    if (recording) Object.assign(recording, { doneMs, audioMs: doneMs });
  }

  /** Prints a line that is not an error. */
  notice(line: string): void {
    if (!this.options.quiet) this.display.print(line);
  }

  close(): void {
    this.display.close();
  }

  #printSummary(report: Report, exitCode: number): void {
    if (!this.options.json) return;
    const { untried: _, stoppedBy, ...totals } = report;
    printJson({
      type: 'summary',
      ...totals,
      ...(stoppedBy && { error: reportError(stoppedBy) }),
      exitCode,
    });
  }
}

/** The name of an input in messages: `-` is standard input. */
export function displayName(input: string): string {
  return input === STDIN ? 'standard input' : input;
}

function pathList({ outputs }: RecordingResult): string {
  return printable(outputs.join(', '));
}
