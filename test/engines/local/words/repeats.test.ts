import { expect, test } from 'vitest';
import { collapseRepeats } from '../../../../lib/engines/local/words/repeats.ts';

test('replaces a repeated phrase by one', () => {
  expect(
    collapseRepeats('and then it was the end of the it was the end of the it was the end of the day'),
  ).toBe('and then it was the end of the day');
  expect(collapseRepeats('No, no, no, no, no, no, no')).toBe('No,');
});

test('ignores marks and capital letters', () => {
  expect(collapseRepeats('So it goes. So it goes, so it goes.')).toBe('So it goes.');
});

test('keeps words that were spoken twice', () => {
  const lines = [
    'no, no, no',
    'some more words words words words',
    'again and again',
    'it was the best of times, it was the worst of times, it was the age of wisdom',
    'ask not what your country can do for you, ask what you can do for your country',
    '',
  ];
  expect(lines.map(collapseRepeats)).toEqual(lines);
});
