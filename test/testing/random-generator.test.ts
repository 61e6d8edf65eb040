import { describe, expect, it } from 'vitest';
import { mulberry32, RandomGenerator } from '../../lib/testing/random-generator.ts';

describe('the random number generator', () => {
  it('returns the numbers of mulberry32 on every machine', () => {
    const next = mulberry32(1);
    // Computed with the published C code.
    expect([next(), next(), next()].map((number) => number * 2 ** 32)).toEqual([
      2693262067, 11749833, 2265367787,
    ]);
  });

  it('returns the same numbers for the same seed only', () => {
    const draw = (seed: number) => Array.from({ length: 20 }, mulberry32(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('fills a range, both ends included', () => {
    const random = new RandomGenerator(1);
    const drawn = new Set(Array.from({ length: 200 }, () => random.integer(3, 6)));
    expect(drawn).toEqual(new Set([3, 4, 5, 6]));
  });

  it('returns true with the given probability', () => {
    const random = new RandomGenerator(2);
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(2300);
    expect(hits).toBeLessThan(2700);
  });
});
