import { expect, test } from 'vitest';
import { collapseRepeats } from '../../../lib/engines/local/repeats.ts';

test('a phrase that goes round in circles is written once', () => {
  expect(
    collapseRepeats('and then it was the end of the it was the end of the it was the end of the day'),
  ).toBe('and then it was the end of the day');
  expect(collapseRepeats('No, no, no, no, no, no, no')).toBe('No,');
});

test('marks and capitals do not hide a repetition', () => {
  expect(collapseRepeats('So it goes. So it goes, so it goes.')).toBe('So it goes.');
});

test('what people do say again is kept', () => {
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
