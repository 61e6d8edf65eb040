import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentenceOf, wordsOf } from '../../../lib/engines/local/phrases.ts';

test('divides the time among the words by their number of characters', () => {
  const words = wordsOf({ begin: 1000, end: 2000, text: 'a long word' }, '');

  expect(words.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual([
    [1000, 1111],
    [1111, 1556],
    [1556, 2000],
  ]);
});

test('puts no word into a pause', () => {
  const pauses = [{ begin: 1500, end: 2100 }];
  const words = wordsOf({ begin: 1000, end: 2600, text: 'four more', pauses }, '');

  expect(words.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual([
    [1000, 1500],
    [2100, 2600],
  ]);
});

test('separates the mark after a word, and keeps the space before it', () => {
  const words = wordsOf({ begin: 0, end: 900, text: `Don't, "he said".` }, '');

  expect(words.map(({ text, punctuation }) => [text, punctuation])).toEqual([
    [`Don't`, ','],
    [' "he', ''],
    [' said', '".'],
  ]);
});

test('joins phrases to one sentence', () => {
  const phrases = [
    { begin: 500, end: 1500, text: 'So it begins.' },
    { begin: 2000, end: 2600, text: 'And ends.' },
  ];

  expect(sentenceOf(phrases, true)).toMatchObject({
    begin_time: 500,
    end_time: 2600,
    text: 'So it begins. And ends.',
  });
  expect(sentenceOf(phrases, false).end_time).toBeNull();
  expect(sentenceOf(phrases, true).words.map(({ text }) => text)).toEqual([
    'So',
    ' it',
    ' begins',
    ' And',
    ' ends',
  ]);
});

test('makes words that join to the text, with times that increase within the sentence', () => {
  const word = fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((text) => !/\s/.test(text));
  const phrase = fc.record({
    words: fc.array(word, { minLength: 1, maxLength: 30 }),
    pause: fc.nat(5000),
    length: fc.integer({ min: 1, max: 15_000 }),
  });
  fc.assert(
    fc.property(fc.array(phrase, { minLength: 1, maxLength: 5 }), (parts) => {
      let at = 0;
      const phrases = parts.map(({ words, pause, length }) => {
        const begin = at + pause;
        at = begin + length;
        return { begin, end: at, text: words.join(' ') };
      });
      const sentence = sentenceOf(phrases, true);

      expect(sentence.words.map(({ text, punctuation }) => text + punctuation).join('')).toBe(sentence.text);
      const times = sentence.words.flatMap(({ begin_time, end_time }) => [begin_time, end_time]);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every(Number.isInteger)).toBe(true);
      expect(times[0]).toBe(sentence.begin_time);
      expect(times.at(-1)).toBe(sentence.end_time);
    }),
  );
});
