import type { BatchOptions } from '../../batch/batch.ts';
import type { Cost } from '../../batch/cost.ts';
import { previewBatch, type RecordingPreview } from '../../batch/preview.ts';
import { CLOUD_MODELS_AS_OF } from '../../protocol/cloud-models.ts';
import { errorLine, warningLine } from '../terminal/error-line.ts';
import { formatCount, formatDuration } from '../terminal/format.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

/**
 * Prints what a run would do and its estimated cost.
 * @returns The exit code.
 */
export async function dryRun(options: BatchOptions, json: boolean): Promise<number> {
  const sum = { recordings: 0, durationMs: 0, estimatedCost: 0 };
  const counts = { transcribe: 0, complete: 0, rewrite: 0, skip: 0, fail: 0 };
  let currency: Cost['currency'] | undefined;
  const previews = previewBatch(options, (warning) => {
    process.stderr.write(`${warningLine(warning)}\n`);
  });
  for await (const preview of previews) {
    const isSent = preview.action === 'transcribe' || preview.action === 'complete';
    counts[preview.action] += 1;
    sum.recordings += 1;
    if (isSent) sum.durationMs += preview.durationMs ?? 0;
    sum.estimatedCost += preview.estimatedCost ?? 0;
    currency ??= preview.currency;
    if (json) printJson(preview);
    else printPreview(preview);
  }
  const exitCode = counts.fail > 0 ? 1 : 0;
  const estimatedCost = currency === undefined ? null : sum.estimatedCost;
  if (json)
    printJson({ type: 'summary', ...sum, estimatedCost, currency: currency ?? null, ...counts, exitCode });
  else process.stdout.write(`${summaryLine(counts, sum.durationMs, estimatedCost, currency)}\n`);
  return exitCode;
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
  { transcribe, complete, rewrite }: Readonly<Record<RecordingPreview['action'], number>>,
  durationMs: number,
  cost: number | null,
  currency: string | undefined,
): string {
  return [
    `${formatCount(transcribe + complete, 'recording')} to process`,
    ...(rewrite > 0 ? [`${formatCount(rewrite, 'recording')} from kept text`] : []),
    `${formatDuration(durationMs)} of audio`,
    ...(cost === null ? [] : [`about ${cost.toFixed(4)} ${currency} at the prices of ${CLOUD_MODELS_AS_OF}`]),
  ].join(', ');
}
