import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SharedLimiter } from '../../../lib/batch/queue/shared-limiter.ts';
import { openQueue, startRedis } from '../../support/redis.ts';

const { signal } = new AbortController();
setMaxListeners(0, signal);

describe('a limiter of all workers', () => {
  it('spreads the tasks of all workers evenly', async () => {
    const redis = await startRedis();
    const queues = await Promise.all([openQueue(redis), openQueue(redis)]);
    const limiters = queues.map((queue) => new SharedLimiter(queue.redis, queue.key('rate'), 100));
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => limiters.map((one) => one.acquire(signal))).flat());
    // The last of 20 tasks is 19 intervals of 10 ms after the first one. It is never earlier, but may be later.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(185);
  });

  it('halves the rate of all of them once for each throttle, and starts nothing for its delay', async () => {
    const redis = await startRedis();
    const queue = await openQueue(redis);
    const limiter = new SharedLimiter(queue.redis, queue.key('rate'), 100);
    limiter.throttled(200);
    limiter.throttled(200);
    const startedAt = performance.now();
    await limiter.acquire(signal);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(190);
    expect(await queue.redis.hget(queue.key('rate'), 'slowdown')).toBe('2');
    limiter.throttled(50);
    await limiter.acquire(signal);
    expect(await queue.redis.hget(queue.key('rate'), 'slowdown')).toBe('4');
  });

  it('waits while Redis is away, until it is aborted', async () => {
    const redis = await startRedis();
    const queue = await openQueue(redis);
    const limiter = new SharedLimiter(queue.redis, queue.key('rate'), 100);
    await redis.kill();
    const abort = new AbortController();
    const aborted = limiter.acquire(abort.signal);
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    const waiting = limiter.acquire(signal);
    await redis.start();
    await waiting;
  });
});
