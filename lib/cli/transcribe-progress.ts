import type { BatchObserver } from '../batch/batch.ts';
import type { BatchReport, TranscriptionResult } from '../batch/report.ts';
import { TranscriptionTally } from '../batch/tally.ts';
import type { ChosenEngine } from '../engine.ts';
import type { PullProgress } from '../service/engine/model-pull.ts';
import type { Reconnect } from '../recognition/diagnostics.ts';
import { count, duration, pulling } from './figures.ts';
import { printable } from './printable.ts';
import { reconnecting } from './reconnecting.ts';
import { RunProgress, type RunProgressOptions } from './run-progress.ts';

/** Shows a run that transcribes: who recognises, too, and what it costs. */
export class TranscribeProgress
  extends RunProgress<TranscriptionResult, BatchReport>
  implements BatchObserver
{
  constructor(options: RunProgressOptions) {
    super(options, {
      result: ({ sentences, warnings }) =>
        sentences > 0 ? count(sentences, 'sentence') : withoutText(warnings),
      skipped: 'finished before',
      sums: ({ billedSeconds, resentSeconds }) => [
        ...(resentSeconds > 0 ? [`${duration(resentSeconds * 1000)} sent again`] : []),
        ...(billedSeconds > 0 ? [`${billedSeconds} s billed by the service's count`] : []),
      ],
      nothing: new TranscriptionTally().report(0),
    });
  }

  onPull(progress: PullProgress): void {
    if (!this.options.quiet) this.display.note(pulling(progress));
  }

  onResume(input: string, fromMs: number): void {
    this.startAt(input, fromMs);
    this.say(`${printable(input)}: recognised up to ${duration(fromMs)} before, and goes on from there`);
  }

  onReconnect(input: string, reconnect: Reconnect): void {
    this.say(`${printable(input)}: ${reconnecting(reconnect)}`);
  }

  onEngine({ engine, model, reason }: ChosenEngine): void {
    this.say(`engine: ${engine}, ${model} (${printable(reason)})`);
  }
}

/** Why a recording has no sentences. */
function withoutText(warnings: TranscriptionResult['warnings']): string {
  const isSpeech = warnings.some(({ code }) => code === 'W_UNRECOGNIZED');
  return isSpeech ? 'speech detected but not recognised' : 'no speech';
}
