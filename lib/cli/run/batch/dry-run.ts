import type { BatchOptions } from '../../../batch/batch-options.ts';
import { type PreviewSummary, previewBatch, type RecordingPreview } from '../../../batch/preview.ts';
import { modelFor } from '../../../batch/state/settings.ts';
import { backendNameFor } from '../../../engines/choose-backend.ts';
import { configuredChoice, engineChoices } from '../../../engines/engine-list.ts';
import { CLOUD_MODELS_AS_OF } from '../../../protocol/cloud-models.ts';
import { errorLine, warningLine } from '../../terminal/error-line.ts';
import { formatCost, formatCount, formatDuration, unknownCost } from '../../terminal/format.ts';
import { printJson } from '../../terminal/print-json.ts';
import { printable } from '../../terminal/printable.ts';

/**
 * Prints what a run would do and its estimated cost.
 * @returns The exit code.
 */
export async function dryRun(options: BatchOptions, json: boolean): Promise<number> {
  const counts = { transcribe: 0, complete: 0, rewrite: 0, skip: 0, fail: 0 };
  const previews = previewBatch(options, (warning) => {
    process.stderr.write(`${warningLine(warning)}\n`);
  });
  for await (const preview of previews) {
    if (preview.type === 'summary') {
      if (json) printJson({ ...preview, ...counts, exitCode: exitCodeFor(counts) });
      else process.stdout.write(`${summaryLine(counts, preview, options)}\n`);
      continue;
    }
    counts[preview.action] += 1;
    if (json) printJson(preview);
    else printPreview(preview);
  }
  return exitCodeFor(counts);
}

type Counts = Readonly<Record<RecordingPreview['action'], number>>;

function exitCodeFor({ fail }: Counts): number {
  return fail > 0 ? 1 : 0;
}

const ACTIONS: Readonly<Record<RecordingPreview['action'], string>> = {
  transcribe: '',
  complete: 'the rest of it ',
  rewrite: 'from kept text, free ',
  skip: '',
  fail: '',
};

function printPreview({ error, input, action, durationMs, outputs }: RecordingPreview): void {
  if (error) {
    process.stderr.write(`${errorLine(error, input)}\n`);
    return;
  }
  const length = durationMs === null ? 'unknown length' : formatDuration(durationMs);
  const what = action === 'skip' ? 'skipped, finished earlier' : `${ACTIONS[action]}→ ${outputs.join(', ')}`;
  process.stdout.write(`${printable(`${input}: ${length} ${what}`)}\n`);
}

function summaryLine(
  { transcribe, complete, rewrite }: Counts,
  { durationMs, estimatedCost, currency }: PreviewSummary,
  { transcription, nextEngines }: BatchOptions,
): string {
  const engine = configuredChoice(engineChoices(transcription, nextEngines));
  const isCloud = backendNameFor(engine) === 'cloud';
  return [
    `${formatCount(transcribe + complete, 'recording')} to process`,
    ...(rewrite > 0 ? [`${formatCount(rewrite, 'recording')} from kept text`] : []),
    `${formatDuration(durationMs)} of audio`,
    ...(estimatedCost !== null
      ? [`about ${formatCost(estimatedCost, currency)} at the prices of ${CLOUD_MODELS_AS_OF}`]
      : isCloud && durationMs > 0
        ? [unknownCost(modelFor('cloud', engine))]
        : []),
  ].join(', ');
}
