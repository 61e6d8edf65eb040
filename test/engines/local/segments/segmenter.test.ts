import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WINDOW } from '../../../../lib/engines/local/runtime/voice-activity.ts';
import { type Segment, Segmenter } from '../../../../lib/engines/local/segments/segmenter.ts';

const SECOND = 16_000;
const SILENCE = 0.4 * SECOND;

/** `#` is a window with speech, `.` is a window without. */
function segmentsOf(windows: string, loudness: (window: number) => number = () => 1): Segment[] {
  const segmenter = new Segmenter(SILENCE);
  const segments = Array.from(windows, (sign, index) => segmenter.feed(sign === '#', loudness(index)));
  return [...segments, segmenter.finish()].filter((segment) => segment !== undefined);
}

const windowsIn = (samples: number): number => Math.round(samples / WINDOW);
const speech = (seconds: number): string => '#'.repeat(windowsIn(seconds * SECOND));
const silence = (seconds: number): string => '.'.repeat(windowsIn(seconds * SECOND));

test('ends a segment after the given silence, and not before', () => {
  expect(segmentsOf(speech(1) + silence(0.3) + speech(1) + silence(1))).toHaveLength(1);
  expect(segmentsOf(speech(1) + silence(0.5) + speech(1) + silence(1))).toHaveLength(2);
});

test('begins a segment one window before the first decision for speech', () => {
  const [segment] = segmentsOf(`${'.'.repeat(10)}${'#'.repeat(20)}${silence(1)}`);

  // The detector reports speech one window late.
  expect(segment).toEqual({ begin: 9 * WINDOW, end: 30 * WINDOW });
});

test('ignores a click', () => {
  expect(segmentsOf(`${silence(1)}###${silence(1)}##${silence(1)}`)).toEqual([]);
});

test('ends a segment at the end of the audio', () => {
  expect(segmentsOf(silence(1) + speech(1))).toHaveLength(1);
});

test('cuts speech without a pause at its quietest positions, and loses nothing', () => {
  const isQuiet = (window: number): boolean =>
    (window >= 250 && window < 253) || (window >= 520 && window < 523);
  const segments = segmentsOf(speech(24), (window) => (isQuiet(window) ? 0.1 : 1));

  expect(segments.map(({ end }) => end / WINDOW)).toEqual([251, 521, 750]);
  expect(segments.slice(1).map(({ begin }) => begin / WINDOW)).toEqual([251, 521]);
});

test('returns the open segment during speech', () => {
  const segmenter = new Segmenter(SILENCE);
  for (let window = 0; window < 20; window += 1) segmenter.feed(window >= 10, 1);

  expect(segmenter.open).toEqual({ begin: 9 * WINDOW, end: 20 * WINDOW });
  expect(segmenter.silentUntil).toBe(9 * WINDOW);
});

test('does not count the first windows of speech as silence', () => {
  const segmenter = new Segmenter(SILENCE);
  for (let window = 0; window < 12; window += 1) segmenter.feed(window >= 10, 1);

  expect(segmenter.open).toBeUndefined();
  expect(segmenter.silentUntil).toBe(9 * WINDOW);
});

test('makes segments that are in order, do not overlap, are not too long, and contain all long speech', () => {
  const stretch = fc.record({ isSpeech: fc.boolean(), windows: fc.integer({ min: 1, max: 700 }) });
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 8 }), fc.integer(), (stretches, seed) => {
      const windows = stretches.map(({ isSpeech, windows: n }) => (isSpeech ? '#' : '.').repeat(n)).join('');
      const segments = segmentsOf(windows, (window) => Math.abs(Math.sin(window * seed)));

      let end = 0;
      const covered = new Set<number>();
      for (const segment of segments) {
        expect(segment.begin).toBeGreaterThanOrEqual(end);
        expect(segment.end - segment.begin).toBeGreaterThan(0);
        expect(segment.end - segment.begin).toBeLessThanOrEqual(12 * SECOND);
        for (let at = segment.begin; at < segment.end; at += WINDOW) covered.add(at / WINDOW);
        end = segment.end;
      }
      expect(end).toBeLessThanOrEqual(windows.length * WINDOW);
      const long = [...windows.matchAll(/#{4,}/g)].flatMap(({ index, 0: run }) =>
        Array.from(run, (_sign, offset) => index + offset),
      );
      expect(long.filter((window) => !covered.has(window))).toEqual([]);
    }),
  );
});
