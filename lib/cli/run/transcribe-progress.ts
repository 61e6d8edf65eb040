import type { BatchObserver } from '../../batch/batch.ts';
import type { BatchReport, TranscriptionResult } from '../../batch/report.ts';
import { lengthOf } from '../../batch/state/remainder.ts';
import { TranscriptionTally } from '../../batch/tally.ts';
import type { Resumed } from '../../batch/recording/transcribe-recording.ts';
import type { ChosenEngine } from '../../engines/engine.ts';
import type { TimeSpan } from '../../core/errors.ts';
import type { PullProgress } from '../../engines/models/model-pull.ts';
import type { Reconnect } from '../../recognition/events/diagnostics.ts';
import { count, duration, pulling } from '../terminal/figures.ts';
import { printable } from '../terminal/printable.ts';
import { reconnecting } from '../terminal/reconnecting.ts';
import { RunProgress, type RunProgressOptions } from './run-progress.ts';

/** Shows a run that transcribes: who recognises, too, and what it costs. */
export class TranscribeProgress
  extends RunProgress<TranscriptionResult, BatchReport>
  implements BatchObserver
{
  readonly #gaps: TimeSpan[] = [];

  constructor(options: RunProgressOptions) {
    super(options, {
      result: ({ sentences }) => (sentences === 0 ? 'no speech' : count(sentences, 'sentence')),
      skipped: 'finished before',
      sums: ({ billedSeconds, resentSeconds }) => [
        ...(resentSeconds > 0 ? [`${duration(resentSeconds * 1000)} sent again`] : []),
        ...(this.#gaps.length > 0 ? [`${gapsOf(this.#gaps)} not recognised`] : []),
        ...(billedSeconds > 0 ? [`${billedSeconds} s billed by the service's count`] : []),
      ],
      nothing: new TranscriptionTally().report(0),
    });
  }

  onPull(progress: PullProgress): void {
    if (!this.options.quiet) this.display.note(pulling(progress));
  }

  onResume(input: string, { doneMs, gaps, fromMs }: Resumed): void {
    this.startAt(input, doneMs);
    if (gaps.length > 0) this.say(`${printable(input)}: sends ${gapsOf(gaps)} of an earlier run again`);
    if (fromMs !== undefined) {
      this.say(
        `${printable(input)}: an earlier run has recognised ${duration(fromMs)}; continues from there`,
      );
    }
  }

  override onResult(result: TranscriptionResult): void {
    const gaps = result.gaps ?? [];
    this.#gaps.push(...gaps.map(({ begin, end }) => ({ beginMs: begin, endMs: end })));
    super.onResult(result);
  }

  onReconnect(input: string, reconnect: Reconnect): void {
    this.say(`${printable(input)}: ${reconnecting(reconnect)}`);
  }

  onEngine({ engine, model, reason }: ChosenEngine): void {
    this.say(`engine: ${engine}, ${model} (${printable(reason)})`);
  }
}

/** `2 gaps (0:07)` */
function gapsOf(gaps: readonly TimeSpan[]): string {
  return `${count(gaps.length, 'gap')} (${duration(lengthOf(gaps))})`;
}
