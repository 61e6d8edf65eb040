import type { BatchOptions } from '../../batch/batch.ts';
import type { Cost } from '../../batch/cost.ts';
import { previewBatch, type RecordingPreview } from '../../batch/preview.ts';
import { MODELS_AS_OF } from '../../protocol/models.ts';
import { failureLine, warningLine } from '../terminal/error-line.ts';
import { count, duration } from '../terminal/format.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

/**
 * Prints what a run would do, and what it would cost.
 * @returns The exit code.
 */
export async function printPreview(options: BatchOptions, json: boolean): Promise<number> {
  const sum = { todo: 0, skipped: 0, failed: 0, audioSeconds: 0 };
  let cost: Cost | undefined;
  const previews = previewBatch(options, (warning) => {
    process.stderr.write(`${warningLine(warning)}\n`);
  });
  for await (const preview of previews) {
    sum[preview.status] += 1;
    if (preview.status === 'todo') {
      sum.audioSeconds += (preview.durationMs ?? 0) / 1000;
      cost = plus(cost, preview.estimatedCost);
    }
    if (json) printJson(preview);
    else print(preview);
  }
  const exitCode = sum.failed > 0 ? 1 : 0;
  if (json) printJson({ type: 'summary', ...sum, estimatedCost: cost ?? null, exitCode });
  else process.stdout.write(`${total(sum, cost)}\n`);
  return exitCode;
}

function print(preview: RecordingPreview): void {
  if (preview.error) {
    process.stderr.write(`${failureLine(preview.error, preview.input)}\n`);
    return;
  }
  const length = preview.durationMs === null ? 'length unknown' : duration(preview.durationMs);
  const fate = preview.status === 'skipped' ? 'finished before, skipped' : `→ ${preview.outputs.join(', ')}`;
  process.stdout.write(`${printable(`${preview.input}: ${length} ${fate}`)}\n`);
}

function total(sum: { todo: number; audioSeconds: number }, cost: Cost | undefined): string {
  const price = cost && `, about ${cost.amount.toFixed(4)} ${cost.currency} by the prices of ${MODELS_AS_OF}`;
  return `${count(sum.todo, 'recording')} to do, ${duration(sum.audioSeconds * 1000)} of audio${price ?? ''}`;
}

/** One run has one model, and so one currency. */
function plus(sum: Cost | undefined, cost: Cost | null): Cost | undefined {
  if (!cost) return sum;
  return { amount: (sum?.amount ?? 0) + cost.amount, currency: cost.currency };
}
