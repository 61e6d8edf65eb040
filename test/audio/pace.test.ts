import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { pace, Pacer } from '../../lib/audio/pace.ts';

const frames = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.alloc(3200, index));

/** A pacer whose clock the test sets. */
function pacerAt(rate: number): { pacer: Pacer; clock: { ms: number } } {
  const clock = { ms: 1000 };
  return { pacer: new Pacer({ rate }, { now: () => clock.ms }), clock };
}

test('schedules each frame for the time when its last sample would have been played', () => {
  const { pacer } = pacerAt(2);
  const waits = frames(4).map((frame) => {
    pacer.schedule(frame);
    return pacer.waitMs;
  });
  expect(waits).toEqual([50, 100, 150, 200]);
});

test('waits until a frame is due and no longer', () => {
  const { pacer, clock } = pacerAt(1);
  pacer.schedule(Buffer.alloc(3200));
  clock.ms += 99.5;
  expect(pacer.waitMs).toBe(1);
  clock.ms += 0.5;
  expect(pacer.waitMs).toBe(0);
});

test('catches up after a late timer', () => {
  const { pacer, clock } = pacerAt(1);
  pacer.schedule(Buffer.alloc(3200));
  clock.ms += 180;
  pacer.schedule(Buffer.alloc(3200));
  expect(pacer.waitMs).toBe(20);
});

test('does not catch up more than 250 ms after a pause of the source', () => {
  const { pacer, clock } = pacerAt(1);
  pacer.schedule(Buffer.alloc(3200));
  clock.ms += 10_000;
  const waits = frames(4).map((frame) => {
    pacer.schedule(frame);
    return pacer.waitMs;
  });
  expect(waits).toEqual([0, 0, 50, 150]);
});

test('passes the same frames in order', async () => {
  const given = frames(5);
  const taken: unknown[] = await Readable.from(given)
    .pipe(pace({ rate: 1000 }))
    .toArray();
  expect(taken.every((frame, index) => frame === given[index])).toBe(true);
});

test('leaves no timer running after an abort', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const abort = new AbortController();
  const done = pipeline(
    Readable.from([Buffer.alloc(32_000 * 60)]),
    pace({ signal: abort.signal }),
    async (paced) => {
      for await (const _ of paced);
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(timers()).toBe(before + 1);
  abort.abort();
  await expect(done).rejects.toMatchObject({ name: 'AbortError' });
  expect(timers()).toBe(before);
});

test('a wait ends with an AbortError when it is aborted', async () => {
  const abort = new AbortController();
  const waiting = new Pacer({}).wait(Buffer.alloc(32_000 * 60), abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test.each([0, -1, Number.NaN, '1'])('refuses the rate %s', (rate) => {
  expect(() => pace({ rate: rate as number })).toThrow(
    /pace: option rate must be a number from 0.01 to 1000/,
  );
});
