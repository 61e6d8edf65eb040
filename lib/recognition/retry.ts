import type { FunAsrError } from '../errors.ts';
import { integer, type Rule } from '../options.ts';

/** When a recognition that was cut off is given up. */
export interface RetryOptions {
  /** How often it is tried again without a new final sentence. 0 never tries again. */
  readonly maxRetries: number;
  /** How long it may go without a new final sentence after a failure, in ms. */
  readonly retryTimeoutMs: number;
  /** Greatest wait before the first retry, in ms; it doubles with each. */
  readonly retryDelayMs: number;
}

/** Each option's default, its rule, and how a command line describes it. */
export const RETRIES: {
  readonly [Name in keyof RetryOptions]: {
    readonly preset: number;
    readonly rule: Rule;
    readonly description: string;
  };
} = {
  maxRetries: { preset: 8, rule: integer(0, 1000), description: 'retries without a new sentence' },
  retryTimeoutMs: {
    preset: 300_000,
    rule: integer(1, 86_400_000, 'ms'),
    description: 'limit for retries without a new sentence',
  },
  retryDelayMs: {
    preset: 250,
    rule: integer(1, 60_000, 'ms'),
    description: 'greatest wait before the first retry; it doubles with each',
  },
};

/** Longest wait between two tries; after a throttle, which is a limit a minute, it is longer. */
const MAX_DELAY_MS = 20_000;
const MAX_THROTTLED_MS = 60_000;
/** A throttle is not over at once: its waits begin as if so many tries had failed already. */
const THROTTLED_DOUBLINGS = 2;

/** The options that are given, and the defaults of the others. */
export function retriesOf(options: Partial<RetryOptions>): RetryOptions {
  const { maxRetries, retryTimeoutMs, retryDelayMs } = options;
  return {
    maxRetries: maxRetries ?? RETRIES.maxRetries.preset,
    retryTimeoutMs: retryTimeoutMs ?? RETRIES.retryTimeoutMs.preset,
    retryDelayMs: retryDelayMs ?? RETRIES.retryDelayMs.preset,
  };
}

/**
 * The retry policy of one recognition: exponential back-off with full jitter, so that clients that failed together do
 * not come back together. What the service asks for by `Retry-After` wins. A new final sentence starts all anew.
 */
export class RetryPolicy {
  readonly #options: RetryOptions;
  #failures = 0;
  #firstFailure = 0;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** Failures since the last progress. */
  get failures(): number {
    return this.#failures;
  }

  /** A sentence became final. */
  progressed(): void {
    this.#failures = 0;
  }

  /** A try failed. @returns How long to wait before the next, in ms; undefined when it is time to give up. */
  failed({ retryable, retryAfterMs, code }: FunAsrError): number | undefined {
    if (!retryable) return undefined;
    const now = performance.now();
    if (this.#failures === 0) this.#firstFailure = now;
    this.#failures += 1;
    const { maxRetries, retryTimeoutMs, retryDelayMs } = this.#options;
    if (this.#failures > maxRetries || now - this.#firstFailure > retryTimeoutMs) return undefined;
    const isThrottled = code === 'E_THROTTLED';
    const doublings = this.#failures - 1 + (isThrottled ? THROTTLED_DOUBLINGS : 0);
    const cap = isThrottled ? MAX_THROTTLED_MS : MAX_DELAY_MS;
    const jittered = Math.random() * Math.min(cap, retryDelayMs * 2 ** doublings);
    return Math.max(retryAfterMs ?? 0, jittered);
  }
}
