import { setTimeout as wait } from 'node:timers/promises';
import { abortable, type Clock } from '../../core/deadline.ts';
import { isLoopback } from '../../protocol/addresses.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { type CountedTask, type StartLimiter, TASKS_PER_SECOND } from '../../protocol/service-limits.ts';
import { RunningTasks } from './running-tasks.ts';

const MIN_TASKS_PER_SECOND = 1;
/** After this time without a throttle the rate doubles, up to the maximum. */
const CLEAN_MS = 60_000;

/**
 * Limits how fast all recognitions of this process start new tasks, and how many tasks they have at a time, because the
 * service counts by account and model. Tasks are started evenly, because the service throttles bursts, too. A throttle
 * halves the rate and delays all new tasks.
 */
export class TaskLimiter implements StartLimiter {
  readonly #maxRate: number;
  readonly #clock: Clock;
  readonly #running: RunningTasks;
  #rate: number;
  /** No task is started before this time. */
  #nextAt = 0;
  #throttledAt = 0;
  #blockedUntil = 0;
  /** The last request in the queue: requests are served in their order. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param tasksPerSecond The rate until the service asks for fewer. */
  constructor(tasksPerSecond: number, clock: Clock = performance) {
    this.#clock = clock;
    this.#running = new RunningTasks(clock);
    this.#maxRate = tasksPerSecond;
    this.#rate = tasksPerSecond;
  }

  async acquire(signal: AbortSignal): Promise<CountedTask> {
    const turn = this.#queue.then(() => this.#take(signal));
    // An aborted request does not block the next one.
    this.#queue = turn.catch(() => {});
    try {
      return await abortable(turn, signal);
    } catch (error) {
      // The turn may have come at the moment of the abort.
      void turn.then(
        (task) => task.end(),
        () => {},
      );
      throw error;
    }
  }

  throttled(delayMs: number): void {
    const now = this.#clock.now();
    // Tasks that are throttled while all wait already are part of the same throttle.
    const isNew = now >= this.#blockedUntil;
    this.#blockedUntil = Math.max(this.#blockedUntil, now + delayMs);
    this.#throttledAt = now;
    if (!isNew) return;
    // The limit of the service is never above the documented one.
    this.#rate = Math.max(MIN_TASKS_PER_SECOND, Math.min(this.#rate, TASKS_PER_SECOND) / 2);
  }

  async #take(signal: AbortSignal): Promise<CountedTask> {
    await this.#running.free(signal);
    for (let ms = this.#waitMs(); ms > 0; ms = this.#waitMs()) {
      await wait(ms, undefined, { signal });
    }
    signal.throwIfAborted();
    const now = this.#clock.now();
    this.#recover(now);
    this.#nextAt = now + 1000 / this.#rate;
    return this.#running.begin();
  }

  #waitMs(): number {
    return Math.max(this.#nextAt, this.#blockedUntil) - this.#clock.now();
  }

  #recover(now: number): void {
    if (this.#rate === this.#maxRate || now - this.#throttledAt < CLEAN_MS) return;
    this.#rate = Math.min(this.#maxRate, this.#rate * 2);
    this.#throttledAt = now;
  }
}

const limiters = new Map<string, TaskLimiter>();

/** The limiter of this process for an account and a model. A service on this machine has no limit. */
export function limiterFor({ quota, url }: Pick<Endpoint, 'quota' | 'url'>, model: string): TaskLimiter {
  const name = `${quota} ${model}`;
  const rate = isLoopback(new URL(url).hostname) ? Number.POSITIVE_INFINITY : TASKS_PER_SECOND;
  const limiter = limiters.get(name) ?? new TaskLimiter(rate);
  limiters.set(name, limiter);
  return limiter;
}
