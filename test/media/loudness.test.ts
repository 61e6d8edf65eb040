import { expect, it } from 'vitest';
import { isLoud } from '../../lib/media/loudness.ts';

function tone(amplitude: number): Buffer {
  return Buffer.from(
    Int16Array.from({ length: 1600 }, (_, at) => Math.round(amplitude * Math.sin(at / 5))).buffer,
  );
}

it.each([
  ['speech', 3000, true],
  ['quiet speech', 200, true],
  ['a noise floor', 80, false],
  ['nothing', 0, false],
])('%s of amplitude %i is loud: %s', (_, amplitude, loud) => {
  expect(isLoud(tone(amplitude))).toBe(loud);
});

it('less than a sample is not', () => {
  expect([isLoud(Buffer.alloc(0)), isLoud(Buffer.of(255))]).toEqual([false, false]);
});
