import { describe, expect, it } from 'vitest';
import { type Heard, heardText, readHeard } from '../../../lib/testing/audio/transcript-code.ts';

describe('what was heard of a sentence', () => {
  it.each<[string, Heard]>([
    ['Sentence 5 heard 12000-13500.', { number: 5, spans: [[12_000, 13_500]] }],
    [
      'Sentence 12 heard 0-0.0625 12000.5-13500.',
      {
        number: 12,
        spans: [
          [0, 0.0625],
          [12_000.5, 13_500],
        ],
      },
    ],
  ])('is told by its text: %s', (text, heard) => {
    expect(heardText(heard)).toBe(text);
    expect(readHeard(text)).toEqual(heard);
  });

  it.each(['', 'yes', 'Sentence 5 heard .', 'Sentence five heard 1-2.', 'Sentence 5 heard 1-2. yes'])(
    'is not told by %j',
    (text) => {
      expect(readHeard(text)).toBeUndefined();
    },
  );
});
