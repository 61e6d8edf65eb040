import { expect, it } from 'vitest';
import { languageOf, SUBTITLE_LANGUAGES } from '../../../lib/subtitles/profiles/language.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';

it.each([
  ['Guten Tag, 25 €', 'en'],
  ['我们今天去 Beijing', 'zh'],
  ['東京へ行った', 'ja'],
  ['カフェ', 'ja'],
  ['오늘은 漢字', 'ko'],
] as const)('the text %s follows the rules of %s', (text, language) => {
  expect(languageOf(text)).toBe(language);
});

it('the limits of every language leave room for a cue', () => {
  for (const language of SUBTITLE_LANGUAGES) {
    const profile = PROFILES[language];
    expect(profile.language).toBe(language);
    expect(profile.minCueDurationMs + profile.minGapMs).toBeLessThan(profile.maxCueDurationMs);
    expect(profile.maxLineWidth).toBeGreaterThanOrEqual(24);
  }
});
