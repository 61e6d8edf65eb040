import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import pLimit from 'p-limit';
import { abortable } from '../../core/deadline.ts';
import type { CountedTask, StartLimiter } from '../../protocol/service-limits.ts';
import { RunningTasks } from '../../recognition/task/running-tasks.ts';

/** After this time without a throttle the rate doubles, up to the maximum. */
const CLEAN_MS = 60_000;
const MIN_TASKS_PER_SECOND = 1;

/**
 * Reserves the time of the next task. The hash has `next` and `blocked` (times in ms by the clock of Redis), `slowdown` (by
 * what the rate is divided) and `throttled` (when it was last raised).
 */
const RESERVE = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local state = redis.call('HMGET', KEYS[1], 'next', 'blocked', 'slowdown', 'throttled')
  local slowdown = tonumber(state[3] or 1)
  if slowdown > 1 and now - tonumber(state[4] or 0) > ${CLEAN_MS} then
    slowdown = math.max(1, slowdown / 2)
    redis.call('HSET', KEYS[1], 'slowdown', slowdown, 'throttled', now)
  end
  local at = math.max(now, tonumber(state[1] or 0), tonumber(state[2] or 0))
  local rate = math.max(${MIN_TASKS_PER_SECOND}, tonumber(ARGV[1]) / slowdown)
  redis.call('HSET', KEYS[1], 'next', at + 1000 / rate)
  redis.call('PEXPIRE', KEYS[1], ${60 * CLEAN_MS})
  return at - now`;

/** Halves the rate once for each throttle: those that arrive while all wait belong to the same one. */
const SLOW_DOWN = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local blocked = tonumber(redis.call('HGET', KEYS[1], 'blocked') or 0)
  if now >= blocked then
    local slowdown = tonumber(redis.call('HGET', KEYS[1], 'slowdown') or 1)
    redis.call('HSET', KEYS[1], 'slowdown', math.min(1024, slowdown * 2))
  end
  redis.call('HSET', KEYS[1], 'blocked', math.max(blocked, now + tonumber(ARGV[1])), 'throttled', now)
  redis.call('PEXPIRE', KEYS[1], ${60 * CLEAN_MS})`;

/**
 * Limits how fast all workers of a queue together start new tasks, as the service counts by account. Tasks are started
 * evenly, because the service throttles bursts, too: the limiter of BullMQ counts jobs, and starts those of a period at once.
 * How many tasks there are at a time is limited by each worker for itself.
 */
export class SharedLimiter implements StartLimiter {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #rate: number;
  readonly #running = new RunningTasks();
  /** One request after another: each counts the tasks that were started before. */
  readonly #turn = pLimit(1);

  /** @param tasksPerSecond The rate until the service asks for fewer. */
  constructor(redis: Redis, key: string, tasksPerSecond: number) {
    this.#redis = redis;
    this.#key = key;
    this.#rate = tasksPerSecond;
  }

  async acquire(signal: AbortSignal): Promise<CountedTask> {
    return await this.#turn(async () => {
      await this.#running.free(signal);
      // Waits while Redis cannot be reached.
      const ms = await abortable(this.#redis.eval(RESERVE, 1, this.#key, this.#rate), signal);
      if (Number(ms) > 0) await wait(Number(ms), undefined, { signal });
      signal.throwIfAborted();
      return this.#running.begin();
    });
  }

  throttled(delayMs: number): void {
    this.#redis.eval(SLOW_DOWN, 1, this.#key, Math.ceil(delayMs)).catch(() => undefined);
  }
}
