import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Word } from '../../../lib/sentence.ts';
import { sentenceSpan, wordTimes } from '../../../lib/subtitles/cues/word-times.ts';
import { finalSentence, hostileSentences } from './final-sentence.ts';

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
    { begin: span[0], end: span[1] },
  );
  return repaired.map(({ begin, end }) => [begin, end]);
}

it('times that rise stay as they are, pauses too', () => {
  expect(times([0, 1000], [0, 300], [300, 500], [800, 1000])).toEqual([
    [0, 300],
    [300, 500],
    [800, 1000],
  ]);
});

it('a missing time is interpolated between the known ones beside it', () => {
  expect(times([0, 900], [0, 300], [Number.NaN, Number.NaN], [600, 900])).toEqual([
    [0, 300],
    [300, 600],
    [600, 900],
  ]);
});

it('one wild time does not spoil the good ones', () => {
  expect(times([0, 900], [880, 300], [300, 600], [600, 900])[1]).toEqual([300, 600]);
});

it('words that all have the same time share the sentence', () => {
  expect(times([0, 900], [0, 0], [0, 0], [0, 0])).toEqual([
    [0, 300],
    [300, 600],
    [600, 900],
  ]);
});

it('times outside of the sentence are brought into it', () => {
  expect(times([1000, 2000], [400, 1500], [1500, 2600])).toEqual([
    [1000, 1500],
    [1500, 2000],
  ]);
});

it('whatever the times, words rise within their sentence', () => {
  fc.assert(
    fc.property(hostileSentences, (sentences) => {
      for (const sentence of sentences) {
        const span = sentenceSpan(sentence);
        const repaired = wordTimes(sentence.words, sentence.words.map(widthOf), span);
        expect(repaired).toHaveLength(sentence.words.length);
        let last = span.begin;
        for (const { begin, end } of repaired) {
          expect(Number.isInteger(begin) && Number.isInteger(end)).toBe(true);
          expect(begin).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThanOrEqual(begin);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(span.end);
      }
    }),
  );
});

function widthOf(word: Word): number {
  return word.text.length;
}

it('a sentence without proper times begins at 0 and ends no sooner', () => {
  expect(sentenceSpan(finalSentence('', Number.NaN, 500))).toEqual({ begin: 0, end: 500 });
  expect(sentenceSpan(finalSentence('', 700, 500))).toEqual({ begin: 700, end: 700 });
  expect(sentenceSpan(finalSentence('', 0.4, 1e300))).toEqual({ begin: 0, end: 0 });
});
