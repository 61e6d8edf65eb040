import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { limiterFor, TaskLimiter } from '../../../lib/recognition/task/task-limiter.ts';

const MINUTE_MS = 60_000;

function never(): AbortSignal {
  return new AbortController().signal;
}

/** A clock that stands still until it is moved. */
function movableClock() {
  let movedMs = 0;
  return {
    now: () => movedMs,
    move(ms: number) {
      movedMs += ms;
    },
  };
}

/** How many tasks can start without a wait. */
async function startAtOnce(limiter: TaskLimiter): Promise<number> {
  const waiting = Array.from({ length: 50 }, () => new AbortController());
  let started = 0;
  const tasks = waiting.map(async ({ signal }) => {
    const task = await limiter.acquire(signal);
    started += 1;
    task.end();
  });
  await new Promise((resolve) => setImmediate(resolve));
  for (const controller of waiting) controller.abort();
  await Promise.allSettled(tasks);
  return started;
}

/** How many tasks can start within a second of a clock that is moved. */
async function startInASecond(limiter: TaskLimiter, clock: ReturnType<typeof movableClock>): Promise<number> {
  let started = 0;
  for (let ms = 0; ms < 1000; ms += 10) {
    started += await startAtOnce(limiter);
    clock.move(10);
  }
  return started;
}

describe('new tasks', () => {
  it('start in the order of their requests', async () => {
    const limiter = new TaskLimiter(100);
    const order: number[] = [];
    const requests = [1, 2, 3, 4, 5].map((n) => limiter.acquire(never()).then(() => order.push(n)));
    await Promise.all(requests);
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  it('start evenly, at the rate of the limit', async () => {
    const clock = movableClock();
    const limiter = new TaskLimiter(20, clock);
    for (let n = 0; n < 3; n += 1) {
      expect(await startAtOnce(limiter)).toBe(1);
      clock.move(49);
      expect(await startAtOnce(limiter)).toBe(0);
      clock.move(1);
    }
  });

  it('are never more per second than the limit', async () => {
    const clock = movableClock();
    const started = await startInASecond(new TaskLimiter(20, clock), clock);
    expect(started).toBeGreaterThan(15);
    expect(started).toBeLessThanOrEqual(20);
  });
});

describe('a throttle', () => {
  it('starts no task for the requested time, not even one that waits already', async () => {
    const clock = movableClock();
    const limiter = new TaskLimiter(20, clock);
    await startAtOnce(limiter);
    let hasStarted = false;
    const waiting = limiter.acquire(never()).then(() => (hasStarted = true));
    limiter.throttled(150);
    clock.move(149);
    // Longer than the wait for the ordinary rate.
    await wait(80);
    expect(hasStarted).toBe(false);
    clock.move(1);
    await waiting;
  });

  it.each([1, 5])('halves the rate once, also for %i throttles during one wait', async (throttles) => {
    const clock = movableClock();
    const limiter = new TaskLimiter(20, clock);
    for (let n = 0; n < throttles; n += 1) limiter.throttled(50);
    clock.move(50);
    expect(await startAtOnce(limiter)).toBe(1);
    clock.move(99);
    expect(await startAtOnce(limiter)).toBe(0);
    clock.move(1);
    expect(await startAtOnce(limiter)).toBe(1);
  });

  it('never reduces the rate below one per second', async () => {
    const clock = movableClock();
    const limiter = new TaskLimiter(20, clock);
    for (let n = 0; n < 10; n += 1) limiter.throttled(0);
    clock.move(2000);
    expect(await startInASecond(limiter, clock)).toBe(1);
  });

  it('treats a service without a known limit like one with the documented limit', async () => {
    const clock = movableClock();
    const limiter = new TaskLimiter(Number.POSITIVE_INFINITY, clock);
    limiter.throttled(0);
    clock.move(2000);
    const started = await startInASecond(limiter, clock);
    expect(started).toBeGreaterThan(7);
    expect(started).toBeLessThanOrEqual(10);
  });

  it('is undone in steps, one for each minute without a throttle', async () => {
    const clock = movableClock();
    const limiter = new TaskLimiter(20, clock);
    limiter.throttled(0);
    clock.move(1);
    limiter.throttled(0);
    const rates: number[] = [];
    for (const ms of [MINUTE_MS - 2000, 2000, MINUTE_MS, MINUTE_MS]) {
      clock.move(ms);
      // The first of them is what makes the rate recover.
      await startAtOnce(limiter);
      rates.push(await startInASecond(limiter, clock));
    }
    const [before, one, two, three] = rates as [number, number, number, number];
    expect(before).toBeLessThanOrEqual(5);
    expect(one).toBeGreaterThan(before);
    expect(two).toBeGreaterThan(one);
    expect(three).toBeGreaterThanOrEqual(two);
    expect(three).toBeLessThanOrEqual(20);
  });
});

describe('an aborted request', () => {
  it('does not block the next one', async () => {
    const limiter = new TaskLimiter(20);
    limiter.throttled(200);
    const first = new AbortController();
    const given = [limiter.acquire(first.signal), limiter.acquire(never())];
    first.abort();
    await expect(given[0]).rejects.toMatchObject({ name: 'AbortError' });
    await expect(given[1]).resolves.toBeDefined();
  });

  it('uses up no start', async () => {
    const limiter = new TaskLimiter(20);
    const gone = AbortSignal.abort();
    await Promise.allSettled(Array.from({ length: 30 }, () => limiter.acquire(gone)));
    expect(await startAtOnce(limiter)).toBe(1);
  });

  it('is rejected at once, though others wait before it', async () => {
    const limiter = new TaskLimiter(20);
    limiter.throttled(MINUTE_MS);
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = limiter.acquire(first.signal);
    const late = limiter.acquire(second.signal);
    second.abort();
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
    first.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the limiter of this process', () => {
  const url = 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference';

  it('exists once for each account and model', () => {
    const limiter = limiterFor({ quota: 'a', url }, 'fun-asr-realtime');
    expect(limiterFor({ quota: 'a', url }, 'fun-asr-realtime')).toBe(limiter);
    expect(limiterFor({ quota: 'b', url }, 'fun-asr-realtime')).not.toBe(limiter);
    expect(limiterFor({ quota: 'a', url }, 'paraformer-realtime-v2')).not.toBe(limiter);
  });

  it('does not limit a service on this machine, and only there', async () => {
    const local = { quota: 'd', url: 'ws://127.0.0.1:8710/api-ws/v1/inference' };
    expect(await startAtOnce(limiterFor(local, 'fun-asr-realtime'))).toBe(50);
    expect(await startAtOnce(limiterFor({ quota: 'c', url }, 'fun-asr-realtime'))).toBe(1);
  });
});
