import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resampler } from '../../lib/caption-page/page/resampler.js';

const tone = (frequency: number, rate: number, seconds = 1): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, n) => Math.sin((2 * Math.PI * frequency * n) / rate));

/** Converts samples in pieces of these sizes, in turn. */
function convert(input: Float32Array, from: number, to: number, sizes: readonly number[] = [128]): number[] {
  const resampler = new Resampler(from, to);
  const output: number[] = [];
  for (let at = 0, turn = 0; at < input.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 128;
    output.push(...resampler.push(input.subarray(at, at + size)));
    at += size;
  }
  return [...output, ...resampler.end()];
}

/** Without the edges, where the tone begins and ends. */
const middle = (samples: readonly number[]): number[] => samples.slice(800, -800);
const decibels = (samples: readonly number[]): number =>
  10 * Math.log10((2 * samples.reduce((sum, one) => sum + one * one, 0)) / samples.length + 1e-12);

const RATES = [
  [48_000, 16_000],
  [44_100, 16_000],
  [96_000, 16_000],
  [22_050, 16_000],
  [8000, 16_000],
  [48_000, 8000],
  [16_000, 16_000],
] as const;

describe('the resampler of the page', () => {
  it.each(RATES)('keeps tones of speech and their times, from %i to %i Hz', (from, to) => {
    for (const frequency of [100, 1000, 3000]) {
      const output = convert(tone(frequency, from), from, to);
      expect(Math.abs(output.length - to)).toBeLessThanOrEqual(1);
      const ideal = tone(frequency, to);
      const difference = middle(output.map((sample, n) => sample - (ideal[n] ?? 0)));
      expect([frequency, decibels(difference) < -60]).toEqual([frequency, true]);
    }
  });

  it.each(RATES.filter(([from, to]) => from > to))(
    'removes what would alias, from %i to %i Hz',
    (from, to) => {
      for (const part of [1.1, 1.5, 1.9].filter((one) => (one * to) / 2 < from / 2)) {
        const output = middle(convert(tone((part * to) / 2, from), from, to));
        expect([part, decibels(output) < -60]).toEqual([part, true]);
      }
    },
  );

  it('gives the same samples however the input is divided', () => {
    const input = tone(440, 44_100, 0.3);
    const whole = convert(input, 44_100, 16_000, [4096]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        expect(convert(input, 44_100, 16_000, sizes)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
});
