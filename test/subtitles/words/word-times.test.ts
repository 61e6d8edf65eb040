import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Word } from '../../../lib/sentence.ts';
import { sentenceSpan, wordTimes } from '../../../lib/subtitles/words/word-times.ts';
import { finalSentence, hostileSentences } from '../cues/final-sentence.ts';

function times(
  span: readonly [number, number],
  ...words: ReadonlyArray<readonly [number, number]>
): number[][] {
  const list = finalSentence(
    '',
    ...span,
    words.map(([begin, end]) => [begin, end, 'word'] as const),
  ).words;
  const repaired = wordTimes(
    list,
    list.map(() => 4),
    { beginMs: span[0], endMs: span[1] },
  );
  return repaired.map(({ beginMs, endMs }) => [beginMs, endMs]);
}

it('keeps ascending times, pauses too', () => {
  expect(times([0, 1000], [0, 300], [300, 500], [800, 1000])).toEqual([
    [0, 300],
    [300, 500],
    [800, 1000],
  ]);
});

it('interpolates a missing time between the known ones', () => {
  expect(times([0, 900], [0, 300], [Number.NaN, Number.NaN], [600, 900])).toEqual([
    [0, 300],
    [300, 600],
    [600, 900],
  ]);
});

it('ignores a single wrong time', () => {
  expect(times([0, 900], [880, 300], [300, 600], [600, 900])[1]).toEqual([300, 600]);
});

it('divides the sentence among words that all have the same time', () => {
  expect(times([0, 900], [0, 0], [0, 0], [0, 0])).toEqual([
    [0, 300],
    [300, 600],
    [600, 900],
  ]);
});

it('limits times to the sentence', () => {
  expect(times([1000, 2000], [400, 1500], [1500, 2600])).toEqual([
    [1000, 1500],
    [1500, 2000],
  ]);
});

it('returns ascending times within the sentence for any input', () => {
  fc.assert(
    fc.property(hostileSentences, (sentences) => {
      for (const sentence of sentences) {
        const span = sentenceSpan(sentence);
        const repaired = wordTimes(sentence.words, sentence.words.map(widthOf), span);
        expect(repaired).toHaveLength(sentence.words.length);
        let last = span.beginMs;
        for (const { beginMs, endMs } of repaired) {
          expect(Number.isInteger(beginMs) && Number.isInteger(endMs)).toBe(true);
          expect(beginMs).toBeGreaterThanOrEqual(last);
          expect(endMs).toBeGreaterThanOrEqual(beginMs);
          last = endMs;
        }
        expect(last).toBeLessThanOrEqual(span.endMs);
      }
    }),
  );
});

function widthOf(word: Word): number {
  return word.text.length;
}

it('begins a sentence without valid times at 0, and ends it not before its begin', () => {
  expect(sentenceSpan(finalSentence('', Number.NaN, 500))).toEqual({ beginMs: 0, endMs: 500 });
  expect(sentenceSpan(finalSentence('', 700, 500))).toEqual({ beginMs: 700, endMs: 700 });
  expect(sentenceSpan(finalSentence('', 0.4, 1e300))).toEqual({ beginMs: 0, endMs: 0 });
});
