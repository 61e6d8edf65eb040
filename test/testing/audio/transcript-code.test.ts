import { describe, expect, it } from 'vitest';
import {
  formatTranscript,
  parseTranscript,
  type ReceivedAudio,
} from '../../../lib/testing/audio/transcript-code.ts';

describe('the text of a sentence', () => {
  it.each<[string, ReceivedAudio]>([
    ['Sentence 5 received 12000-13500.', { number: 5, ranges: [[12_000, 13_500]] }],
    [
      'Sentence 12 received 0-0.0625 12000.5-13500.',
      {
        number: 12,
        ranges: [
          [0, 0.0625],
          [12_000.5, 13_500],
        ],
      },
    ],
  ])('is formatted and parsed: %s', (text, audio) => {
    expect(formatTranscript(audio)).toBe(text);
    expect(parseTranscript(text)).toEqual(audio);
  });

  it.each([
    '',
    'yes',
    'Sentence 5 received .',
    'Sentence five received 1-2.',
    'Sentence 5 received 1-2. yes',
  ])('is not parsed from %j', (text) => {
    expect(parseTranscript(text)).toBeUndefined();
  });
});
