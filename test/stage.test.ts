import { PassThrough, Readable, Writable } from 'node:stream';
import { text as textOfStream } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Step, stage } from '../lib/stage.ts';

/** Gives each number as often as it says. */
function repeat(): Step<number, string> & { given: number } {
  return {
    given: 0,
    *feed(times) {
      for (let time = 0; time < times; time += 1) {
        this.given += 1;
        yield `${times};`;
      }
    },
    *end() {
      yield 'end';
    },
  };
}

test.each([
  { times: 0, highWaterMark: 1 },
  { times: 1, highWaterMark: 1 },
  { times: 3, highWaterMark: 1 },
  { times: 1, highWaterMark: 64 },
  { times: 100, highWaterMark: 64 },
])(
  'a slow reader gets everything: $times pieces an item, high-water mark $highWaterMark',
  async (settings) => {
    const { times, highWaterMark } = settings;
    let read = '';
    await pipeline(
      Readable.from(Array.from({ length: 50 }, () => times)),
      stage(repeat(), { writableObjectMode: true, readableHighWaterMark: highWaterMark }),
      new Writable({
        highWaterMark: 1,
        write(chunk: Buffer, _encoding, callback) {
          read += chunk.toString();
          setImmediate().then(() => callback(), callback);
        },
      }),
    );
    expect(read).toBe(`${`${times};`.repeat(50 * times)}end`);
  },
);

test('one item of very many pieces waits inside of the step while nobody reads', async () => {
  const step = repeat();
  const repeated = stage(step, { writableObjectMode: true, readableHighWaterMark: 64 });
  repeated.end(100_000);
  await setImmediate();
  expect(step.given).toBeGreaterThan(0);
  expect(step.given).toBeLessThan(64);
  expect(await textOfStream(repeated)).toBe(`${'100000;'.repeat(100_000)}end`);
});

test.each([1, 5000])('what a step throws after %i pieces destroys the stage', async (pieces) => {
  const failing: Step<number, string> = {
    *feed() {
      for (let piece = 0; piece < pieces; piece += 1) yield 'piece';
      throw new Error('no more');
    },
    end: () => [],
  };
  const failed = stage(failing, { writableObjectMode: true });
  await expect(pipeline(Readable.from([1]), failed, new PassThrough().resume())).rejects.toThrowError(
    'no more',
  );
  expect(failed.destroyed).toBe(true);
});
