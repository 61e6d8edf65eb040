import { setTimeout as wait } from 'node:timers/promises';
import { type Endpoint, isLoopback } from './endpoint.ts';
import { within } from './within.ts';

/** New tasks a second for Fun-ASR and Paraformer, by account and model. Source: the official page of rate limits. */
const TASKS_PER_SECOND = 20;
/** A service on this machine has no such limit. */
const LOCAL_TASKS_PER_SECOND = 10_000;
const LEAST_TASKS_PER_SECOND = 1;
/** After so long without a throttle the rate doubles, up to the greatest. */
const CLEAN_MS = 60_000;

/** Monotonic, in ms. */
interface Clock {
  now(): number;
}

/**
 * How fast new tasks may be started, for all recognitions of this process together: the service's limit counts by
 * account and model. Each throttle halves the rate and makes everybody wait.
 */
export class TaskLimiter {
  readonly #greatestRate: number;
  readonly #clock: Clock;
  #rate: number;
  /** How many tasks may start at once. */
  #tokens: number;
  #filledAt: number;
  #throttledAt = 0;
  #blockedUntil = 0;
  /** Everybody waits behind whoever came before. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param tasksPerSecond As long as the service does not ask for fewer. */
  constructor(tasksPerSecond: number, clock: Clock = performance) {
    this.#clock = clock;
    this.#filledAt = clock.now();
    this.#greatestRate = tasksPerSecond;
    this.#rate = tasksPerSecond;
    this.#tokens = tasksPerSecond;
  }

  /** Resolves when a task may be started; rejects with an `AbortError` when the signal aborts first. */
  async acquire(signal: AbortSignal): Promise<void> {
    const turn = this.#queue.then(() => this.#take(signal));
    // Whoever gives up makes way for the next.
    this.#queue = turn.catch(() => {});
    await within(turn, signal);
  }

  /** The service asks for fewer. @param delayMs No task is started for so long. */
  throttled(delayMs: number): void {
    const now = this.#clock.now();
    this.#blockedUntil = Math.max(this.#blockedUntil, now + delayMs);
    this.#throttledAt = now;
    // Whatever the service's limit is, it is not above the documented one.
    this.#rate = Math.max(LEAST_TASKS_PER_SECOND, Math.min(this.#rate, TASKS_PER_SECOND) / 2);
    this.#tokens = 0;
  }

  async #take(signal: AbortSignal): Promise<void> {
    for (let ms = this.#waitMs(); ms > 0; ms = this.#waitMs()) {
      await wait(ms, undefined, { signal });
    }
    signal.throwIfAborted();
    this.#tokens -= 1;
  }

  /** How long until there is a token. */
  #waitMs(): number {
    const now = this.#clock.now();
    if (now < this.#blockedUntil) return this.#blockedUntil - now;
    this.#recover(now);
    // What is blocked gathers no tokens.
    const since = Math.max(this.#filledAt, this.#blockedUntil);
    this.#tokens = Math.min(this.#rate, this.#tokens + ((now - since) / 1000) * this.#rate);
    this.#filledAt = now;
    return this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / this.#rate) * 1000;
  }

  #recover(now: number): void {
    if (this.#rate === this.#greatestRate || now - this.#throttledAt < CLEAN_MS) return;
    this.#rate = Math.min(this.#greatestRate, this.#rate * 2);
    this.#throttledAt = now;
  }
}

const limiters = new Map<string, TaskLimiter>();

/** The one limiter of this process for an account and a model. */
export function limiterFor({ account, url }: Pick<Endpoint, 'account' | 'url'>, model: string): TaskLimiter {
  const name = `${account} ${model}`;
  const rate = isLoopback(new URL(url).hostname) ? LOCAL_TASKS_PER_SECOND : TASKS_PER_SECOND;
  const limiter = limiters.get(name) ?? new TaskLimiter(rate);
  limiters.set(name, limiter);
  return limiter;
}
