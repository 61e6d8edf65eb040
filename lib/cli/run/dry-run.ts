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
  const sum = { todo: 0, skipped: 0, failed: 0, audioSeconds: 0 };
  let cost: Cost | undefined;
  const previews = previewBatch(options, (warning) => {
    process.stderr.write(`${warningLine(warning)}\n`);
  });
  for await (const preview of previews) {
    sum[preview.status] += 1;
    if (preview.status === 'todo') {
      sum.audioSeconds += (preview.durationMs ?? 0) / 1000;
      cost = addCost(cost, preview.estimatedCost);
    }
    if (json) printJson(preview);
    else printPreview(preview);
  }
  const exitCode = sum.failed > 0 ? 1 : 0;
  if (json) printJson({ type: 'summary', ...sum, estimatedCost: cost ?? null, exitCode });
  else process.stdout.write(`${summaryLine(sum, cost)}\n`);
  return exitCode;
}

function printPreview(preview: RecordingPreview): void {
  if (preview.error) {
    process.stderr.write(`${errorLine(preview.error, preview.input)}\n`);
    return;
  }
  const length = preview.durationMs === null ? 'unknown length' : formatDuration(preview.durationMs);
  const action =
    preview.status === 'skipped' ? 'skipped, finished earlier' : `→ ${preview.outputs.join(', ')}`;
  process.stdout.write(`${printable(`${preview.input}: ${length} ${action}`)}\n`);
}

function summaryLine(sum: { todo: number; audioSeconds: number }, cost: Cost | undefined): string {
  const recordings = `${formatCount(sum.todo, 'recording')} to process`;
  const audio = `${formatDuration(sum.audioSeconds * 1000)} of audio`;
  const price =
    cost && `about ${cost.amount.toFixed(4)} ${cost.currency} at the prices of ${CLOUD_MODELS_AS_OF}`;
  return [recordings, audio, price].filter(Boolean).join(', ');
}

/** A run has one model, so that all costs have the same currency. */
function addCost(sum: Cost | undefined, cost: Cost | null): Cost | undefined {
  if (!cost) return sum;
  return { amount: (sum?.amount ?? 0) + cost.amount, currency: cost.currency };
}
