import { expect, it } from 'vitest';
import { isSentenceEnd, type Sentence } from '../lib/sentence.ts';
import { finalSentence } from './subtitles/cues/final-sentence.ts';

it('a sentence is final when it is marked as final and has an end', () => {
  const sentence: Sentence = finalSentence('yes', 0, 900);
  expect(isSentenceEnd(sentence)).toBe(true);
  expect(isSentenceEnd({ ...sentence, end_time: null })).toBe(false);
  expect(isSentenceEnd({ ...sentence, sentence_end: false })).toBe(false);
});
