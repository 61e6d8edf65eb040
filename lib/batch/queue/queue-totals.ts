import type { RunCost } from '../cost.ts';
import type { Consumption } from '../report/consumption.ts';
import type { JobQueue } from './job-queue.ts';

/** What all workers of a queue have sent, failed attempts included. */
export interface QueueTotals {
  /** All audio that was sent, in seconds. */
  readonly sentSeconds: number;
  /** Audio that was sent again after a failure, in seconds. */
  readonly resentSeconds: number;
  /** Seconds that the service bills. */
  readonly billedSeconds: number;
  /** Cost of these; null when no price is known. */
  readonly cost: number | null;
  readonly currency: RunCost['currency'];
}

/** Adds what one attempt of a job has taken, instead of what was reserved for it. */
export async function addToTotals(
  queue: JobQueue,
  jobId: string,
  { sentMs, resentMs, billedSeconds }: Consumption,
  cost: number | null,
  currency: RunCost['currency'],
): Promise<void> {
  const key = queue.key('totals');
  const adding = queue.redis
    .multi()
    .hdel(queue.key('reserved'), jobId)
    .hincrbyfloat(key, 'sentMs', sentMs)
    .hincrbyfloat(key, 'resentMs', resentMs)
    .hincrbyfloat(key, 'billedSeconds', billedSeconds);
  if (cost !== null && currency !== null) {
    adding.hincrbyfloat(key, 'cost', cost).hset(key, 'currency', currency);
  }
  await adding.exec();
}

export async function readTotals(queue: JobQueue): Promise<QueueTotals> {
  const totals = await queue.redis.hgetall(queue.key('totals'));
  const { sentMs = '0', resentMs = '0', billedSeconds = '0', cost, currency } = totals;
  return {
    sentSeconds: Number(sentMs) / 1000,
    resentSeconds: Number(resentMs) / 1000,
    billedSeconds: Number(billedSeconds),
    cost: cost === undefined ? null : Number(cost),
    currency: (currency ?? null) as RunCost['currency'],
  };
}
