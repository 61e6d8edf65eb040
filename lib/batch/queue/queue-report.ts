import { join } from 'node:path';
import { nameIn } from '../plan/check-finished.ts';
import type { ReportOptions } from '../report/html-report.ts';
import { TranscriptionTotals } from '../report/totals.ts';
import { RunPage } from '../run-page.ts';
import { JournalIndex } from '../state/journal-index.ts';
import { type FolderState, readFolder } from '../state/output-folder.ts';
import { planOf } from './job.ts';
import { queueResults, queueStatus } from './queue-status.ts';
import type { JobQueue } from './job-queue.ts';

/**
 * Writes the HTML page over all recordings of a queue that have ended, whichever worker has transcribed them.
 * @param root The folder that all workers share, as it is on this machine.
 * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
 */
export async function writeQueueReport(queue: JobQueue, root: string, options: ReportOptions): Promise<void> {
  const page = new RunPage(options);
  const totals = new TranscriptionTotals();
  const folders = new Map<string, FolderState>();
  let count = 0;
  for await (const { data, result, settings, consumption, cost, currency, elapsedMs } of queueResults(
    queue,
  )) {
    const { input, folder, stem } = planOf(data, root);
    const outputFolder = folders.get(folder) ?? (await readFolder(folder));
    folders.set(folder, outputFolder);
    const key = { input: nameIn(folder, input), content: data.content, parameters: settings };
    const price = cost !== null && currency !== null ? { amount: cost, currency } : undefined;
    const outputs = result.outputs.map((path) => join(root, path));
    page.add(
      { ...result, input, outputs },
      { recording: { key, stem, outputFolder }, cost: price, elapsedMs },
    );
    totals.add(result, consumption);
    count += 1;
  }
  const { cost, currency } = await queueStatus(queue);
  const report = totals.report(count, undefined, { estimatedCost: null, cost, currency });
  await page.write(report, await JournalIndex.of(folders.keys()));
}
