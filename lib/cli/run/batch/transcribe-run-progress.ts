import type { Fallback, Resumed, RunEvent } from '../../../batch/recording/run-events.ts';
import type { BatchReport, TranscriptionResult } from '../../../batch/report/results.ts';
import { lengthOf } from '../../../batch/state/journal/gaps.ts';
import { TranscriptionTotals } from '../../../batch/report/totals.ts';
import type { TimeSpan } from '../../../core/errors.ts';
import { type Backend, THEM } from '../../../engines/backend.ts';
import type { PullProgress } from '../../../engines/models/model-pull.ts';
import { formatCost, formatCount, formatDuration, unknownCost } from '../../terminal/format.ts';
import { printable } from '../../terminal/printable.ts';
import { pullText } from '../../terminal/progress/pull-text.ts';
import { reconnectLine } from '../../terminal/reconnect-line.ts';
import { displayName, RunProgress, type RunProgressOptions, type ShownEvent } from './run-progress.ts';

/** Shows a run of `transcribe`: also the engine, reconnections and the billed time. */
export class TranscribeRunProgress extends RunProgress<TranscriptionResult, BatchReport> {
  readonly #gaps: TimeSpan[] = [];
  readonly #formatPull = pullText();
  /** The engine that was announced first. */
  #engine: string | undefined;
  #model = '';

  constructor(options: RunProgressOptions) {
    super(options, {
      result: (result) =>
        [
          result.sentences > 0 ? formatCount(result.sentences, 'sentence') : withoutText(result.warnings),
          ...this.#formatEngines(result),
        ].join(', '),
      skipped: 'finished earlier',
      totals: ({ billedSeconds, resentSeconds, estimatedCost, cost, currency }) => [
        ...(resentSeconds > 0 ? [`${formatDuration(resentSeconds * 1000)} sent again`] : []),
        ...(this.#gaps.length > 0 ? [`${formatGaps(this.#gaps)} not recognised`] : []),
        ...(billedSeconds > 0 ? [`${billedSeconds} s billed as counted by the service`] : []),
        ...(cost !== null && estimatedCost !== null
          ? [`${formatCost(cost, currency)} by that count, ${formatCost(estimatedCost, currency)} estimated`]
          : []),
        ...(cost === null && billedSeconds > 0 ? [unknownCost(this.#model)] : []),
      ],
      emptyReport: new TranscriptionTotals().report(0),
    });
  }

  onPull(progress: PullProgress): void {
    if (!this.options.quiet) this.display.setStatus(this.#formatPull(progress));
  }

  /** Handles the events of a run that transcribes; those of every run are handled by the class that this one extends. */
  override onEvent(event: RunEvent | ShownEvent<TranscriptionResult>): void {
    switch (event.type) {
      case 'backend':
        return this.#onBackend(event.detail);
      case 'fallback':
        return this.#onFallback(event.detail, event.input);
      case 'resume':
        return this.#onResume(event.input, event.detail);
      case 'reconnect':
        return this.notice(`${printable(displayName(event.input))}: ${reconnectLine(event.detail)}`);
      case 'retry':
        return this.onRetry(event.input, event.detail);
      case 'result':
        this.#addGaps(event.detail);
        return super.onEvent(event);
      default:
        return super.onEvent(event);
    }
  }

  #onResume(input: string, { doneMs, gaps, fromMs }: Resumed): void {
    this.setDone(input, doneMs);
    const name = printable(displayName(input));
    if (gaps.length > 0) this.notice(`${name}: sending ${formatGaps(gaps)} of an earlier run again`);
    if (fromMs !== undefined) {
      this.notice(`${name}: continuing at ${formatDuration(fromMs)}, where an earlier run stopped`);
    }
  }

  #addGaps({ gaps = [] }: TranscriptionResult): void {
    this.#gaps.push(...gaps.map(({ begin, end }) => ({ beginMs: begin, endMs: end })));
  }

  #onFallback({ from, to, error }: Fallback, input?: string): void {
    this.#engine ??= from;
    const name = input === undefined ? '' : `${printable(displayName(input))}: `;
    const hint = error.hint === undefined ? '' : ` ${printable(error.hint)}`;
    this.notice(`${name}${from}: ${printable(error.message)}; ${THEM[to]} continues.${hint}`);
  }

  /** `by cloud and local`, unless it is the engine that the user expects. */
  #formatEngines({ engine, engines = [engine] }: TranscriptionResult): string[] {
    const isExpected = engines.length === 1 && (this.#engine === undefined || this.#engine === engine);
    return isExpected ? [] : [`by ${engines.join(' and ')}`];
  }

  #onBackend({ name, model, reason }: Backend): void {
    this.#engine ??= name;
    this.#model = model;
    this.notice(`engine: ${name}, ${model} (${printable(reason)})`);
  }
}

/** Why a recording has no sentences. */
function withoutText(warnings: TranscriptionResult['warnings']): string {
  const isSpeech = warnings.some(({ code }) => code === 'W_UNRECOGNIZED');
  return isSpeech ? 'speech detected but not recognised' : 'no speech';
}

/** `2 gaps (0:07)` */
function formatGaps(gaps: readonly TimeSpan[]): string {
  return `${formatCount(gaps.length, 'gap')} (${formatDuration(lengthOf(gaps))})`;
}
