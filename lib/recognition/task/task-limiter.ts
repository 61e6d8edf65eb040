import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../core/deadline.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { isLoopback } from '../../protocol/addresses.ts';
import { abortable } from '../../core/deadline.ts';

/** New tasks a second for Fun-ASR and Paraformer, by account and model. Source: the official page of rate limits. */
const TASKS_PER_SECOND = 20;
const LEAST_TASKS_PER_SECOND = 1;
/** After so long without a throttle the rate doubles, up to the greatest. */
const CLEAN_MS = 60_000;

/**
 * How fast new tasks may be started, for all recognitions of this process together: the service's limit counts by
 * account and model. They are started evenly, for the service minds bursts, too. A throttle halves the rate and makes
 * everybody wait.
 */
export class TaskLimiter {
  readonly #greatestRate: number;
  readonly #clock: Clock;
  #rate: number;
  /** No task is started before. */
  #nextAt = 0;
  #throttledAt = 0;
  #blockedUntil = 0;
  /** Everybody waits behind whoever came before. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param tasksPerSecond As long as the service does not ask for fewer. */
  constructor(tasksPerSecond: number, clock: Clock = performance) {
    this.#clock = clock;
    this.#greatestRate = tasksPerSecond;
    this.#rate = tasksPerSecond;
  }

  /** Resolves when a task may be started; rejects with an `AbortError` when the signal aborts first. */
  async acquire(signal: AbortSignal): Promise<void> {
    const turn = this.#queue.then(() => this.#take(signal));
    // Whoever gives up makes way for the next.
    this.#queue = turn.catch(() => {});
    await abortable(turn, signal);
  }

  /** The service asks for fewer. @param delayMs No task is started for so long. */
  throttled(delayMs: number): void {
    const now = this.#clock.now();
    // Whoever is throttled while all wait already was asked for the same.
    const isNews = now >= this.#blockedUntil;
    this.#blockedUntil = Math.max(this.#blockedUntil, now + delayMs);
    this.#throttledAt = now;
    if (!isNews) return;
    // Whatever the service's limit is, it is not above the documented one.
    this.#rate = Math.max(LEAST_TASKS_PER_SECOND, Math.min(this.#rate, TASKS_PER_SECOND) / 2);
  }

  async #take(signal: AbortSignal): Promise<void> {
    for (let ms = this.#waitMs(); ms > 0; ms = this.#waitMs()) {
      await wait(ms, undefined, { signal });
    }
    signal.throwIfAborted();
    const now = this.#clock.now();
    this.#recover(now);
    this.#nextAt = now + 1000 / this.#rate;
  }

  #waitMs(): number {
    return Math.max(this.#nextAt, this.#blockedUntil) - this.#clock.now();
  }

  #recover(now: number): void {
    if (this.#rate === this.#greatestRate || now - this.#throttledAt < CLEAN_MS) return;
    this.#rate = Math.min(this.#greatestRate, this.#rate * 2);
    this.#throttledAt = now;
  }
}

const limiters = new Map<string, TaskLimiter>();

/** The one limiter of this process for an account and a model. A service on this machine has no such limit. */
export function limiterFor({ quota, url }: Pick<Endpoint, 'quota' | 'url'>, model: string): TaskLimiter {
  const name = `${quota} ${model}`;
  const rate = isLoopback(new URL(url).hostname) ? Number.POSITIVE_INFINITY : TASKS_PER_SECOND;
  const limiter = limiters.get(name) ?? new TaskLimiter(rate);
  limiters.set(name, limiter);
  return limiter;
}
