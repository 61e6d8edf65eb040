import type { BatchObserver } from '../batch/batch.ts';
import { type BatchReport, type TranscriptionResult, TranscriptionTally } from '../batch/report.ts';
import type { ChosenEngine } from '../engine.ts';
import type { PullProgress } from '../service/engine/model-pull.ts';
import { count, pulling } from './figures.ts';
import { printable } from './printable.ts';
import { RunProgress, type RunProgressOptions } from './run-progress.ts';

/** Shows a run that transcribes: who recognises, too, and what it costs. */
export class TranscribeProgress
  extends RunProgress<TranscriptionResult, BatchReport>
  implements BatchObserver
{
  constructor(options: RunProgressOptions) {
    super(options, {
      result: ({ sentences }) => (sentences === 0 ? 'no speech' : count(sentences, 'sentence')),
      skipped: 'finished before',
      sums: ({ billedSeconds }) => (billedSeconds > 0 ? [`${billedSeconds} s billed`] : []),
      nothing: new TranscriptionTally().report(0),
    });
  }

  onPull(progress: PullProgress): void {
    if (!this.options.quiet) this.display.note(pulling(progress));
  }

  onEngine({ engine, model, reason }: ChosenEngine): void {
    this.say(`engine: ${engine}, ${model} (${printable(reason)})`);
  }
}
