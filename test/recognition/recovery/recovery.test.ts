import { describe, expect, it } from 'vitest';
import { FunAsrError, type FunAsrErrorDetails } from '../../../lib/core/errors.ts';
import { Backlog } from '../../../lib/recognition/input/backlog.ts';
import type { Gap } from '../../../lib/recognition/events/diagnostics.ts';
import { limitsOf } from '../../../lib/recognition/limits.ts';
import { Losses } from '../../../lib/recognition/recovery/losses.ts';
import { type EndedTask, Recovery } from '../../../lib/recognition/recovery/recovery.ts';

const LOST = new FunAsrError('E_CONNECTION_LOST', 'it broke', { retryable: true });
const BYTES_PER_MS = 32;

function lost(): EndedTask {
  return { error: LOST, kind: undefined, isPaused: false };
}

function refused(serviceCode = 'InternalError'): EndedTask {
  const error = new FunAsrError('E_SERVER', 'it failed', { retryable: true, serviceCode });
  return { error, kind: 'refused', isPaused: false };
}

function timeout(serviceCode?: string): FunAsrError {
  const details: FunAsrErrorDetails = { retryable: true, serviceCode };
  return new FunAsrError('E_TIMEOUT', 'it took too long', details);
}

/** A recovery with its parts, and a clock that stands still until it is moved on. */
function recovering({ maxRetries = 8, hasKeyFunction = false, isServiceProven = (): boolean => false } = {}) {
  let now = 0;
  const gaps: Gap[] = [];
  const backlog = new Backlog({ pcmBytesPerMs: BYTES_PER_MS });
  const losses = new Losses((gap) => gaps.push(gap));
  const recovery = new Recovery({
    backlog,
    losses,
    limits: limitsOf({ maxRetries }),
    hasKeyFunction,
    isServiceProven,
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
      expect(recovery.after(lost()).reconnect).toMatchObject({ attempt: 1 });
    }
    expect([gaps, backlog.start]).toEqual([[], 0]);
  });

  it.each([
    ['its tasks run but for a moment', 30_000, 29_999],
    ['they take hardly any audio', 29_900, 30_000],
  ])('is given up when %s', (_, audioMs, ms) => {
    const { runTask, recovery } = recovering({ maxRetries: 1 });
    runTask(audioMs, ms);
    recovery.after(lost());
    runTask(audioMs, ms);
    expect(() => recovery.after(lost())).toThrow('it broke (given up after 1 retries)');
  });

  it('is given up when each task only takes again what one before had taken', () => {
    const { runTask, recovery } = recovering({ maxRetries: 1 });
    runTask(60_000, 60_000);
    recovery.after(lost());
    runTask(0, 60_000);
    expect(() => recovery.after(lost())).toThrow('given up');
  });
});

describe('a service that fails the tasks of one span', () => {
  /** Runs and fails a task, with so much new audio, five seconds after the one before. */
  function fail(
    parts: ReturnType<typeof recovering>,
    { audioMs = 0, ended = refused(), afterMs = 5000 } = {},
  ) {
    parts.runTask(audioMs, afterMs);
    return parts.recovery.after(ended);
  }

  it('makes a gap after three failures when other audio was recognised in between', () => {
    const parts = recovering();
    fail(parts, { audioMs: 2000 });
    expect(fail(parts).probeFrom).toBe(2000 * BYTES_PER_MS);
    expect(parts.backlog.start).toBe(0);
    parts.recovery.probed();
    expect(parts.recovery.isSuspect).toBe(true);
    expect(fail(parts).probeFrom).toBeUndefined();
    expect(parts.backlog.start).toBe(2000 * BYTES_PER_MS);
  });

  it('makes a gap when another recording was recognised in between', () => {
    const parts = recovering({ isServiceProven: () => true });
    for (const audioMs of [2000, 0, 0]) fail(parts, { audioMs });
    expect(parts.backlog.start).toBe(2000 * BYTES_PER_MS);
  });

  it('is retried until the budget is used up when nothing else was recognised', () => {
    const parts = recovering();
    for (let n = 0; n < 8; n += 1) fail(parts, { audioMs: n === 0 ? 2000 : 0 });
    expect(() => fail(parts)).toThrow('it failed (given up after 8 retries)');
    expect([parts.gaps, parts.backlog.start]).toEqual([[], 0]);
  });

  it('waits so long before the third try that its failure counts', () => {
    const parts = recovering();
    const delays = [2000, 0, 0].map(
      (audioMs) => fail(parts, { audioMs, afterMs: 100 }).reconnect?.delayMs ?? 0,
    );
    expect(delays[0]).toBeLessThanOrEqual(250);
    expect(delays.slice(1)).toEqual([4900, 4800]);
  });

  it.each([
    ['lost connections', lost()],
    ['time-outs', { error: timeout(), kind: undefined, isPaused: false }],
    ['throttles', { ...refused(), error: new FunAsrError('E_THROTTLED', 'slower', { retryable: true }) }],
    ['tasks that got no audio', { error: timeout('CLIENT_ERROR'), kind: 'refused', isPaused: false }],
    ['tasks that heard nothing', { error: timeout('ResponseTimeout'), kind: 'refused', isPaused: false }],
  ] as const)('makes no gap of %s', (_, ended) => {
    const parts = recovering({ isServiceProven: () => true, maxRetries: 20 });
    parts.backlog.append(Buffer.from(new Int16Array(32_000).fill(3000).buffer));
    for (let n = 0; n < 6; n += 1) expect(fail(parts, { ended }).probeFrom).toBeUndefined();
    expect([parts.gaps, parts.backlog.start]).toEqual([[], 0]);
  });
});

describe('a close code that blames what was sent', () => {
  const error = new FunAsrError('E_PROTOCOL', 'closed (1007)', { retryable: true });
  const ended: EndedTask = { error, kind: 'protocol', isPaused: false };

  it('is retried once, and is the end the second time without progress', () => {
    const { recovery, runTask } = recovering();
    runTask(1000, 10);
    expect(recovery.after(ended).reconnect).toMatchObject({ attempt: 1 });
    recovery.progressed();
    expect(recovery.after(ended).reconnect).toMatchObject({ attempt: 1 });
    expect(() => recovery.after(ended)).toThrow('closed (1007)');
  });
});

describe('answers that only say that nothing was heard', () => {
  it.each(['CLIENT_ERROR', 'ResponseTimeout'])('%s is not counted as a try', (serviceCode) => {
    const { recovery, runTask } = recovering({ maxRetries: 1 });
    runTask(1000, 10);
    for (let attempt = 1; attempt < 5; attempt += 1) {
      const { reconnect } = recovery.after({ error: timeout(serviceCode), kind: 'refused', isPaused: false });
      expect(reconnect?.delayMs).toBeDefined();
    }
  });
});

describe('a service that got no audio for too long', () => {
  it('waits for more when the source had paused, and that is no trouble', () => {
    const { runTask, recovery, backlog } = recovering({ maxRetries: 1 });
    for (let pause = 1; pause < 5; pause += 1) {
      runTask(1000, 23_000);
      expect(
        recovery.after({ error: timeout('CLIENT_ERROR'), kind: 'refused', isPaused: true }).reconnect,
      ).toMatchObject({ attempt: 1 });
      expect(recovery.pausedAt).toBe(backlog.end);
    }
  });

  it('is tried again at once when there was more: it has stalled', () => {
    const { runTask, recovery, backlog } = recovering();
    runTask(1000, 23_000);
    expect(
      recovery.after({ error: timeout('CLIENT_ERROR'), kind: 'refused', isPaused: false }).reconnect,
    ).toMatchObject({ attempt: 1, resentMs: 1000 });
    expect(recovery.pausedAt).toBe(0);
    expect(backlog.isOpen).toBe(true);
  });
});

describe('a key that is refused', () => {
  const refusedKey: EndedTask = {
    error: new FunAsrError('E_AUTH', 'unknown key'),
    kind: undefined,
    isPaused: false,
  };

  it('is asked for again where a function gives it, once before each task', () => {
    const { runTask, recovery } = recovering({ hasKeyFunction: true });
    expect(recovery.after(refusedKey).reconnect).toBeUndefined();
    runTask(1000, 100);
    expect(recovery.after(refusedKey).reconnect).toBeUndefined();
    expect(() => recovery.after(refusedKey)).toThrow('unknown key');
  });

  it('is the end where it is always the same', () => {
    expect(() => recovering().recovery.after(refusedKey)).toThrow('unknown key');
  });
});
