import { expect, test } from 'vitest';
import { clockWarnings } from '../../../lib/audio/clock/clock-warnings.ts';

const RIGHT = { startMs: 0, silenceMs: 0, gaps: 0, longest: undefined, ignored: [] };

test('gives no warning for a clock without gaps, and for sound that starts a little late', () => {
  expect(clockWarnings('talk.mp4', RIGHT)).toEqual([]);
  expect(clockWarnings('talk.mp4', { ...RIGHT, startMs: 499, silenceMs: 499 })).toEqual([]);
});

test('reports a late start', () => {
  const [warning] = clockWarnings('talk.mp4', { ...RIGHT, startMs: 3400, silenceMs: 3400 });
  expect(warning?.code).toBe('W_CLOCK');
  expect(warning?.message).toBe(
    'talk.mp4: its sound starts 3.4 s after its beginning; filled with silence, so that all times are right',
  );
  expect(warning?.hint).toBeUndefined();
});

test('reports the number of gaps, their sum without the start, and the longest with its span', () => {
  const [warning] = clockWarnings('talk.mp4', {
    ...RIGHT,
    startMs: 100,
    silenceMs: 9000,
    gaps: 2,
    longest: { atMs: 3000, durationMs: 7300 },
  });
  expect(warning?.message).toContain('its sound has 2 gaps of 8.9 s in all, the longest of 7.3 s at 3.0 s');
  expect(warning?.span).toEqual({ beginMs: 3000, endMs: 10_300 });
});

test('reports steps that are too long to be filled in a warning of their own', () => {
  const warnings = clockWarnings('talk.mp4', {
    ...RIGHT,
    ignored: [
      { atMs: 5000, durationMs: 3_600_000 },
      { atMs: 9000, durationMs: 700_000 },
    ],
  });
  expect(warnings.map(({ code }) => code)).toEqual(['W_CLOCK']);
  expect(warnings[0]?.message).toContain('2 steps, the first of 3600.0 s at 5.0 s');
});
