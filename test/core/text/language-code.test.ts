import { describe, expect, it } from 'vitest';
import { correctedCode, languageName, readLanguageCode } from '../../../lib/core/text/language-code.ts';

describe('readLanguageCode', () => {
  it.each([
    ['zh', 'zh'],
    ['ZH', 'zh'],
    ['zh-CN', 'zh'],
    ['zh_Hans_CN', 'zh'],
    ['zh-TW', 'zh'],
    ['cmn', 'zh'],
    ['zho', 'zh'],
    ['zh-yue', 'yue'],
    ['zh-cmn-Hans', 'zh'],
    ['yue-HK', 'yue'],
    ['wu', 'wu'],
    ['EN-us', 'en'],
    ['jpn', 'ja'],
  ])('reads %s as %s', (text, code) => {
    expect(readLanguageCode(text)).toEqual({ code });
  });

  it.each([
    '',
    'xx',
    'q',
    'zh-',
    'klingonisch',
    '中文',
    'zh,en',
    'zh en',
    'zh-HK',
    'zh-Hant-MO',
    'cn',
    'jp',
    'English',
    'und',
    'mul',
    'zxx',
    'mis',
    'und-CN',
  ])('refuses %j with a sentence', (text) => {
    expect(readLanguageCode(text)).toEqual({ reason: expect.stringMatching(/^[A-Z].*[.?]$/) as string });
  });
});

it('corrects only codes that are clear and written in another form', () => {
  expect(['zh-CN', 'EN', 'zh', 'xx', 'zh-HK'].map(correctedCode)).toEqual([
    'zh',
    'en',
    undefined,
    undefined,
    undefined,
  ]);
});

it('names languages in English, and shows a code without a name as it is', () => {
  expect(['zh', 'yue', 'xx', 'und', 'not a code'].map(languageName)).toEqual([
    'Chinese',
    'Cantonese',
    'xx',
    'und',
    'not a code',
  ]);
});
