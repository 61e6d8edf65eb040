import { describe, expect, it } from 'vitest';
import { FunAsrError, type FunAsrErrorDetails } from '../../../lib/core/errors.ts';
import { Backlog } from '../../../lib/recognition/input/backlog.ts';
import type { Gap } from '../../../lib/recognition/events/diagnostics.ts';
import { limitsOf } from '../../../lib/recognition/limits.ts';
import { Losses } from '../../../lib/recognition/recovery/losses.ts';
import { Recovery } from '../../../lib/recognition/recovery/recovery.ts';

const LOST = new FunAsrError('E_CONNECTION_LOST', 'it broke', { retryable: true });
const BYTES_PER_MS = 32;

function timeout(serviceCode?: string): FunAsrError {
  const details: FunAsrErrorDetails = { retryable: true, serviceCode };
  return new FunAsrError('E_TIMEOUT', 'it took too long', details);
}

/** A recovery with its parts, and a clock that stands still until it is moved on. */
function recovering({ maxRetries = 8, hasKeyFunction = false } = {}) {
  let now = 0;
  const gaps: Gap[] = [];
  const backlog = new Backlog({ pcmBytesPerMs: BYTES_PER_MS });
  const losses = new Losses((gap) => gaps.push(gap));
  const recovery = new Recovery({
    backlog,
    losses,
    limits: limitsOf({ maxRetries }),
    hasKeyFunction,
    clock: { now: () => now },
  });
  return {
    backlog,
    recovery,
    gaps,
    /** A task that is given so much new audio, beside what is to be heard again, and runs for so long. */
    runTask: (audioMs: number, ms: number): void => {
      backlog.beginTask();
      recovery.started();
      backlog.append(Buffer.alloc(audioMs * BYTES_PER_MS));
      while (!backlog.isHanded) backlog.next(16_384);
      now += ms;
    },
  };
}

describe('a recognition in which nobody speaks', () => {
  it('is never given up for drops that are far apart, and nothing of it is', () => {
    const { runTask, recovery, backlog, gaps } = recovering({ maxRetries: 1 });
    for (let drop = 0; drop < 10; drop += 1) {
      runTask(30_000, 30_000);
      expect(recovery.after(LOST, false)).toMatchObject({ attempt: 1 });
    }
    expect([gaps, backlog.start]).toEqual([[], 0]);
  });

  it.each([
    ['its tasks run but for a moment', 30_000, 29_999],
    ['they take hardly any audio', 29_900, 30_000],
  ])('is given up when %s', (_, audioMs, ms) => {
    const { runTask, recovery } = recovering({ maxRetries: 1 });
    runTask(audioMs, ms);
    recovery.after(LOST, false);
    runTask(audioMs, ms);
    expect(() => recovery.after(LOST, false)).toThrow('it broke (given up after 1 retries)');
  });

  it('is given up when each task only takes again what one before had taken', () => {
    const { runTask, recovery } = recovering({ maxRetries: 1 });
    runTask(60_000, 60_000);
    recovery.after(LOST, false);
    runTask(0, 60_000);
    expect(() => recovery.after(LOST, false)).toThrow('given up');
  });
});

describe('audio after which three tasks fail', () => {
  it('is given up', () => {
    const { runTask, recovery, backlog } = recovering();
    for (let n = 0; n < 3; n += 1) {
      expect(recovery.isSuspect).toBe(n === 2);
      runTask(n === 0 ? 2000 : 0, 100);
      recovery.after(LOST, false);
    }
    expect(backlog.start).toBe(2000 * BYTES_PER_MS);
  });
});

describe('a service that got no audio for too long', () => {
  it('waits for more when the source had paused, and that is no trouble', () => {
    const { runTask, recovery, backlog } = recovering({ maxRetries: 1 });
    for (let pause = 1; pause < 5; pause += 1) {
      runTask(1000, 23_000);
      expect(recovery.after(timeout('CLIENT_ERROR'), true)).toMatchObject({ attempt: 1 });
      expect(recovery.pausedAt).toBe(backlog.end);
    }
  });

  it('is tried again at once when there was more: it has stalled', () => {
    const { runTask, recovery, backlog } = recovering();
    runTask(1000, 23_000);
    expect(recovery.after(timeout('CLIENT_ERROR'), false)).toMatchObject({ attempt: 1, resentMs: 1000 });
    expect(recovery.pausedAt).toBe(0);
    expect(backlog.isOpen).toBe(true);
  });
});

describe('a key that is refused', () => {
  const refused = new FunAsrError('E_AUTH', 'unknown key');

  it('is asked for again where a function gives it, once before each task', () => {
    const { runTask, recovery } = recovering({ hasKeyFunction: true });
    expect(recovery.after(refused, false)).toBeUndefined();
    runTask(1000, 100);
    expect(recovery.after(refused, false)).toBeUndefined();
    expect(() => recovery.after(refused, false)).toThrow('unknown key');
  });

  it('is the end where it is always the same', () => {
    expect(() => recovering().recovery.after(refused, false)).toThrow('unknown key');
  });
});
