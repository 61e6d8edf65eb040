import { expect, it } from 'vitest';
import { type SubtitleLanguage } from '../../../lib/subtitles/profiles/language.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';
import { textOf } from '../../../lib/subtitles/cues/characters.ts';
import { tokensOf } from '../../../lib/subtitles/cues/tokens.ts';

function split(text: string, language: SubtitleLanguage): string[] {
  return tokensOf(text, PROFILES[language]).map(({ characters }) => textOf(characters));
}

function breakClasses(text: string, language: SubtitleLanguage): string[] {
  return tokensOf(text, PROFILES[language])
    .slice(1)
    .map(({ breakBefore }) => breakBefore);
}

it.each([
  ['en', 'He said: "well-known" 3.5% $5', ['He', 'said:', '"well-known"', '3.5%', '$5']],
  ['en', 'wait — what ?', ['wait —', 'what ?']],
  ['en', '( see ) 5\u00a0km', ['( see )', '5\u00a0km']],
  ['zh', '我们的讲座，有100元', ['我们的', '讲座，', '有', '100元']],
  ['zh', '他说：「不……」', ['他', '说：', '「不……」']],
  ['ko', '오늘은 날씨가', ['오늘은', '날씨가']],
] as const)('splits the %s text "%s" into %j', (language, text, tokens) => {
  expect(split(text, language)).toEqual(tokens);
});

it('begins no Japanese token with a small kana or a closing mark', () => {
  const tokens = split('行った。「カフェ」へ、ちょっと', 'ja');
  expect(tokens.join('')).toBe('行った。「カフェ」へ、ちょっと');
  for (const token of tokens) expect(token).not.toMatch(/^[っょェ。」、]/u);
});

it('classifies breaks by marks and words', () => {
  expect(breakClasses('Yes. So, then; but the end', 'en')).toEqual([
    'sentence',
    'comma',
    'clause',
    'keepTogether',
    'keepTogether',
  ]);
  expect(breakClasses('tea and Mr. Lee left when called', 'en')).toEqual([
    'conjunction',
    'keepTogether',
    'keepTogether',
    'word',
    'conjunction',
    'keepTogether',
  ]);
  expect(breakClasses('“Yes.” No', 'en')).toEqual(['sentence']);
});

it('cuts a word that is wider than a line, between characters', () => {
  const [first, second, ...rest] = tokensOf('👩‍👩‍👧'.repeat(30), PROFILES.en);
  expect(first?.width).toBe(42);
  expect(second).toMatchObject({ width: 18, breakBefore: 'insideWord', hasSpaceBefore: false });
  expect(rest).toEqual([]);
});
