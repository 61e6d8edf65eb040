import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../../lib/engines/local/words/split-words.ts';
import { characterTimes, estimateTimes } from '../../../../lib/engines/local/words/token-times.ts';
import { writtenText } from '../../../../lib/engines/local/words/written-text.ts';

const result = (text: string, tokens: string[], timestamps: number[]) => ({
  text,
  tokens,
  timestamps,
  lang: '',
});

describe('characterTimes', () => {
  it('divides a token among its characters, and limits the last one', () => {
    const times = characterTimes(result('we hear 你', ['▁we', '▁hear', '你'], [0, 0.2, 0.6]));
    expect(times?.map(({ begin, end }) => [begin, end].map(Math.round))).toEqual([
      [0, 100],
      [100, 200],
      [200, 300],
      [300, 400],
      [400, 500],
      [500, 600],
      [600, 1000],
    ]);
  });

  it('joins the parts of words of a paraformer, and leaves out tags', () => {
    const times = characterTimes(result('hello', ['<|en|>', 'hel@@', 'lo'], [0, 0.1, 0.4]));
    expect(times).toHaveLength(5);
  });

  it('gives nothing for a model without times, and for tokens of another text', () => {
    expect(characterTimes(result('你好', ['你', '好'], []))).toBeUndefined();
    expect(characterTimes(result('20', ['二', '十'], [0, 1]))).toBeUndefined();
  });
});

describe('estimateTimes', () => {
  it('gives each character the same share', () => {
    expect(estimateTimes(2, { begin: 100, end: 300 })).toEqual([
      { begin: 100, end: 200 },
      { begin: 200, end: 300 },
    ]);
  });
});

describe('splitWords', () => {
  it.each([
    ['Hello, world.', ['Hello|,', ' world|.']],
    ['我用 iPhone 手机，好吗？', ['我|', '用|', ' iPhone|', ' 手|', '机|，', '好|', '吗|？']],
    ['「こん」と', ['「こ|', 'ん|」', 'と|']],
    ['안녕 하세요.', ['안녕|', ' 하세요|.']],
    ['3.5%的人', ['3.5|%', '的|', '人|']],
  ])('splits %s', (text, words) => {
    expect(splitWords(text).map((word) => `${word.text}|${word.punctuation}`)).toEqual(words);
  });
});

describe('writtenText', () => {
  it.each([
    ['你 好,世界.', 'zh', '你好，世界。'],
    ['我用iPhone手机', 'zh', '我用 iPhone 手机'],
    ['今日は, 晴れ.', 'ja', '今日は、晴れ。'],
    ['iPhone を 使う', 'ja', 'iPhoneを使う'],
    ['大约3.5公里', 'zh', '大约3.5公里'],
    ['Well, yes.', undefined, 'Well, yes.'],
  ])('writes %s of %s', (text, language, written) => {
    expect(writtenText(text, language)).toBe(written);
  });
});
