import type { SharedBudget } from '../cost.ts';
import type { JobQueue } from './job-queue.ts';

/** Reserves audio for a job, unless what is billed and reserved would pass the limit. The job replaces its own reservation. */
const RESERVE = `
  local sum = tonumber(redis.call('HGET', KEYS[1], 'billedSeconds') or 0) + tonumber(ARGV[2])
  local reserved = redis.call('HGETALL', KEYS[2])
  for i = 1, #reserved, 2 do
    if reserved[i] ~= ARGV[1] then sum = sum + tonumber(reserved[i + 1]) end
  end
  if sum > tonumber(ARGV[3]) then return 0 end
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
  return 1`;

/**
 * What all workers of a queue may send together. What a killed worker has reserved stays reserved until its recording is
 * tried again.
 */
export class QueueBudget implements SharedBudget {
  readonly #queue: JobQueue;
  readonly #jobId: string;

  constructor(queue: JobQueue, jobId: string) {
    this.#queue = queue;
    this.#jobId = jobId;
  }

  async reserve(seconds: number, limitSeconds: number): Promise<boolean> {
    const { redis } = this.#queue;
    const keys = [this.#queue.key('totals'), this.#queue.key('reserved')];
    return (await redis.eval(RESERVE, 2, ...keys, this.#jobId, seconds, limitSeconds)) === 1;
  }
}
