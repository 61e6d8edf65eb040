import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WINDOW } from '../../../../lib/engines/local/runtime/voice-activity.ts';
import { SegmentJoiner } from '../../../../lib/engines/local/segments/segment-joiner.ts';
import { MAX_SEGMENT, type Segment, Segmenter } from '../../../../lib/engines/local/segments/segmenter.ts';

const SECOND = 16_000;
/** Silence that ends a sentence. */
const SENTENCE_SILENCE = 1.3 * SECOND;

/** `#` is a window with speech, `.` is a window without. */
function segmentsOf(windows: string, sentenceSilence = SENTENCE_SILENCE): Segment[] {
  const joiner = new SegmentJoiner(sentenceSilence);
  const segments = Array.from(windows, (sign) => joiner.feed(sign === '#', 1));
  return [...segments, ...joiner.finish()].filter((segment) => segment !== undefined);
}

/** The pieces of speech without joining. */
function piecesOf(windows: string): Segment[] {
  const segmenter = new Segmenter(0.4 * SECOND);
  const pieces = Array.from(windows, (sign) => segmenter.feed(sign === '#', 1));
  return [...pieces, segmenter.finish()].filter((piece) => piece !== undefined);
}

const windowsIn = (seconds: number): number => Math.round((seconds * SECOND) / WINDOW);
const speech = (seconds: number): string => '#'.repeat(windowsIn(seconds));
const silence = (seconds: number): string => '.'.repeat(windowsIn(seconds));

test('joins short pieces of speech, with the pause between them', () => {
  const windows = speech(1) + silence(0.6) + speech(1) + silence(1);
  const [one, other] = piecesOf(windows);

  expect(segmentsOf(windows)).toEqual([
    { begin: one?.begin, end: other?.end, pauses: [{ begin: one?.end, end: other?.begin }] },
  ]);
});

test('does not join pieces with a long pause between them', () => {
  const windows = speech(1) + silence(1) + speech(1) + silence(1);

  expect(segmentsOf(windows)).toEqual(piecesOf(windows));
});

test('does not join pieces of two sentences', () => {
  const windows = speech(1) + silence(0.6) + speech(1) + silence(1);

  expect(segmentsOf(windows, 0.5 * SECOND)).toHaveLength(2);
});

test('ends a long segment with its piece', () => {
  const windows = speech(5.5) + silence(0.6) + speech(1) + silence(1);

  expect(segmentsOf(windows)).toEqual(piecesOf(windows));
});

test('does not join pieces that are too long together', () => {
  const windows = speech(3) + silence(0.6) + speech(9) + silence(1);

  expect(segmentsOf(windows)).toEqual(piecesOf(windows));
});

test('returns the open segment with the pieces that may be continued', () => {
  const joiner = new SegmentJoiner(SENTENCE_SILENCE);
  const windows = speech(1) + silence(0.6) + speech(1);
  for (const sign of windows) joiner.feed(sign === '#', 1);

  expect(joiner.open).toMatchObject({ begin: 0, end: windows.length * WINDOW });
  expect(joiner.open?.pauses).toHaveLength(1);
  expect(joiner.silentUntil).toBe(0);
});

test('loses no piece, and makes segments that are in order and not too long', () => {
  const stretch = fc.record({ isSpeech: fc.boolean(), windows: fc.integer({ min: 1, max: 300 }) });
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 14 }), (stretches) => {
      const windows = stretches.map(({ isSpeech, windows: n }) => (isSpeech ? '#' : '.').repeat(n)).join('');
      const segments = segmentsOf(windows);

      let end = 0;
      for (const segment of segments) {
        expect(segment.begin).toBeGreaterThanOrEqual(end);
        expect(segment.end - segment.begin).toBeLessThanOrEqual(MAX_SEGMENT);
        end = segment.end;
      }
      // Without the pauses, the segments are the pieces. The two parts of a piece that was cut may be joined again.
      expect(touchingJoined(segments.flatMap(speechIn))).toEqual(touchingJoined(piecesOf(windows)));
    }),
  );
});

function speechIn({ begin, end, pauses = [] }: Segment): Segment[] {
  const begins = [begin, ...pauses.map((pause) => pause.end)];
  const ends = [...pauses.map((pause) => pause.begin), end];
  return begins.map((from, index) => ({ begin: from, end: ends[index] ?? end }));
}

function touchingJoined(spans: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const { begin, end } of spans) {
    const last = joined.at(-1);
    if (last?.end === begin) joined[joined.length - 1] = { begin: last.begin, end };
    else joined.push({ begin, end });
  }
  return joined;
}
