import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stage, type Step } from '../../lib/core/stage.ts';

/** Gives each number so many times, and says goodbye so many times. */
function repeating(times: number, goodbyes: number): Step<number, string> {
  return {
    *feed(item) {
      for (let time = 0; time < times; time += 1) yield `${item}/${time}`;
    },
    *end() {
      for (let time = 0; time < goodbyes; time += 1) yield `end/${time}`;
    },
  };
}

describe('a stage', () => {
  it('gives all that its step gives, in order, whatever the numbers and buffers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(8),
        fc.nat(40),
        fc.nat(40),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        async (items, times, goodbyes, highWaterMark, isSlow) => {
          const input = Array.from({ length: items }, (_, index) => index);
          const made = stage(repeating(times, goodbyes), { objectMode: true, highWaterMark });
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
          const step = repeating(times, goodbyes);
          expect(output).toEqual([...input.flatMap((item) => [...step.feed(item)]), ...step.end()]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds no more than its high-water mark while nobody reads', async () => {
    const made = stage(repeating(1000, 0), { objectMode: true, highWaterMark: 4 });
    made.write(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(made.readableLength).toBe(4);
    made.destroy();
  });

  it('fails with what its step throws', async () => {
    const failing: Step<number, number> = {
      feed: () => {
        throw new RangeError('too much');
      },
      end: () => [],
    };
    await expect(stage(failing, { objectMode: true }).end(1).toArray()).rejects.toThrow('too much');
  });

  it('fails with what its step throws in the middle of giving', async () => {
    const failing: Step<number, number> = {
      *feed(item) {
        yield item;
        throw new RangeError('halfway');
      },
      end: () => [],
    };
    await expect(stage(failing, { objectMode: true }).end(1).toArray()).rejects.toThrow('halfway');
  });

  it('leaves what its reader throws to its reader', async () => {
    const made = stage(repeating(1, 0), { objectMode: true });
    made.on('data', () => {
      throw new RangeError('my own bug');
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => made.write(1)).toThrow('my own bug');
    expect(made.errored).toBeNull();
  });
});
