import { expect, it } from 'vitest';
import { languageOf, PROFILES, SUBTITLE_LANGUAGES } from '../../../lib/subtitles/profiles/profile.ts';

it.each([
  ['Guten Tag, 25 €', 'en'],
  ['我们今天去 Beijing', 'zh'],
  ['東京へ行った', 'ja'],
  ['カフェ', 'ja'],
  ['오늘은 漢字', 'ko'],
] as const)('%s is laid out by the customs of %s', (text, language) => {
  expect(languageOf(text)).toBe(language);
});

it('the numbers of every language leave room for a cue', () => {
  for (const language of SUBTITLE_LANGUAGES) {
    const profile = PROFILES[language];
    expect(profile.language).toBe(language);
    expect(profile.leastDuration + profile.leastGap).toBeLessThan(profile.greatestDuration);
    expect(profile.maxLineWidth).toBeGreaterThanOrEqual(24);
  }
});
