import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { array, assert, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { frame, Framer } from '../../lib/audio/frame.ts';
import { FunAsrError } from '../../lib/core/errors.ts';

async function framesOf(chunks: Buffer[], sampleRate?: number): Promise<Buffer[]> {
  return Readable.from(chunks).pipe(frame({ sampleRate })).toArray();
}

test('cuts frames of exactly 100 ms, of which only the last is shorter', async () => {
  const frames = await framesOf([Buffer.alloc(10_000, 7)]);
  expect(frames.map(({ length }) => length)).toEqual([3200, 3200, 3200, 400]);
});

test('cuts frames of 1600 bytes at 8 kHz', async () => {
  expect((await framesOf([Buffer.alloc(3200)], 8000)).map(({ length }) => length)).toEqual([1600, 1600]);
});

test('cuts the same frames however the input is cut', () => {
  let longest = 0;
  assert(
    property(
      array(uint8Array({ minLength: 0, maxLength: 10_000, size: 'max' }), {
        maxLength: 8,
        size: 'max',
      }),
      (pieces) => {
        const framer = new Framer(3200);
        const frames = [...pieces.flatMap((piece) => [...framer.feed(Buffer.from(piece))]), ...framer.end()];
        const whole = Buffer.concat(pieces);
        longest = Math.max(longest, whole.length);
        const samples = whole.subarray(0, whole.length - (whole.length % 2));
        expect(Buffer.concat(frames).equals(samples)).toBe(true);
        expect(frames.slice(0, -1).every(({ length }) => length === 3200)).toBe(true);
        expect(frames.at(-1)?.length ?? 3200).toBeLessThanOrEqual(3200);
        expect(frames.every(({ length }) => length > 0)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
  expect(longest).toBeGreaterThan(10_000);
});

test('drops half a sample at the very end', async () => {
  const frames = await framesOf([Buffer.from([1]), Buffer.from([2, 3])]);
  expect(frames).toEqual([Buffer.from([1, 2])]);
  expect(await framesOf([Buffer.from([1])])).toEqual([]);
});

test('does not change frames that were given out before', async () => {
  const framer = new Framer(4);
  const first = [...framer.feed(Buffer.from([1, 2])), ...framer.feed(Buffer.from([3, 4]))];
  const second = [...framer.feed(Buffer.from([5, 6])), ...framer.feed(Buffer.from([7, 8]))];
  expect(first).toEqual([Buffer.from([1, 2, 3, 4])]);
  expect(second).toEqual([Buffer.from([5, 6, 7, 8])]);
});

test('pauses the source while its output is not read', async () => {
  let made = 0;
  const source = new Readable({
    read() {
      made += 1;
      this.push(Buffer.alloc(32_000));
    },
  });
  const stage = source.pipe(frame());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(stage.readableLength).toBeLessThanOrEqual(stage.readableHighWaterMark);
  expect(made).toBeLessThan(10);
  source.destroy();
});

test('fails with an AbortError when it is aborted, and destroys the source', async () => {
  const abort = new AbortController();
  const source = new Readable({ read: () => {} });
  const done = pipeline(source, frame({ signal: abort.signal }), async (frames) => {
    for await (const _ of frames);
  });
  abort.abort();
  await expect(done).rejects.toMatchObject({ name: 'AbortError' });
  expect(source.destroyed).toBe(true);
});

test.each([[{ sampleRate: 11_025 }], [{ sampleRate: '16000' }], [{ sample_rate: 16_000 }]])(
  'refuses the options %o',
  (options) => {
    expect(() => frame(options as object)).toThrow(FunAsrError);
    expect(() => frame(options as object)).toThrow(/sample/);
  },
);
