import { styleText } from 'node:util';
import type { BatchObserver } from '../batch/batch.ts';
import { type BatchReport, type RecordingResult, Tally } from '../batch/report.ts';
import type { RecordingProgress } from '../batch/transcribe-recording.ts';
import type { ChosenEngine } from '../engine.ts';
import type { FunAsrError } from '../errors.ts';
import type { PullProgress } from '../service/engine/model-pull.ts';
import { label } from './active-recording.ts';
import { type Activity, type Display, display, plainDisplay } from './display.ts';
import { failureLine, warningLine } from './failure.ts';
import { count, duration, pulling, speed } from './figures.ts';
import { printJson } from './json-lines.ts';
import { printable } from './printable.ts';

export interface RunProgressOptions {
  /** Shows failures only. */
  readonly quiet?: boolean | undefined;
  /** Shows what is skipped, too. */
  readonly verbose?: boolean | undefined;
  /** Writes each result and the sum as JSON to stdout, too. */
  readonly json?: boolean | undefined;
}

/** Shows a run on stderr: who recognises, each recording under way, what became of it, and the sum. */
export class RunProgress implements BatchObserver {
  readonly #options: RunProgressOptions;
  readonly #activity: Activity = { recordings: new Map(), total: 0 };
  readonly #display: Display;
  readonly #startedAt = performance.now();
  #begun = 0;

  constructor(options: RunProgressOptions) {
    this.#options = options;
    this.#display = options.quiet ? plainDisplay : display(this.#activity);
  }

  onWarning(warning: FunAsrError, input?: string): void {
    this.say(warningLine(warning, input));
  }

  onPlan(_recordings: number, jobs: number): void {
    this.#activity.total = jobs;
  }

  onPull(progress: PullProgress): void {
    if (!this.#options.quiet) this.#display.note(pulling(progress));
  }

  onEngine({ engine, model, reason }: ChosenEngine): void {
    this.say(`engine: ${engine}, ${model} (${printable(reason)})`);
  }

  onBegin(input: string): void {
    this.#begun += 1;
    const recording = { input, number: this.#begun, startedAt: performance.now(), audioMs: 0 };
    this.#activity.recordings.set(input, recording);
    // On a terminal its bar says so.
    if (!process.stderr.isTTY) this.say(label(recording, this.#activity.total));
  }

  onProgress(input: string, { audioMs, durationMs }: RecordingProgress): void {
    const recording = this.#activity.recordings.get(input);
    if (recording) Object.assign(recording, { audioMs, durationMs });
  }

  onResult(result: RecordingResult): void {
    if (this.#options.json) printJson(result);
    const recording = this.#activity.recordings.get(result.input);
    this.#activity.recordings.delete(result.input);
    if (result.error) {
      this.#display.print(failureLine(result.error, result.input));
      if (result.partial) this.#display.print(`  kept until there: ${paths(result)}`);
    } else if (recording) {
      const tick = styleText('green', '✔', { stream: process.stderr });
      const took = speed(result.durationMs, performance.now() - recording.startedAt);
      const what = `${duration(result.durationMs)}, ${spoken(result)}, ${took}`;
      this.say(`${tick} ${label(recording, this.#activity.total)}: ${what} → ${paths(result)}`);
    } else if (this.#options.verbose) {
      this.say(`${printable(result.input)}: finished before, skipped`);
    }
  }

  /** Ends the display with the sum of the run. */
  onReport(report: BatchReport, exitCode: number): void {
    const { untried, stoppedBy: _, ...sums } = report;
    if (this.#options.json) printJson({ type: 'summary', ...sums, exitCode });
    const elapsedMs = performance.now() - this.#startedAt;
    const parts = [
      `${report.done} done`,
      report.skipped > 0 && `${report.skipped} skipped (finished before; --force does them again)`,
      report.failed > 0 && `${report.failed} failed`,
      untried > 0 && `${untried} not tried`,
      report.done > 0 && `${duration(report.audioSeconds * 1000)} of audio in ${duration(elapsedMs)}`,
      report.billedSeconds > 0 && `${report.billedSeconds} s billed`,
    ];
    this.say(parts.filter(Boolean).join(', '));
  }

  /** The failure that made the whole run impossible. */
  onFailure(failure: FunAsrError, exitCode: number): void {
    if (this.#options.json) {
      const { untried: _, ...sums } = new Tally().report(0);
      printJson({ type: 'summary', ...sums, exitCode });
    }
    this.#display.print(failureLine(failure));
  }

  /** Prints a line that is no failure. */
  say(line: string): void {
    if (!this.#options.quiet) this.#display.print(line);
  }

  close(): void {
    this.#display.close();
  }
}

function paths({ outputs }: RecordingResult): string {
  return printable(outputs.join(', '));
}

function spoken({ sentences }: RecordingResult): string {
  return sentences === 0 ? 'no speech' : count(sentences, 'sentence');
}
