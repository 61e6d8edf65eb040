import { expect, it } from 'vitest';
import { CueTiming } from '../../../lib/subtitles/cues/cue-timing.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';

function timed(...spans: ReadonlyArray<readonly [number, number, string?]>): number[][] {
  const timing = new CueTiming();
  const cues = spans.flatMap(([start, end, line = 'yes']) => [
    ...timing.feed({ cue: { start, end, lines: [line] }, profile: PROFILES.en }),
  ]);
  return [...cues, ...timing.end()].map(({ start, end }) => [start, end]);
}

it('a short cue stays for the least duration', () => {
  expect(timed([1000, 1400])).toEqual([[1000, 1833]]);
});

it('a cue stays for who reads it, but not long after its last word', () => {
  expect(timed([0, 1000, 'a'.repeat(24)])).toEqual([[0, 1200]]);
  expect(timed([0, 1000, 'a'.repeat(80)])).toEqual([[0, 1500]]);
});

it('no cue stays longer than the greatest duration', () => {
  expect(timed([0, 20_000])).toEqual([[0, 7000]]);
});

it('a cue goes shortly before the next one comes', () => {
  expect(timed([0, 1000], [1000, 2000], [2050, 3000])).toEqual([
    [0, 917],
    [1000, 1967],
    [2050, 3000],
  ]);
});

it('an overlap cuts the earlier cue', () => {
  expect(timed([0, 3000], [2000, 4000])).toEqual([
    [0, 1917],
    [2000, 4000],
  ]);
});

it('cues that begin at the same time follow each other', () => {
  expect(timed([500, 3000], [500, 3000])).toEqual([
    [500, 1250],
    [1333, 3000],
  ]);
});

it('a cue without duration gets its moment', () => {
  expect(timed([500, 500], [500, 500])).toEqual([
    [500, 501],
    [501, 1002],
  ]);
});
