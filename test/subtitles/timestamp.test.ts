import { expect, it } from 'vitest';
import { srtTimestamp, vttTimestamp } from '../../lib/subtitles/timestamp.ts';

it.each([
  [0, '00:00:00,000'],
  [1, '00:00:00,001'],
  [59_999, '00:00:59,999'],
  [60_000, '00:01:00,000'],
  [3_599_999, '00:59:59,999'],
  [3_600_000, '01:00:00,000'],
  [25 * 3_600_000 + 860, '25:00:00,860'],
  [100 * 3_600_000 + 61_007, '100:01:01,007'],
])('formats %i ms as %s', (ms, written) => {
  expect(srtTimestamp(ms)).toBe(written);
});

it('separates the milliseconds with a point in WebVTT', () => {
  expect(vttTimestamp(1234)).toBe('00:00:01.234');
});
