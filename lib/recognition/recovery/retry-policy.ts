import { type FunAsrError, systemCode } from '../../core/errors.ts';
import type { Clock } from '../../core/deadline.ts';
import type { Limits } from '../task/client-limits.ts';

/** The limits that a {@link RetryPolicy} uses. */
export type RetryLimits = Pick<Limits, 'maxRetries' | 'retryTimeoutMs' | 'retryDelayMs'>;

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
  #failures = 0;
  /** Failures that only say that the service heard nothing or got nothing. */
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

  /** The service has started a task, so its host name is right. */
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
    // A wait that is longer than the remaining time does not start.
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

/** Whether a host name does not exist. A resolver that cannot be reached is another case. */
function isUnknownName({ code, cause }: FunAsrError): boolean {
  return code === 'E_DNS' && systemCode(cause) !== 'EAI_AGAIN';
}
