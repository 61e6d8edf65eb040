import { describe, expect, it } from 'vitest';
import { completeTimes, isFinal } from '../../lib/protocol/result-finality.ts';

const WORDS = [
  { begin_time: 100, end_time: 200, text: 'a', punctuation: '' },
  { begin_time: 250, end_time: 400, text: 'b', punctuation: '.' },
];

describe('isFinal', () => {
  it.each([
    ['follows the flag true, without an end', true, null, true],
    ['follows the flag true, with an end', true, 5, true],
    ['follows the flag false, although there is an end', false, 5, false],
    ['takes an end without a flag for final', undefined, 5, true],
    ['takes an end at 0 without a flag for final', undefined, 0, true],
    ['takes neither flag nor end for partial', undefined, null, false],
  ])('%s', (_, sentence_end, end_time, expected) => {
    expect(isFinal({ sentence_end, end_time })).toBe(expected);
  });
});

describe('completeTimes', () => {
  const missing = { begin_time: null, end_time: null };

  it('uses the times of the words when a final sentence has none', () => {
    expect(completeTimes({ ...missing, sentence_end: true, words: WORDS })).toEqual({
      begin_time: 100,
      end_time: 400,
    });
  });

  it('leaves the end of a partial sentence null', () => {
    expect(completeTimes({ ...missing, sentence_end: false, words: WORDS })).toEqual({
      begin_time: 100,
      end_time: null,
    });
  });

  it('prefers the times of the sentence', () => {
    const times = { begin_time: 0, end_time: 500 };
    expect(completeTimes({ ...times, sentence_end: true, words: WORDS })).toEqual(times);
  });

  it('leaves times null that are missing in the words too', () => {
    expect(completeTimes({ ...missing, sentence_end: true, words: [] })).toEqual(missing);
  });
});
