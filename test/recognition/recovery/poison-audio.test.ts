import { describe, expect, it } from 'vitest';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';
import { PoisonAudio } from '../../../lib/recognition/recovery/poison-audio.ts';

/** Poison audio with a clock that stands still until a failure moves it on. */
function watched() {
  let now = 0;
  const times = new InputBuffer({ pcmBytesPerMs: 32 });
  const poison = new PoisonAudio({ clock: { now: () => now }, times });
  return {
    poison,
    /** A task fails five seconds later, or after another time. */
    fail: (start: number, reach: number, afterMs = 5000): number | undefined => {
      now += afterMs;
      return poison.failed({ start, reach });
    },
  };
}

describe('audio that makes tasks fail', () => {
  it('is given up after three failures with a proof, up to the smallest reach', () => {
    const { poison, fail } = watched();
    expect([fail(1000, 9000), fail(1000, 4000)]).toEqual([undefined, undefined]);
    poison.prove();
    expect(fail(1000, 6000)).toBe(4000);
  });

  it('is not given up without a proof after any number of failures', () => {
    const { fail } = watched();
    const failures = Array.from({ length: 20 }, () => fail(1000, 9000));
    expect(new Set(failures)).toEqual(new Set([undefined]));
  });

  it('is given up at the next failure when the proof comes after the third', () => {
    const { poison, fail } = watched();
    for (let n = 0; n < 3; n += 1) fail(1000, 9000);
    poison.prove();
    expect(fail(1000, 8000)).toBe(8000);
  });

  it('counts failures that are closer than five seconds as one', () => {
    const { poison, fail } = watched();
    fail(1000, 9000);
    poison.prove();
    expect([fail(1000, 9000, 4999), fail(1000, 9000, 0), fail(1000, 9000, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(fail(1000, 9000)).toBe(9000);
  });

  it('is sent in real time from the third task on', () => {
    const { poison, fail } = watched();
    const seen = [poison.isSuspect(1000)];
    for (let n = 0; n < 3; n += 1) {
      fail(1000, 9000);
      seen.push(poison.isSuspect(1000));
    }
    expect(seen).toEqual([false, false, true, true]);
    expect(poison.isSuspect(99_000)).toBe(false);
  });

  it('asks for a proof from the second counted failure on', () => {
    const { poison, fail } = watched();
    fail(1000, 9000);
    expect(poison.proofNeededSince).toBeUndefined();
    fail(1000, 9000);
    expect(poison.proofNeededSince).toBe(5000);
    expect(poison.checkPositions).toEqual([9000, 73_000, 265_000]);
    poison.prove();
    expect([poison.proofNeededSince, poison.checkPositions]).toEqual([undefined, []]);
  });

  it('makes the next task wait until its failure counts, after the first retry', () => {
    const { poison, fail } = watched();
    fail(1000, 9000);
    expect(poison.waitMs).toBe(0);
    fail(1000, 9000, 100);
    expect(poison.waitMs).toBe(4900);
  });

  it('is another span, which needs a proof of its own, as soon as more is final', () => {
    const { poison, fail } = watched();
    fail(1000, 9000);
    fail(1000, 9000);
    poison.prove();
    expect([fail(1200, 9000), fail(1200, 9000), fail(1200, 8000)]).toEqual([undefined, undefined, undefined]);
  });

  it('is not blamed for failures of tasks that were sent none of it', () => {
    const { poison, fail } = watched();
    for (let n = 0; n < 5; n += 1) expect(fail(1000, 1000)).toBeUndefined();
    fail(1000, 9000);
    poison.prove();
    fail(1000, 9000);
    expect(fail(1000, 9000)).toBe(9000);
  });
});

describe('audio that fails directly after a gap', () => {
  function failThrice({ poison, fail }: ReturnType<typeof watched>, start: number, reach: number) {
    fail(start, reach);
    poison.prove();
    fail(start, reach);
    return fail(start, reach);
  }

  it('is given up half a second further, and twice as much each time, each with a proof', () => {
    const parts = watched();
    const ends = [10_000, 13_200, 29_200, 61_200].map((reach, at) => {
      const start = [0, 10_000, 26_000, 58_000][at] ?? 0;
      return failThrice(parts, start, reach);
    });
    expect(ends).toEqual([10_000, 26_000, 58_000, 122_000]);
  });

  it('is still known when the input had ended before the end of the gap', () => {
    const parts = watched();
    for (const [start, reach] of [
      [0, 10_000],
      [10_000, 13_200],
    ] as const)
      failThrice(parts, start, reach);
    expect(failThrice(parts, 13_200, 16_000)).toBe(45_200);
  });

  it('starts with half a second again after a new sentence', () => {
    const parts = watched();
    for (const [start, reach] of [
      [0, 10_000],
      [10_000, 13_200],
    ] as const)
      failThrice(parts, start, reach);
    expect(failThrice(parts, 90_000, 91_000)).toBe(91_000);
  });
});
