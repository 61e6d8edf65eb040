import type { SharedBudget } from '../cost.ts';
import type { JobQueue } from './job-queue.ts';

/**
 * Reserves audio for a job, unless what is billed and reserved would pass the limit. When a worker was killed, the job still has
 * a reservation: what is not left of the recording was recognised, and counts as billed.
 */
const RESERVE = `
  local own = redis.call('HGET', KEYS[2], ARGV[1])
  if own then
    local sent = math.max(0, tonumber(own) - tonumber(ARGV[2]))
    redis.call('HINCRBYFLOAT', KEYS[1], 'billedSeconds', sent)
    redis.call('HINCRBYFLOAT', KEYS[1], 'cost', sent * tonumber(ARGV[4]))
    redis.call('HDEL', KEYS[2], ARGV[1])
  end
  local sum = tonumber(redis.call('HGET', KEYS[1], 'billedSeconds') or 0) + tonumber(ARGV[2])
  local reserved = redis.call('HGETALL', KEYS[2])
  for i = 1, #reserved, 2 do sum = sum + tonumber(reserved[i + 1]) end
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

  async reserve(seconds: number, limitSeconds: number, perSecond: number): Promise<boolean> {
    const { redis } = this.#queue;
    const keys = [this.#queue.key('totals'), this.#queue.key('reserved')];
    return (await redis.eval(RESERVE, 2, ...keys, this.#jobId, seconds, limitSeconds, perSecond)) === 1;
  }
}
