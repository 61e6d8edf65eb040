import { withProgramName } from '../terminal/program-name.ts';
import type { QueueStatus } from '../../batch/queue/queue-status.ts';
import { errorLine } from '../terminal/error-line.ts';
import { formatCost, formatDuration } from '../terminal/format.ts';
import { table } from '../terminal/table.ts';

/** Prints the state of a queue for people. */
export function printQueueStatus(status: QueueStatus): void {
  const { queue, waiting, active, delayed, done, failed, workers, recordings, failures } = status;
  const { billedSeconds, cost, currency } = status;
  const counts = [
    `${waiting} waiting`,
    `${active} active`,
    `${delayed} delayed`,
    `${done} done`,
    `${failed} failed`,
    ...(billedSeconds > 0 ? [`${billedSeconds} s billed as counted by the service`] : []),
    ...(cost === null ? [] : [formatCost(cost, currency)]),
  ];
  process.stdout.write(`queue ${queue}: ${counts.join(', ')}\n`);
  if (workers.length > 0) {
    const rows = workers.map(({ id, host, active: own }) => [id, host, String(own)]);
    process.stdout.write(`\n${table(['WORKER', 'HOST', 'ACTIVE'], rows)}`);
  } else if (waiting + delayed > 0) {
    process.stdout.write(withProgramName('no worker: start one with `fun-asr queue work`\n'));
  }
  if (recordings.length > 0) {
    const rows = recordings.map(({ input, finalMs, durationMs, worker }) => [
      input,
      `${formatDuration(finalMs)}${durationMs === null ? '' : ` of ${formatDuration(durationMs)}`}`,
      worker,
    ]);
    process.stdout.write(`\n${table(['RECORDING', 'DONE', 'WORKER'], rows)}`);
  }
  for (const { input, error } of failures) process.stdout.write(`${errorLine(error, input)}\n`);
}
