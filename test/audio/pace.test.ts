import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { pace } from '../../lib/audio/pace.ts';

const frames = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.alloc(3200, index));

test('no frame leaves before its audio would have been spoken', async () => {
  const start = performance.now();
  const early: number[] = [];
  let spokenMs = 0;
  for await (const frame of Readable.from(frames(10)).pipe(pace({ rate: 5 }))) {
    spokenMs += frame.length / 32;
    if (performance.now() - start < spokenMs / 5) early.push(spokenMs);
  }
  expect(spokenMs).toBe(1000);
  expect(early).toEqual([]);
});

test('a pause of the source is not made good by a burst', async () => {
  const times: number[] = [];
  async function* source(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(3200);
    await new Promise((resolve) => setTimeout(resolve, 600));
    yield* frames(8);
  }
  for await (const _ of Readable.from(source()).pipe(pace({ rate: 2 }))) times.push(performance.now());
  // Eight frames of 50 ms, of which 250 ms may be made good.
  expect((times.at(-1) ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(350 - 250);
  expect(times).toHaveLength(9);
});

test('the frames are the same ones, in order', async () => {
  const given = frames(5);
  const taken: unknown[] = await Readable.from(given)
    .pipe(pace({ rate: 1000 }))
    .toArray();
  expect(taken.every((frame, index) => frame === given[index])).toBe(true);
});

test('an abort leaves no timer behind', async () => {
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

test.each([0, -1, Number.NaN, '1'])('refuses the rate %s', (rate) => {
  expect(() => pace({ rate: rate as number })).toThrow(
    /pace: option rate must be a number from 0.01 to 1000/,
  );
});
