import { expect, test } from 'vitest';
import { bytesOf, bytesPerFrame, durationOf, sampleRateRule } from '../../lib/media/pcm.ts';

test('one second at 16 kHz is 32,000 bytes', () => {
  expect(bytesOf(1000, 16_000)).toBe(32_000);
  expect(durationOf(32_000, 16_000)).toBe(1000);
});

test('a duration is rounded to whole samples', () => {
  expect(bytesOf(0.1, 16_000) % 2).toBe(0);
});

test.each([
  ['s16le', 2, 4],
  ['u8', 1, 1],
  ['s24be', 2, 6],
  ['f64le', 1, 8],
  ['mulaw', 2, 2],
] as const)('one sample of %s in %i channels has %i bytes', (format, channels, bytes) => {
  expect(bytesPerFrame({ format, channels })).toBe(bytes);
});

test('refuses rates at which 100 ms are not a whole number of samples', () => {
  expect(sampleRateRule(11_025)).toMatch(/must be one of/);
  expect(sampleRateRule(22_050)).toBeUndefined();
});
