import { describe, expect, it } from 'vitest';
import { checkHotWords } from '../../lib/protocol/hot-words.ts';

const CHINESE = '热词'.repeat(8);

describe('checkHotWords accepts', () => {
  it.each([
    ['seven words', [{ text: 'one two three four five six seven' }]],
    ['one long word of ASCII', [{ text: 'Donaudampfschifffahrtsgesellschaft' }]],
    ['fifteen characters', [{ text: CHINESE.slice(0, 15) }]],
    ['every weight', [1, 2, 3, 4, 5].map((weight) => ({ text: 'a', weight }))],
    ['a language', [{ text: 'Fun-ASR', lang: 'en' }]],
    ['500 hot words', Array.from({ length: 500 }, (_, index) => ({ text: `word ${index}` }))],
  ])('%s', (_, words) => {
    expect(checkHotWords(words, 'fun-asr-realtime')).toBeUndefined();
  });

  it('every language for a model whose languages are not listed', () => {
    const words = [{ text: 'a', lang: 'de' }];
    expect(checkHotWords(words, 'qwen-audio-3.1-asr-flash-streaming')).toBeUndefined();
  });

  it('super words for the models that support them', () => {
    const words = Array.from({ length: 50 }, () => ({ text: 'a', weight: 50 }));
    expect(checkHotWords(words, 'qwen-audio-3.0-asr-flash-streaming')).toBeUndefined();
    expect(checkHotWords([...words, { text: 'b', weight: 50 }], 'qwen-audio-3.0-asr-flash-streaming')).toBe(
      '51 hot words have the weight 50, at most 50 are allowed',
    );
  });
});

describe('checkHotWords refuses, with the reason,', () => {
  it.each<[unknown, string]>([
    [[], 'there are no hot words'],
    [undefined, 'there are no hot words'],
    [Array.from({ length: 501 }, () => ({ text: 'a' })), 'there are 501 hot words, at most 500 are allowed'],
    [[{ text: 'a' }, null], 'a hot word has no text'],
    [[{ text: ' ' }], 'a hot word has no text'],
    [['word'], 'a hot word has no text'],
    [[{ text: 'a b c d e f g h' }], 'the hot word "a b c d e f g h" has 8 words, at most 7 are allowed'],
    [[{ text: CHINESE }], `the hot word "${CHINESE}" has 16 characters, at most 15 are allowed`],
    [[{ text: 'a', weight: 0 }], 'the hot word "a" must have a weight from 1 to 5, an integer, not 0'],
    [[{ text: 'a', weight: 4.5 }], 'the hot word "a" must have a weight from 1 to 5, an integer, not 4.5'],
    [[{ text: 'a', weight: '4' }], 'the hot word "a" must have a weight from 1 to 5, an integer, not \'4\''],
    [[{ text: 'a', weight: 50 }], 'the hot word "a" must have a weight from 1 to 5, an integer, not 50'],
    [
      [{ text: 'a', lang: 'English' }],
      'the hot word "a" must have a language code such as en, not \'English\'',
    ],
    [
      [{ text: 'a', lang: 'de' }],
      'the hot word "a" is in de, but fun-asr-realtime recognises zh, en, ja only',
    ],
  ])('%j', (words, reason) => {
    expect(checkHotWords(words, 'fun-asr-realtime')).toBe(reason);
  });

  it('languages and super words only when the model is known', () => {
    expect(checkHotWords([{ text: 'a', lang: 'de', weight: 50 }])).toBeUndefined();
  });
});
