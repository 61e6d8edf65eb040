import { styleText } from 'node:util';
import { STDIN, STDIN_NAME } from '../../../batch/plan/find-recordings.ts';
import type { RunEventOf } from '../../../batch/recording/run-events.ts';
import { type RecordingResult, type RunReport } from '../../../batch/report/results.ts';
import { type ReportedError, reportError } from '../../../core/reported-error.ts';
import type { FunAsrError } from '../../../core/errors.ts';
import { commandLine } from './command-line.ts';
import { errorLine, warningLine } from '../../terminal/error-line.ts';
import { formatDuration, formatSpeed } from '../../terminal/format.ts';
import { printJson } from '../../terminal/print-json.ts';
import { printable } from '../../terminal/printable.ts';
import { recordingLabel } from '../../terminal/progress/progress-bar.ts';
import { unrecognizedLines } from '../../terminal/unrecognized-lines.ts';
import {
  newActivity,
  plainDisplay,
  type ProgressDisplay,
  progressDisplay,
} from '../../terminal/progress/progress-display.ts';

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

/** Progress of a recording, in ms. */
interface ShownProgress {
  /** Audio that was sent or converted. */
  readonly audioMs: number;
  /** Audio whose text is final; missing in a run without recognition. */
  readonly finalMs?: number;
  readonly durationMs?: number | undefined;
  readonly durationIsEstimate?: boolean | undefined;
}

/** An event of any run. */
export type ShownEvent<Result extends RecordingResult> = RunEventOf<Result, ShownProgress>;

const DONE_MARK = (): string => styleText('green', '✔', { stream: process.stderr });
const PARTIAL_MARK = (): string => styleText('yellow', '!', { stream: process.stderr });

/** A wait that is shorter shows no countdown. */
const COUNTDOWN_AFTER_MS = 3000;

/** Exit codes from this one on are those of signals. */
const SIGNAL_EXIT = 128;

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
  readonly #activity = newActivity();
  /** Messages about folders that another run uses. */
  readonly #locked = new Set<string>();
  #started = 0;
  #countdown: NodeJS.Timeout | undefined;

  constructor(options: RunProgressOptions, texts: RunTexts<Result, Report>) {
    this.options = options;
    this.#texts = texts;
    this.display = options.quiet ? plainDisplay : progressDisplay(this.#activity);
  }

  onEvent(event: ShownEvent<Result>): void {
    switch (event.type) {
      case 'warning':
        return this.#onWarning(event.detail, event.input);
      case 'plan':
        this.#activity.total = event.detail.pending;
        return;
      case 'begin':
        return this.#onBegin(event.input);
      case 'progress':
        return this.#onProgress(event.input, event.detail);
      case 'result':
        return this.#onResult(event.detail);
      default:
        event satisfies never;
    }
  }

  #onWarning(warning: FunAsrError, input?: string): void {
    // There may be one for each sentence: the result of the recording sums them up.
    if (warning.code === 'W_UNRECOGNIZED' && input !== undefined) return;
    this.notice(warningLine(warning, input && displayName(input)));
  }

  /** Whether a recording is in progress. */
  get isBusy(): boolean {
    return this.#activity.recordings.size > 0;
  }

  #onBegin(input: string): void {
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

  #onProgress(
    input: string,
    { audioMs, finalMs = audioMs, durationMs, durationIsEstimate }: ShownProgress,
  ): void {
    const recording = this.#activity.recordings.get(input);
    if (recording) Object.assign(recording, { audioMs: finalMs, durationMs, durationIsEstimate });
  }

  #onResult(result: Result): void {
    if (this.options.json) printJson(result);
    const recording = this.#activity.recordings.get(result.input);
    this.#activity.recordings.delete(result.input);
    if (recording) {
      this.#activity.ended += 1;
      this.#activity.endedMs += result.durationMs;
    }
    const name = displayName(result.input);
    for (const line of unrecognizedLines(result.warnings, name)) this.notice(line);
    if (result.status === 'interrupted') {
      const kept = result.outputs.length > 0 ? `; kept, incomplete: ${pathList(result)}` : '';
      this.notice(`${printable(name)}: interrupted${kept}`);
    } else if (result.error) {
      this.#printFailure(result.error, name);
      if (result.partial) this.display.print(`  kept, incomplete: ${pathList(result)}`);
    } else if (result.fromKept) {
      const what = [formatDuration(result.durationMs), this.#texts.result(result), 'from kept text'].join(
        ', ',
      );
      this.notice(`${DONE_MARK()} ${printable(name)}: ${what} → ${pathList(result)}`);
    } else if (recording) {
      const mark = result.partial ? PARTIAL_MARK : DONE_MARK;
      const label = recordingLabel(recording, this.#activity.total);
      const speed = formatSpeed(
        result.durationMs - recording.doneMs,
        performance.now() - recording.startedAt,
      );
      const what = [
        formatDuration(result.durationMs),
        ...(result.partial ? ['partial'] : []),
        this.#texts.result(result),
        speed,
      ].join(', ');
      this.notice(`${mark()} ${label}: ${what} → ${pathList(result)}`);
    } else if (this.options.verbose) {
      this.notice(`${printable(name)}: skipped, ${this.#texts.skipped}`);
    }
  }

  /** A recording was not done, and is tried again later. */
  protected onRetry(input: string, error: ReportedError): void {
    if (this.#activity.recordings.delete(input)) this.#started -= 1;
    this.notice(`${printable(displayName(input))}: is tried again later: ${printable(error.message)}`);
  }

  /** Prints the summary at the end of a run. */
  onReport(report: Report, exitCode: number): void {
    this.#printSummary(report, exitCode);
    const elapsedMs = performance.now() - this.#activity.startedAt;
    const { done, partial, fromKept, skipped, failed, interrupted, untried } = report;
    const parts = [
      `${done} done${partial > 0 ? `, ${partial} of them partial` : ''}`,
      fromKept > 0 && `${fromKept} of them from kept text`,
      skipped > 0 && `${skipped} skipped (${this.#texts.skipped}; use --force to process again)`,
      failed > 0 && `${failed} failed`,
      interrupted > 0 && `${interrupted} interrupted`,
      untried > 0 && `${untried} not started`,
      done > fromKept &&
        `${formatDuration(report.audioSeconds * 1000)} of audio in ${formatDuration(elapsedMs)}`,
      ...this.#texts.totals(report),
    ];
    this.notice(parts.filter(Boolean).join(', '));
    if (exitCode >= SIGNAL_EXIT && interrupted + untried > 0) this.#printContinuation();
  }

  /** Prints the error that ended the whole run. */
  onFailure(failure: FunAsrError, exitCode: number): void {
    this.#printSummary({ ...this.#texts.emptyReport, stoppedBy: failure }, exitCode);
    if (failure.code !== 'E_INTERRUPTED') return this.display.print(errorLine(failure));
    this.onExit();
  }

  /** The program exits at once: what is final stays. */
  onExit(): void {
    this.notice('interrupted');
    this.#printContinuation();
  }

  #printContinuation(): void {
    this.notice(`to continue, run: ${commandLine()}`);
  }

  /** All recordings of a folder that another run uses have the same error: it is printed once. */
  #printFailure(error: ReportedError, name: string): void {
    if (error.code !== 'E_LOCKED') return this.display.print(errorLine(error, name));
    if (this.#locked.has(error.message)) return;
    this.#locked.add(error.message);
    this.display.print(errorLine(error));
  }

  /** Sets how much audio an earlier run had processed, in ms, so that the speed leaves it out. */
  protected setDone(input: string, doneMs: number): void {
    const recording = this.#activity.recordings.get(input);
    if (!recording) return;
    Object.assign(recording, { doneMs, audioMs: doneMs });
    this.#activity.doneMs += doneMs;
  }

  /**
   * Says that a run was interrupted and finishes, and from three seconds on how long that may still take.
   * @param limitMs Its limit.
   */
  onInterrupt(limitMs: number): void {
    if (!this.isBusy) return;
    this.notice('finishing the current sentences; press Ctrl-C again to stop at once');
    const endsAt = performance.now() + limitMs;
    this.#countdown = setInterval(() => {
      const leftMs = endsAt - performance.now();
      if (this.options.quiet || leftMs < 0 || limitMs - leftMs < COUNTDOWN_AFTER_MS) return;
      this.display.setStatus(`finishing the current sentences, at most ${Math.ceil(leftMs / 1000)} s more`);
    }, 1000).unref();
  }

  /** Prints a line that is not an error. */
  notice(line: string): void {
    if (!this.options.quiet) this.display.print(line);
  }

  close(): void {
    clearInterval(this.#countdown);
    this.display.close();
  }

  #printSummary(report: Report, exitCode: number): void {
    if (!this.options.json) return;
    const { untried: _, partial: __, fromKept: ___, stoppedBy, ...totals } = report;
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
  return input === STDIN ? STDIN_NAME : input;
}

function pathList({ outputs }: RecordingResult): string {
  return printable(outputs.join(', '));
}
