import { type FunAsrError, systemCode } from '../../core/errors.ts';
import type { Clock } from '../../core/deadline.ts';
import type { Limits } from '../limits.ts';

/** What a {@link RetryPolicy} goes by. */
export type RetryLimits = Pick<Limits, 'maxRetries' | 'retryTimeoutMs' | 'retryDelayMs'>;

/** Longest wait between two tries; after a throttle, which is a limit a minute, it is longer. */
const MAX_DELAY_MS = 20_000;
const MAX_THROTTLED_MS = 60_000;
/** A throttle is not over at once: its waits begin as if so many tries had failed already. */
const THROTTLED_DOUBLINGS = 2;
/** Tries to find a name that was never found: it is most likely misspelt. */
const MAX_NAME_TRIES = 3;

/**
 * The retry policy of one recognition: exponential back-off with full jitter, so that clients that failed together do
 * not come back together. What the service asks for by `Retry-After` wins. A new final sentence starts all anew.
 */
export class RetryPolicy {
  readonly #limits: RetryLimits;
  readonly #clock: Clock;
  #failures = 0;
  /** Failures that only say that nothing was heard or nothing came. */
  #quietFailures = 0;
  #hasStarted = false;
  #firstFailure = 0;

  constructor(limits: RetryLimits, clock: Clock = performance) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Failures since the last progress, of every kind. */
  get failures(): number {
    return this.#failures + this.#quietFailures;
  }

  /** The service has started a task: its name is right. */
  started(): void {
    this.#hasStarted = true;
  }

  /** Audio became final. */
  progressed(): void {
    this.#failures = 0;
    this.#quietFailures = 0;
  }

  /**
   * A try failed.
   * @param isQuiet Whether the service only said that it heard nothing or got nothing: such a failure does not count as
   * a try. Only time limits how often it may come.
   * @returns How long to wait before the next, in ms; undefined when it is time to give up.
   */
  failed(error: FunAsrError, isQuiet = false): number | undefined {
    const { retryable, retryAfterMs, code } = error;
    if (!retryable) return undefined;
    const now = this.#clock.now();
    if (this.failures === 0) this.#firstFailure = now;
    if (isQuiet) this.#quietFailures += 1;
    else this.#failures += 1;
    const { maxRetries, retryTimeoutMs, retryDelayMs } = this.#limits;
    // A wait that is longer than all the time there is need not begin.
    const leftMs = retryTimeoutMs - (now - this.#firstFailure) - (retryAfterMs ?? 0);
    const mostTries = isUnknownName(error) && !this.#hasStarted ? MAX_NAME_TRIES : Infinity;
    if (maxRetries === 0 || this.#failures > maxRetries || this.#failures >= mostTries || leftMs < 0)
      return undefined;
    const isThrottled = code === 'E_THROTTLED';
    const doublings = this.failures - 1 + (isThrottled ? THROTTLED_DOUBLINGS : 0);
    const cap = isThrottled ? MAX_THROTTLED_MS : MAX_DELAY_MS;
    const jittered = Math.random() * Math.min(cap, retryDelayMs * 2 ** doublings);
    return Math.max(retryAfterMs ?? 0, jittered);
  }
}

/** Whether a name does not exist, which is more than that it cannot be asked for just now. */
function isUnknownName({ code, cause }: FunAsrError): boolean {
  return code === 'E_DNS' && systemCode(cause) !== 'EAI_AGAIN';
}
