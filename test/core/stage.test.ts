import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stage, type Step } from '../../lib/core/stage.ts';

/** Returns each number `times` times, and `lastItems` items at the end. */
function repeating(times: number, lastItems: number): Step<number, string> {
  return {
    *feed(item) {
      for (let time = 0; time < times; time += 1) yield `${item}/${time}`;
    },
    *end() {
      for (let time = 0; time < lastItems; time += 1) yield `end/${time}`;
    },
  };
}

describe('stage', () => {
  it('outputs all items of its step in order, for any numbers and buffer sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(8),
        fc.nat(40),
        fc.nat(40),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        async (items, times, lastItems, highWaterMark, isSlow) => {
          const input = Array.from({ length: items }, (_, index) => index);
          const made = stage(repeating(times, lastItems), { objectMode: true, highWaterMark });
          const output: string[] = [];
          const sink = new Writable({
            objectMode: true,
            highWaterMark: 1,
            write(item: string, _encoding, callback) {
              output.push(item);
              if (isSlow) setImmediate(callback);
              else callback();
            },
          });
          await pipeline(Readable.from(input), made, sink);
          const step = repeating(times, lastItems);
          expect(output).toEqual([...input.flatMap((item) => [...step.feed(item)]), ...step.end()]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('buffers no more than its high-water mark while nothing reads', async () => {
    const made = stage(repeating(1000, 0), { objectMode: true, highWaterMark: 4 });
    made.write(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(made.readableLength).toBe(4);
    made.destroy();
  });

  it('is destroyed with an error that its step throws', async () => {
    const failing: Step<number, number> = {
      feed: () => {
        throw new RangeError('too much');
      },
      end: () => [],
    };
    await expect(stage(failing, { objectMode: true }).end(1).toArray()).rejects.toThrow('too much');
  });

  it('is destroyed with an error that its step throws between two items', async () => {
    const failing: Step<number, number> = {
      *feed(item) {
        yield item;
        throw new RangeError('halfway');
      },
      end: () => [],
    };
    await expect(stage(failing, { objectMode: true }).end(1).toArray()).rejects.toThrow('halfway');
  });

  it('does not catch an error of its reader', async () => {
    const made = stage(repeating(1, 0), { objectMode: true });
    made.on('data', () => {
      throw new RangeError('error of the reader');
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => made.write(1)).toThrow('error of the reader');
    expect(made.errored).toBeNull();
  });
});
