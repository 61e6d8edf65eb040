import { describe, expect, it } from 'vitest';
import { limiterFor, TaskLimiter } from '../../../lib/recognition/task/task-limiter.ts';

const MINUTE_MS = 60_000;

function never(): AbortSignal {
  return new AbortController().signal;
}

/** A clock that stands still until it is moved on. */
function movableClock() {
  let movedMs = 0;
  return {
    now: () => movedMs,
    move(ms: number) {
      movedMs += ms;
    },
  };
}

/** How many tasks may start without a wait. */
async function startAtOnce(limiter: TaskLimiter): Promise<number> {
  const waiting = Array.from({ length: 50 }, () => new AbortController());
  let started = 0;
  const tasks = waiting.map(({ signal }) => limiter.acquire(signal).then(() => (started += 1)));
  await new Promise((resolve) => setImmediate(resolve));
  for (const controller of waiting) controller.abort();
  await Promise.allSettled(tasks);
  return started;
}

/** How many tasks may start within a second: each when it is allowed to, by a clock that is moved on. */
async function startInASecond(limiter: TaskLimiter, clock: ReturnType<typeof movableClock>): Promise<number> {
  let started = 0;
  for (let ms = 0; ms < 1000; ms += 10) {
    started += await startAtOnce(limiter);
    clock.move(10);
  }
  return started;
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

describe('new tasks', () => {
  it('start one after another, evenly, at the rate of the limit', async () => {
    const limiter = new TaskLimiter(20);
    const order: number[] = [];
    const ms = await elapsed(() =>
      Promise.all([1, 2, 3, 4, 5].map((n) => limiter.acquire(never()).then(() => order.push(n)))),
    );
    expect(ms).toBeGreaterThanOrEqual(195);
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  it('are never more in a second than the limit', async () => {
    const clock = movableClock();
    const started = await startInASecond(new TaskLimiter(20, clock), clock);
    expect(started).toBeGreaterThan(15);
    expect(started).toBeLessThanOrEqual(20);
  });
});

describe('a throttle', () => {
  it('lets no task start for as long as is asked for, also none that waits already', async () => {
    const limiter = new TaskLimiter(20);
    await startAtOnce(limiter);
    const ms = await elapsed(async () => {
      const next = limiter.acquire(never());
      limiter.throttled(150);
      await next;
    });
    expect(ms).toBeGreaterThanOrEqual(149);
  });

  it('halves the rate', async () => {
    const limiter = new TaskLimiter(20);
    limiter.throttled(50);
    const ms = await elapsed(() => Promise.all([1, 2, 3].map(() => limiter.acquire(never()))));
    expect(ms).toBeGreaterThanOrEqual(50 + 195);
  });

  it('halves it once, however many are throttled while all wait for the same', async () => {
    const limiter = new TaskLimiter(20);
    for (let n = 0; n < 5; n += 1) limiter.throttled(50);
    const ms = await elapsed(() => Promise.all([1, 2].map(() => limiter.acquire(never()))));
    expect(ms).toBeGreaterThanOrEqual(50 + 95);
    expect(ms).toBeLessThan(50 + 700);
  });

  it('never takes the rate below one a second', async () => {
    const clock = movableClock();
    const limiter = new TaskLimiter(20, clock);
    for (let n = 0; n < 10; n += 1) limiter.throttled(0);
    clock.move(2000);
    expect(await startInASecond(limiter, clock)).toBe(1);
  });

  it('takes a service without a known limit for one with the documented limit', async () => {
    const clock = movableClock();
    const limiter = new TaskLimiter(Number.POSITIVE_INFINITY, clock);
    limiter.throttled(0);
    clock.move(2000);
    const started = await startInASecond(limiter, clock);
    expect(started).toBeGreaterThan(7);
    expect(started).toBeLessThanOrEqual(10);
  });

  it('is forgotten step by step, one for each minute without another', async () => {
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

describe('whoever gives up', () => {
  it('makes way for the next', async () => {
    const limiter = new TaskLimiter(20);
    limiter.throttled(200);
    const first = new AbortController();
    const given = [limiter.acquire(first.signal), limiter.acquire(never())];
    first.abort();
    await expect(given[0]).rejects.toMatchObject({ name: 'AbortError' });
    await expect(given[1]).resolves.toBeUndefined();
  });

  it('takes no right to start with him', async () => {
    const limiter = new TaskLimiter(20);
    const gone = AbortSignal.abort();
    await Promise.allSettled(Array.from({ length: 30 }, () => limiter.acquire(gone)));
    expect(await startAtOnce(limiter)).toBe(1);
  });

  it('is let go at once, though others wait before him', async () => {
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

  it('is one for each account and model', () => {
    const limiter = limiterFor({ quota: 'a', url }, 'fun-asr-realtime');
    expect(limiterFor({ quota: 'a', url }, 'fun-asr-realtime')).toBe(limiter);
    expect(limiterFor({ quota: 'b', url }, 'fun-asr-realtime')).not.toBe(limiter);
    expect(limiterFor({ quota: 'a', url }, 'paraformer-realtime-v2')).not.toBe(limiter);
  });

  it('lets any number of tasks start at once on this machine, and only there', async () => {
    const local = { quota: 'd', url: 'ws://127.0.0.1:8710/api-ws/v1/inference' };
    expect(await startAtOnce(limiterFor(local, 'fun-asr-realtime'))).toBe(50);
    expect(await startAtOnce(limiterFor({ quota: 'c', url }, 'fun-asr-realtime'))).toBe(1);
  });
});
