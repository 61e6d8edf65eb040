import { expect, test } from 'vitest';
import { isLoud, levelOf } from '../../lib/media/loudness.ts';

function tone(amplitude: number): Buffer {
  return Buffer.from(
    Int16Array.from({ length: 1600 }, (_, at) => Math.round(amplitude * Math.sin(at / 5))).buffer,
  );
}

test.each([
  ['speech', 3000, true],
  ['quiet speech', 200, true],
  ['a noise floor', 80, false],
  ['silence', 0, false],
])('%s of amplitude %i may contain speech: %s', (_, amplitude, loud) => {
  expect(isLoud(tone(amplitude))).toBe(loud);
});

test('less than one sample is not loud', () => {
  expect([isLoud(Buffer.alloc(0)), isLoud(Buffer.of(255))]).toEqual([false, false]);
});

test('the level of silence is minus infinity, and that of full scale 0 dB', () => {
  const loud = Buffer.alloc(1000);
  for (let at = 0; at < 1000; at += 2) loud.writeInt16LE(-0x8000, at);
  expect(levelOf(Buffer.alloc(1000))).toBe(-Infinity);
  expect(levelOf(loud)).toBeCloseTo(0);
});
