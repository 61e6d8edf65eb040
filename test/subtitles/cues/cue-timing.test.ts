import { expect, it } from 'vitest';
import { CueTiming } from '../../../lib/subtitles/cues/cue-timing.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';

function timed(...spans: ReadonlyArray<readonly [number, number, string?]>): number[][] {
  const timing = new CueTiming();
  const cues = spans.flatMap(([start, end, line = 'yes']) => [
    ...timing.feed({ cue: { start, end, words: [], lines: [line] }, profile: PROFILES.en }),
  ]);
  return [...cues, ...timing.end()].map(({ cue: { start, end } }) => [start, end]);
}

it('extends a short cue to the minimum duration', () => {
  expect(timed([1000, 1400])).toEqual([[1000, 1833]]);
});

it('extends a cue for reading, but not far beyond its last word', () => {
  expect(timed([0, 1000, 'a'.repeat(24)])).toEqual([[0, 1200]]);
  expect(timed([0, 1000, 'a'.repeat(80)])).toEqual([[0, 1500]]);
});

it('limits a cue to the maximum duration', () => {
  expect(timed([0, 20_000])).toEqual([[0, 7000]]);
});

it('ends a cue shortly before the next one starts', () => {
  expect(timed([0, 1000], [1000, 2000], [2050, 3000])).toEqual([
    [0, 917],
    [1000, 1967],
    [2050, 3000],
  ]);
});

it('shortens the earlier of two overlapping cues', () => {
  expect(timed([0, 3000], [2000, 4000])).toEqual([
    [0, 1917],
    [2000, 4000],
  ]);
});

it('merges cues that begin at the same time, up to twice the number of lines', () => {
  expect(timed([500, 3000], [500, 3500], [500, 2000], [5000, 6000])).toEqual([
    [500, 3500],
    [5000, 6000],
  ]);
  const step = new CueTiming();
  const cue = (line: string) => ({ start: 500, end: 900, words: [[]], lines: [line, line] });
  const cues = ['One', 'Two', 'Three'].flatMap((line) => [
    ...step.feed({ cue: cue(line), profile: PROFILES.en }),
  ]);
  expect([...cues, ...step.end()].map(({ cue: { start, lines, broken } }) => [start, lines, broken])).toEqual(
    [
      [500, ['One', 'One', 'Two', 'Two'], expect.arrayContaining(['line-count'])],
      [501, ['Three', 'Three'], undefined],
    ],
  );
});

it('extends a cue without duration to the minimum duration', () => {
  expect(timed([500, 500])).toEqual([[500, 1333]]);
});

it('closes a short pause before the next cue, beyond the reading time', () => {
  expect(timed([0, 3000], [3400, 5000])).toEqual([
    [0, 3317],
    [3400, 5000],
  ]);
  expect(timed([0, 3000], [3700, 5000])[0]).toEqual([0, 3000]);
});

it('prefers the minimum duration to the limit after the last word', () => {
  expect(timed([0, 100])).toEqual([[0, 833]]);
});
