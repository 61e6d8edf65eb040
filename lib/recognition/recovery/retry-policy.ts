import { type FunAsrError, systemCode } from '../../core/errors.ts';
import type { Clock } from '../../core/deadline.ts';
import { retryDelay } from '../../core/retry-delay.ts';
import type { Limits } from '../task/client-limits.ts';

/** The limits that a {@link RetryPolicy} uses. */
export type RetryLimits = Pick<Limits, 'maxRetries' | 'retryTimeoutMs' | 'retryDelayMs'>;

/**
 * The effect of a failure on the number of tries. `counted`: one more try. `uncounted`: only the time is limited.
 * `progress`: the failure also shows progress, so it is the first of a new count.
 */
export type RetryEffect = 'counted' | 'uncounted' | 'progress';

/** The longest wait between two tries. After a throttle, which is a limit per minute, it is longer. */
const MAX_DELAY_MS = 20_000;
const MAX_THROTTLED_MS = 60_000;
/** A throttle does not end at once, so its delays start as if this many tries had failed already. */
const THROTTLED_DOUBLINGS = 2;
/** Tries for a host name that was never found: most likely it is misspelt. */
const MAX_NAME_TRIES = 3;

/**
 * The retry policy of one recognition: exponential back-off with full jitter, so that clients that failed together do not
 * retry together. `Retry-After` of the service takes precedence. Progress resets everything.
 */
export class RetryPolicy {
  readonly #limits: RetryLimits;
  readonly #clock: Clock;
  #counted = 0;
  #uncounted = 0;
  #hasStarted = false;
  #firstFailureAt = 0;

  constructor(limits: RetryLimits, clock: Clock = performance) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Failures since the last progress, of every kind. */
  get failures(): number {
    return this.#counted + this.#uncounted;
  }

  /** The service has started a task, so its host name is right. */
  started(): void {
    this.#hasStarted = true;
  }

  /** Audio became final. */
  progressed(): void {
    this.#counted = 0;
    this.#uncounted = 0;
  }

  /** A try failed. @returns How long to wait before the next, in ms; undefined to give up. */
  failed(error: FunAsrError, effect: RetryEffect = 'counted'): number | undefined {
    const { retryable, retryAfterMs = 0 } = error;
    if (!retryable) return undefined;
    const now = this.#clock.now();
    if (effect === 'progress') this.progressed();
    if (this.failures === 0) this.#firstFailureAt = now;
    if (effect === 'uncounted') this.#uncounted += 1;
    else this.#counted += 1;
    // A wait that is longer than the remaining time does not start.
    const leftMs = this.#limits.retryTimeoutMs - (now - this.#firstFailureAt) - retryAfterMs;
    if (leftMs < 0 || this.#counted > this.#maxRetries(error) || this.#limits.maxRetries === 0)
      return undefined;
    return Math.max(retryAfterMs, this.#delay(error));
  }

  #maxRetries(error: FunAsrError): number {
    const { maxRetries } = this.#limits;
    return isUnknownName(error) && !this.#hasStarted ? Math.min(maxRetries, MAX_NAME_TRIES - 1) : maxRetries;
  }

  /** A random delay. */
  #delay({ code }: FunAsrError): number {
    const isThrottled = code === 'E_THROTTLED';
    const doublings = this.failures - 1 + (isThrottled ? THROTTLED_DOUBLINGS : 0);
    const cap = isThrottled ? MAX_THROTTLED_MS : MAX_DELAY_MS;
    return retryDelay(this.#limits.retryDelayMs, doublings, cap);
  }
}

/** Whether a host name does not exist. A resolver that cannot be reached is another case. */
function isUnknownName({ code, cause }: FunAsrError): boolean {
  return code === 'E_DNS' && systemCode(cause) !== 'EAI_AGAIN';
}
