import { expect, it } from 'vitest';
import { isSentenceEnd, placeAfter, type Sentence } from '../lib/sentence.ts';
import { finalSentence, partial } from './subtitles/final-sentence.ts';

it('a sentence is final when it says so and has an end', () => {
  const sentence: Sentence = finalSentence('yes', 0, 900);
  expect(isSentenceEnd(sentence)).toBe(true);
  expect(isSentenceEnd({ ...sentence, end_time: null })).toBe(false);
  expect(isSentenceEnd({ ...sentence, sentence_end: false })).toBe(false);
});

it('what was recognised behind a sentence has its number and times behind those, and all else as it was', () => {
  const last = { sentence_id: 12, end_time: 60_000 };
  const sentence = { ...finalSentence('yes', 100, 900, [[100, 900, 'yes', '.']]), emotion: 'calm' };
  expect(placeAfter(last, sentence)).toEqual({
    ...sentence,
    sentence_id: 13,
    begin_time: 60_100,
    end_time: 60_900,
    words: [{ begin_time: 60_100, end_time: 60_900, text: 'yes', punctuation: '.' }],
  });
  expect(placeAfter(last, partial(sentence))).toMatchObject({ begin_time: 60_100, end_time: null });
});
