import { expect, it } from 'vitest';
import { formatCount, formatDuration, formatPull, formatSpeed } from '../../../lib/cli/terminal/format.ts';

it.each([
  [0, '0:00'],
  [7_400, '0:07'],
  [59_600, '1:00'],
  [750_000, '12:30'],
  [3_750_000, '1:02:30'],
  [360_000_000, '100:00:00'],
])('formats %i ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('formats a speed as a multiple of real time', () => {
  expect([formatSpeed(5000, 2000), formatSpeed(60_000, 1000), formatSpeed(0, 0)]).toEqual([
    '2.5× real time',
    '60× real time',
    '0.0× real time',
  ]);
});

it('uses the singular for one only', () => {
  expect([formatCount(0, 'sentence'), formatCount(1, 'sentence'), formatCount(2, 'sentence')]).toEqual([
    '0 sentences',
    '1 sentence',
    '2 sentences',
  ]);
});

it('formats a download in megabytes', () => {
  const progress = { model: 'moonshine-base', receivedBytes: 12_400_000, totalBytes: 73_000_000 } as const;
  expect(formatPull(progress)).toBe('downloading model moonshine-base: 12 of 73 MB');
});
