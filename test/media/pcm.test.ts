import { expect, test } from 'vitest';
import { bytesOf, durationOf, levelOf, sampleRateRule } from '../../lib/media/pcm.ts';

test('a second at 16 kHz is 32,000 bytes', () => {
  expect(bytesOf(1000, 16_000)).toBe(32_000);
  expect(durationOf(32_000, 16_000)).toBe(1000);
});

test('bytes are always whole samples', () => {
  expect(bytesOf(0.1, 16_000) % 2).toBe(0);
});

test('the level of silence is minus infinity, and that of full scale 0 dB', () => {
  const loud = Buffer.alloc(1000);
  for (let at = 0; at < 1000; at += 2) loud.writeInt16LE(-0x8000, at);
  expect(levelOf(Buffer.alloc(1000))).toBe(-Infinity);
  expect(levelOf(loud)).toBeCloseTo(0);
});

test('rates of which 100 ms are no whole number of samples are refused', () => {
  expect(sampleRateRule(11_025)).toMatch(/must be one of/);
  expect(sampleRateRule(22_050)).toBeUndefined();
});
