import { describe, expect, it } from 'vitest';
import { compare, type ReceivedSentence } from '../../../lib/testing/trial/compare.ts';
import type { Script } from '../../../lib/testing/audio/script.ts';

const SCRIPT: Script = {
  durationMs: 10_000,
  sentences: [
    { begin_time: 0, end_time: 1000 },
    { begin_time: 1000, end_time: 2000, text: 'yes' },
    { begin_time: 2100, end_time: 3000, text: 'yes' },
    { begin_time: 4000, end_time: 5000 },
  ],
};

const first: ReceivedSentence = { begin_time: 0, end_time: 1000, text: 'Sentence 1 received 0-1000.' };
const second: ReceivedSentence = { begin_time: 1000, end_time: 2000, text: 'yes' };
const third: ReceivedSentence = { begin_time: 2100, end_time: 3000, text: 'yes' };
const fourth: ReceivedSentence = { begin_time: 4000, end_time: 5000, text: 'Sentence 4 received 4000-5000.' };
const EXACT = {
  isExact: true,
  lost: [],
  duplicated: [],
  damaged: [],
  outOfOrder: [],
  unexpected: [],
  largestTimeErrorMs: 0,
};

describe('compare', () => {
  it('reports an exact result', () => {
    expect(compare(SCRIPT, [first, second, third, fourth])).toEqual(EXACT);
    expect(compare({ durationMs: 5, sentences: [] }, [])).toEqual(EXACT);
  });

  it.each<[string, ReceivedSentence[], object]>([
    ['is missing', [first, second, third], { lost: [4] }],
    ['with a repeated text is missing', [first, third, fourth], { lost: [2] }],
    ['came twice', [first, first, second, third, fourth], { duplicated: [1] }],
    ['with a repeated text came twice', [first, second, third, third, fourth], { duplicated: [3] }],
    ['came too late', [first, third, second, fourth], { outOfOrder: [2] }],
    [
      'is not of the script',
      [first, second, third, { ...fourth, text: 'no' }, fourth],
      { unexpected: [{ ...fourth, text: 'no' }] },
    ],
    [
      'has a text of the script at another time',
      [first, second, third, fourth, { ...third, begin_time: 3000, end_time: 3500 }],
      { unexpected: [{ ...third, begin_time: 3000, end_time: 3500 }] },
    ],
    [
      'has an unknown number',
      [first, second, third, fourth, { ...fourth, text: 'Sentence 5 received 1-2.' }],
      { unexpected: [{ ...fourth, text: 'Sentence 5 received 1-2.' }] },
    ],
    [
      'is only partial',
      [{ ...first, end_time: null }, second, third, fourth],
      { lost: [1], unexpected: [{ ...first, end_time: null }] },
    ],
    [
      'lacks its beginning',
      [first, second, third, { ...fourth, text: 'Sentence 4 received 4001-5000.' }],
      { damaged: [4] },
    ],
    [
      'lacks a part in the middle',
      [first, second, third, { ...fourth, text: 'Sentence 4 received 4000-4500 4501-5000.' }],
      { damaged: [4] },
    ],
  ])('detects a sentence that %s', (_, sentences, wrong) => {
    expect(compare(SCRIPT, sentences)).toEqual({ ...EXACT, isExact: false, ...wrong });
  });

  it('measures the error of begin and end times', () => {
    const late = { ...third, begin_time: 2107, end_time: 2989 };
    expect(compare(SCRIPT, [first, second, late, fourth])).toEqual({ ...EXACT, largestTimeErrorMs: 11 });
    const shifted = { ...fourth, begin_time: 4300, end_time: 5300 };
    expect(compare(SCRIPT, [first, second, third, shifted])).toEqual({ ...EXACT, largestTimeErrorMs: 300 });
  });
});
