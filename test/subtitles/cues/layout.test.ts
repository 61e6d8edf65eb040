import { expect, it } from 'vitest';
import { layOut, type TimedToken } from '../../../lib/subtitles/cues/layout.ts';
import { PROFILES, type Profile } from '../../../lib/subtitles/profiles/profile.ts';
import { textOf } from '../../../lib/subtitles/cues/characters.ts';
import { tokensOf } from '../../../lib/subtitles/cues/tokens.ts';

/**
 * Lays out a text in which each token takes 200 ms. `pauses` are pauses before tokens, in ms, by the text of the token.
 */
function laidOut(text: string, profile: Profile, pauses: Readonly<Record<string, number>> = {}): string[][] {
  let time = 0;
  const tokens: TimedToken[] = tokensOf(text, profile).map((token) => {
    const beginMs = time + (pauses[textOf(token.characters)] ?? 0);
    time = beginMs + 200;
    return { ...token, beginMs, endMs: time };
  });
  return layOut(tokens, profile).map((lines) =>
    lines.map((line) =>
      line.map(({ characters }) => textOf(characters)).join(line[1]?.hasSpaceBefore ? ' ' : ''),
    ),
  );
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
  expect(cue).toEqual(['The report was sent around', 'to all of the people on Friday']);
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
  ).toEqual([['我们今天去北京大学听了一场', '关于人工智能的讲座，'], ['内容非常有意思，大家都很满意。']]);
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
