import { describe, expect, it } from 'vitest';
import { FunAsrError, type FunAsrErrorDetails, type ErrorCode } from '../../../lib/core/errors.ts';
import type { Clock } from '../../../lib/core/deadline.ts';
import { type RetryLimits, RetryPolicy } from '../../../lib/recognition/recovery/retry-policy.ts';

const DRAWS = 2000;

function failure(code: ErrorCode = 'E_CONNECTION_LOST', details: FunAsrErrorDetails = {}): FunAsrError {
  return new FunAsrError(code, 'it failed', { retryable: true, ...details });
}

function policy(options: Partial<RetryLimits> = {}, clock: Clock = { now: () => 0 }) {
  return new RetryPolicy({ maxRetries: 1000, retryTimeoutMs: 300_000, retryDelayMs: 250, ...options }, clock);
}

/** The delays of many policies after so many failures in a row, sorted. */
function delays(failures: number, error = failure()): number[] {
  const drawn = Array.from({ length: DRAWS }, () => {
    const retry = policy();
    for (let n = 1; n < failures; n += 1) retry.failed(error);
    return retry.failed(error) ?? Number.NaN;
  });
  return drawn.toSorted((a, b) => a - b);
}

/** The distribution of delays between 0 and the maximum. */
function spread(drawn: readonly number[], greatest: number) {
  const mean = drawn.reduce((sum, delay) => sum + delay, 0) / drawn.length;
  return { least: (drawn[0] ?? 0) / greatest, mean: mean / greatest, most: (drawn.at(-1) ?? 0) / greatest };
}

function between(least: number, most: number): unknown {
  return expect.toSatisfy((share: number) => share >= least && share <= most);
}

/** Evenly between 0 and the maximum, so that clients that failed together do not retry together. */
const FULL_JITTER = {
  least: between(0, 0.05),
  mean: between(0.45, 0.55),
  most: between(0.95, 1),
};

describe('the delay before the next try', () => {
  it.each([
    [1, 250],
    [2, 500],
    [3, 1000],
    [7, 16_000],
    [8, 20_000],
    [40, 20_000],
  ])('after %i failures in a row is random, up to %i ms', (failures, greatest) => {
    expect(spread(delays(failures), greatest)).toEqual(FULL_JITTER);
  });

  it.each([
    [1, 1000],
    [2, 2000],
    [20, 60_000],
  ])('is longer after a throttle: after %i throttles up to %i ms', (failures, greatest) => {
    expect(spread(delays(failures, failure('E_THROTTLED')), greatest)).toEqual(FULL_JITTER);
  });

  it('is never shorter than the service asks for', () => {
    const drawn = delays(1, failure('E_THROTTLED', { retryAfterMs: 900 }));
    expect(drawn[0]).toBe(900);
    expect(drawn.at(-1)).toBeLessThanOrEqual(1000);
    expect(delays(1, failure('E_SERVER', { retryAfterMs: 7000 })).every((delay) => delay === 7000)).toBe(
      true,
    );
  });
});

describe('a recognition is given up', () => {
  it('after the maximum number of retries without progress', () => {
    const retry = policy({ maxRetries: 3 });
    const tries = Array.from({ length: 4 }, () => retry.failed(failure()) !== undefined);
    expect(tries).toEqual([true, true, true, false]);
    expect(retry.failures).toBe(4);
  });

  it('at the first failure with maxRetries: 0', () => {
    expect(policy({ maxRetries: 0 }).failed(failure())).toBeUndefined();
  });

  it('after the maximum time without progress', () => {
    let nowMs = 0;
    const retry = policy({ retryTimeoutMs: 20 }, { now: () => nowMs });
    expect(retry.failed(failure())).toBeDefined();
    nowMs = 20;
    expect(retry.failed(failure())).toBeDefined();
    nowMs = 21;
    expect(retry.failed(failure())).toBeUndefined();
  });

  it('when the service asks for a longer wait than the remaining time', () => {
    const retry = policy({ retryTimeoutMs: 60_000 });
    expect(retry.failed(failure('E_THROTTLED', { retryAfterMs: 59_000 }))).toBe(59_000);
    expect(retry.failed(failure('E_THROTTLED', { retryAfterMs: 61_000 }))).toBeUndefined();
  });

  it('at once for an error that is not retryable, which counts as no try', () => {
    const retry = policy({ maxRetries: 1 });
    expect(retry.failed(failure('E_AUTH', { retryable: false }))).toBeUndefined();
    expect(retry.failures).toBe(0);
    expect(retry.failed(failure())).toBeDefined();
  });
});

describe('a host name that cannot be resolved', () => {
  const unknown = failure('E_DNS', {
    cause: Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }),
  });
  const offline = failure('E_DNS', {
    cause: Object.assign(new Error('no resolver'), { code: 'EAI_AGAIN' }),
  });

  /** How many failures a policy allows before it gives up, up to 20. */
  function tries(retry: RetryPolicy, error: FunAsrError): number {
    for (let count = 1; count < 20; count += 1) if (retry.failed(error) === undefined) return count;
    return 20;
  }

  it('and never was is tried three times, because most likely it is misspelt', () => {
    expect(tries(policy(), unknown)).toBe(3);
    expect(tries(policy({ maxRetries: 1 }), unknown)).toBe(2);
  });

  it('after a task had started is retried like any failure', () => {
    const retry = policy({ maxRetries: 8 });
    retry.started();
    expect(tries(retry, unknown)).toBe(9);
  });

  it('because no resolver can be reached is retried like any failure', () => {
    expect(tries(policy({ maxRetries: 8 }), offline)).toBe(9);
  });
});

describe('progress', () => {
  it('resets the count and the delays', () => {
    const drawn = Array.from({ length: DRAWS }, () => {
      const retry = policy({ maxRetries: 3 });
      for (let n = 0; n < 3; n += 1) retry.failed(failure());
      retry.progressed();
      return retry.failed(failure()) ?? Number.NaN;
    });
    const sorted = drawn.toSorted((a, b) => a - b);
    expect(spread(sorted, 250)).toEqual(FULL_JITTER);
  });

  it('resets the time', () => {
    let nowMs = 0;
    const retry = policy({ retryTimeoutMs: 20 }, { now: () => nowMs });
    retry.failed(failure());
    nowMs = 30;
    retry.progressed();
    expect(retry.failed(failure())).toBeDefined();
  });

  it('that a failure shows makes it the first of a new count', () => {
    const retry = policy({ maxRetries: 1 });
    for (let n = 0; n < 5; n += 1) expect(retry.failed(failure(), 'progress')).toBeDefined();
    expect(retry.failures).toBe(1);
    expect(retry.failed(failure())).toBeUndefined();
  });
});

describe('a failure that is not counted', () => {
  it('does not use up retries, but time', () => {
    let nowMs = 0;
    const retry = policy({ maxRetries: 1, retryTimeoutMs: 20 }, { now: () => nowMs });
    for (let n = 0; n < 5; n += 1) expect(retry.failed(failure(), 'uncounted')).toBeDefined();
    expect(retry.failures).toBe(5);
    expect(retry.failed(failure())).toBeDefined();
    nowMs = 21;
    expect(retry.failed(failure(), 'uncounted')).toBeUndefined();
  });
});
