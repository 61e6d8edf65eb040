import { expect, it } from 'vitest';
import { segmentsOf } from '../../../lib/subtitles/cues/segments.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const words = new Intl.Segmenter('en', { granularity: 'word' });
const plainly = (segmenter: Intl.Segmenter, text: string) =>
  Array.from(segmenter.segment(text), ({ segment }) => segment);

it.each([
  ['letters and words', 'He might even have been made amiable himself. '],
  ['families', '👩‍👩‍👧 '],
  ['flags', '🇯🇵🇨🇳🇸🇬'],
  ['accents', 'e\u0301\u0302 '],
  ['halves of pairs', '\ud83d\ud83d\ude00'],
])('a long text of %s is parted as a short one is', (_, piece) => {
  const text = `x${piece.repeat(600)}`;
  expect([...segmentsOf(graphemes, text)]).toEqual(plainly(graphemes, text));
  expect([...segmentsOf(words, text)]).toEqual(plainly(words, text));
});

it('nothing is lost of what never ends', () => {
  const text = `e${'\u0301'.repeat(5000)}`;
  expect([...segmentsOf(graphemes, text)].join('')).toBe(text);
  expect([...segmentsOf(graphemes, '')]).toEqual([]);
});
