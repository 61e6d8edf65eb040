import { expect, it } from 'vitest';
import { charactersOf, segmentsOf, widthOf } from '../../../lib/subtitles/words/characters.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';

it.each([
  ['a', 1],
  ['字', 2],
  ['한', 2],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 2],
  ['\u200d', 0],
])('treats %s as one character of width %i', (text, width) => {
  expect(charactersOf(text, PROFILES.en)).toEqual([{ text, width }]);
});

it('treats characters of ambiguous width as wide in Chinese only', () => {
  expect(widthOf(charactersOf('…“', PROFILES.en))).toBe(2);
  expect(widthOf(charactersOf('…“', PROFILES.zh))).toBe(4);
});

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const words = new Intl.Segmenter('en', { granularity: 'word' });
const segmentedAtOnce = (segmenter: Intl.Segmenter, text: string) =>
  Array.from(segmenter.segment(text), ({ segment }) => segment);

it.each([
  ['letters and words', 'He might even have been made amiable himself. '],
  ['families', '👩‍👩‍👧 '],
  ['flags', '🇯🇵🇨🇳🇸🇬'],
  ['accents', 'e\u0301\u0302 '],
  ['surrogates', '\ud83d\ud83d\ude00'],
])('segments a long text of %s like a short one', (_, piece) => {
  const text = `x${piece.repeat(600)}`;
  expect([...segmentsOf(graphemes, text)]).toEqual(segmentedAtOnce(graphemes, text));
  expect([...segmentsOf(words, text)]).toEqual(segmentedAtOnce(words, text));
});

it('loses nothing of a very long segment', () => {
  const text = `e${'\u0301'.repeat(5000)}`;
  expect([...segmentsOf(graphemes, text)].join('')).toBe(text);
  expect([...segmentsOf(graphemes, '')]).toEqual([]);
});
