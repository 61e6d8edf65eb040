import { describe, expect, it } from 'vitest';
import { Dice, mulberry32 } from '../../lib/testing/random-generator.ts';

describe('random numbers', () => {
  it('are those of mulberry32 on every machine', () => {
    const next = mulberry32(1);
    // Computed with the published C code.
    expect([next(), next(), next()].map((number) => number * 2 ** 32)).toEqual([
      2693262067, 11749833, 2265367787,
    ]);
  });

  it('are the same for the same seed, and others for another', () => {
    const draw = (seed: number) => Array.from({ length: 20 }, mulberry32(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('fill a range to both of its ends, and no further', () => {
    const dice = new Dice(1);
    const drawn = new Set(Array.from({ length: 200 }, () => dice.integer(3, 6)));
    expect(drawn).toEqual(new Set([3, 4, 5, 6]));
  });

  it('hit as often as they should', () => {
    const dice = new Dice(2);
    const hits = Array.from({ length: 10_000 }, () => dice.isHit(0.25)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(2300);
    expect(hits).toBeLessThan(2700);
  });
});
