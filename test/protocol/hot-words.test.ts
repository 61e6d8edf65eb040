import { describe, expect, it } from 'vitest';
import { brokenHotWords } from '../../lib/account/hot-words.ts';

const CHINESE = '热词'.repeat(8);

describe('hot words that the service takes', () => {
  it.each([
    ['seven words', [{ text: 'one two three four five six seven' }]],
    ['one long word of ASCII', [{ text: 'Donaudampfschifffahrtsgesellschaft' }]],
    ['fifteen characters', [{ text: CHINESE.slice(0, 15) }]],
    ['every weight', [1, 2, 3, 4, 5].map((weight) => ({ text: 'a', weight }))],
    ['a language', [{ text: 'Fun-ASR', lang: 'en' }]],
    ['five hundred of them', Array.from({ length: 500 }, (_, index) => ({ text: `word ${index}` }))],
  ])('%s', (_, words) => {
    expect(brokenHotWords(words, 'fun-asr-realtime')).toBeUndefined();
  });

  it('super words, for the models that have them', () => {
    const words = Array.from({ length: 50 }, () => ({ text: 'a', weight: 50 }));
    expect(brokenHotWords(words, 'qwen-audio-3.0-asr-flash-streaming')).toBeUndefined();
    expect(brokenHotWords([...words, { text: 'b', weight: 50 }], 'qwen-audio-3.0-asr-flash-streaming')).toBe(
      '51 hot words weigh 50, at most 50 may',
    );
  });
});

describe('what the service would not take is named', () => {
  it.each<[unknown, string]>([
    [[], 'there are no hot words'],
    [undefined, 'there are no hot words'],
    [Array.from({ length: 501 }, () => ({ text: 'a' })), 'there are 501 hot words, at most 500 are allowed'],
    [[{ text: 'a' }, null], 'a hot word has no text'],
    [[{ text: ' ' }], 'a hot word has no text'],
    [['word'], 'a hot word has no text'],
    [[{ text: 'a b c d e f g h' }], 'the hot word "a b c d e f g h" has 8 words, at most 7 are allowed'],
    [[{ text: CHINESE }], `the hot word "${CHINESE}" has 16 characters, at most 15 are allowed`],
    [[{ text: 'a', weight: 0 }], 'the hot word "a" must weigh an integer from 1 to 5, not 0'],
    [[{ text: 'a', weight: 4.5 }], 'the hot word "a" must weigh an integer from 1 to 5, not 4.5'],
    [[{ text: 'a', weight: '4' }], 'the hot word "a" must weigh an integer from 1 to 5, not \'4\''],
    [[{ text: 'a', weight: 50 }], 'the hot word "a" must weigh an integer from 1 to 5, not 50'],
    [
      [{ text: 'a', lang: 'English' }],
      'the hot word "a" must have a language code such as en, not \'English\'',
    ],
    [
      [{ text: 'a', lang: 'de' }],
      'the hot word "a" is in de, but fun-asr-realtime recognises zh, en, ja only',
    ],
  ])('%j', (words, reason) => {
    expect(brokenHotWords(words, 'fun-asr-realtime')).toBe(reason);
  });

  it('but languages and super words only when the model is known', () => {
    expect(brokenHotWords([{ text: 'a', lang: 'de', weight: 50 }])).toBeUndefined();
  });
});
