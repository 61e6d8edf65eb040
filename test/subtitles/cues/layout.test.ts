import { expect, it } from 'vitest';
import { layOut } from '../../../lib/subtitles/cues/layout.ts';
import type { TimedToken } from '../../../lib/subtitles/words/timed-tokens.ts';
import { PROFILES, type Profile } from '../../../lib/subtitles/profiles/profile.ts';
import { charactersOf } from '../../../lib/subtitles/words/characters.ts';
import { tokensOf } from '../../../lib/subtitles/words/tokens.ts';

/**
 * Lays out a text in which each token takes `tokenMs`. `pauses` are pauses before tokens, in ms, by the text of the token.
 */
function laidOut(
  text: string,
  profile: Profile,
  pauses: Readonly<Record<string, number>> = {},
  tokenMs = 400,
): string[][] {
  let time = 0;
  const tokens: TimedToken[] = tokensOf(charactersOf(text, profile), profile).map((token) => {
    const beginMs = time + (pauses[token.text] ?? 0);
    time = beginMs + tokenMs;
    return { ...token, beginMs, endMs: time };
  });
  const lineOf = (from: number, to: number): string[] => {
    const line = tokens.slice(from, to);
    const texts = line.map((token, index) => (token.hasSpaceBefore && index > 0 ? ' ' : '') + token.text);
    return line.length > 0 ? [texts.join('')] : [];
  };
  return layOut(tokens, profile).map(({ from, lineAt, to }) => [
    ...lineOf(from, lineAt),
    ...lineOf(lineAt, to),
  ]);
}

it('puts a short sentence on one line', () => {
  expect(laidOut('He might even have been made amiable.', PROFILES.en)).toEqual([
    ['He might even have been made amiable.'],
  ]);
});

it('breaks a line after a mark rather than between words', () => {
  expect(laidOut('And so, my fellow Americans, ask not what your country can do.', PROFILES.en)).toEqual([
    ['And so, my fellow Americans,', 'ask not what your country can do.'],
  ]);
});

it('ends no line with a word that belongs to the next', () => {
  const [cue] = laidOut('The report was sent around to all of the people on Friday', PROFILES.en);
  expect(cue).toEqual(['The report was sent', 'around to all of the people on Friday']);
});

it('splits text that does not fit into one cue at the best mark', () => {
  expect(
    laidOut(
      'I was not there when it happened. My brother saw it all, and he told me everything that night.',
      PROFILES.en,
    ),
  ).toEqual([
    ['I was not there when it happened.'],
    ['My brother saw it all,', 'and he told me everything that night.'],
  ]);
});

it('breaks Chinese after a comma and between words, not within a word', () => {
  expect(
    laidOut('我们今天去北京大学听了一场关于人工智能的讲座，内容非常有意思，大家都很满意。', PROFILES.zh),
  ).toEqual([['我们今天去北京大学听了', '一场关于人工智能的讲座，'], ['内容非常有意思，大家都很满意。']]);
});

it('splits at a long pause, even words that fit on one line', () => {
  expect(laidOut('one two three', PROFILES.en, { two: 1500 })).toEqual([['one'], ['two three']]);
  expect(laidOut('one two three', PROFILES.en, { two: 1400 })).toEqual([['one two three']]);
});

it('uses one line per cue when maxLineCount is 1', () => {
  const cues = laidOut('He might even have been made amiable himself by then.', {
    ...PROFILES.en,
    maxLineCount: 1,
  });
  expect(cues).toEqual([['He might even have been made'], ['amiable himself by then.']]);
});

it('lets short sentences share a cue when one of them alone would be too short', () => {
  expect(laidOut('Yes. I know. Go.', PROFILES.en, {}, 150)).toEqual([['Yes. I know. Go.']]);
  expect(laidOut('Yes. I know. Go.', PROFILES.en, {}, 1000)).toEqual([['Yes.'], ['I know.'], ['Go.']]);
});

it('does not let sentences share a cue over a pause', () => {
  expect(laidOut('Yes. I know that this is so.', PROFILES.en, { I: 800 }, 300)).toEqual([
    ['Yes.'],
    ['I know that this is so.'],
  ]);
});

it('splits a cue that would be longer than the maximum duration', () => {
  const cues = laidOut('We waited and we waited and then it came', PROFILES.en, {}, 900);
  expect(cues).toEqual([['We waited and we waited'], ['and then it came']]);
});

it('limits the number of words in a line', () => {
  const profile = { ...PROFILES.en, maxWordsPerLine: 3 };
  for (const cue of laidOut('one two three four five six seven eight', profile))
    for (const line of cue) expect(line.split(' ').length).toBeLessThanOrEqual(3);
});
