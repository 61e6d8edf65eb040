import { describe, expect, it } from 'vitest';
import { Excerpt } from '../../../../lib/engines/local/segments/excerpt.ts';

const counting = Float32Array.from({ length: 10 }, (_, index) => index);

describe('Excerpt', () => {
  it('returns the speech with the requested padding, as far as it exists', () => {
    const excerpt = new Excerpt(counting, 3, 2);
    expect(Array.from(excerpt.with({ padding: 0, silence: 0 }))).toEqual([3, 4, 5, 6, 7]);
    expect(Array.from(excerpt.with({ padding: 1, silence: 2 }))).toEqual([2, 3, 4, 5, 6, 7, 8, 0, 0]);
    expect(Array.from(excerpt.with({ padding: 9, silence: 0 }))).toEqual(Array.from(counting));
  });

  it('measures the speech only', () => {
    const samples = new Float32Array(48_000).fill(0.1, 16_000, 32_000);
    const excerpt = new Excerpt(samples, 16_000, 16_000);
    expect(excerpt.durationMs).toBe(1000);
    expect(excerpt.loudnessDb).toBeCloseTo(-20);
  });

  it('has pieces with the pauses around them', () => {
    const pieces = new Excerpt(counting, 1, 1, [{ begin: 3, end: 6 }]).pieces;
    expect(pieces.map((piece) => Array.from(piece.with({ padding: 9, silence: 0 })))).toEqual([
      [0, 1, 2, 3, 4, 5],
      [3, 4, 5, 6, 7, 8, 9],
    ]);
    expect(pieces.map((piece) => Array.from(piece.with({ padding: 1, silence: 0 })))).toEqual([
      [0, 1, 2, 3],
      [5, 6, 7, 8, 9],
    ]);
  });

  it('does not count pauses as speech', () => {
    expect(new Excerpt(new Float32Array(48_000), 0, 0, [{ begin: 8000, end: 16_000 }]).durationMs).toBe(2500);
  });

  it('is cut at its quietest position, and loses nothing', () => {
    const samples = new Float32Array(64_000).fill(0.5).fill(0.01, 36_000, 40_000);
    const [before, after] = new Excerpt(samples, 4000, 4000).halves();
    const [one, other] = [before, after].map((half) => half.with({ padding: 4000, silence: 0 }));
    expect(one?.length).toBeGreaterThan(36_000);
    expect(one?.length).toBeLessThan(40_000);
    expect([...(one ?? []), ...(other ?? [])]).toEqual([...samples]);
  });
});
