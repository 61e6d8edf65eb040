import { expect, it } from 'vitest';
import { count, duration, pulling, speed } from '../../../lib/cli/terminal/format.ts';

it.each([
  [0, '0:00'],
  [7_400, '0:07'],
  [59_600, '1:00'],
  [750_000, '12:30'],
  [3_750_000, '1:02:30'],
  [360_000_000, '100:00:00'],
])('%i ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it('speeds are times of real time', () => {
  expect([speed(5000, 2000), speed(60_000, 1000), speed(0, 0)]).toEqual([
    '2.5× real time',
    '60× real time',
    '0.0× real time',
  ]);
});

it('one is not many', () => {
  expect([count(0, 'sentence'), count(1, 'sentence'), count(2, 'sentence')]).toEqual([
    '0 sentences',
    '1 sentence',
    '2 sentences',
  ]);
});

it('a download is shown in megabytes', () => {
  const progress = { model: 'moonshine-base', receivedBytes: 12_400_000, totalBytes: 73_000_000 } as const;
  expect(pulling(progress)).toBe('downloading the model moonshine-base: 12 of 73 MB');
});
