import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cue, cueOf } from '../../../lib/subtitles/cues/cues.ts';
import { layOut } from '../../../lib/subtitles/cues/layout.ts';
import { timedTokens } from '../../../lib/subtitles/words/timed-tokens.ts';
import { languageOf } from '../../../lib/subtitles/profiles/language.ts';
import { PROFILES, type Profile } from '../../../lib/subtitles/profiles/profile.ts';
import type { FinalSentence } from '../../../lib/sentence.ts';
import { bare, finalSentence, spokenSentences } from './final-sentence.ts';

/** The cues of a sentence, without their words. */
function cuesOf(sentence: FinalSentence, profile: Profile): Omit<Cue, 'words'>[] {
  const tokens = timedTokens(sentence, profile);
  return layOut(tokens, profile).map((range) => {
    const { words, ...cue } = cueOf(tokens, range, {}, profile);
    expect(
      words.map((line) =>
        line.map(({ text, hasSpaceBefore }) => (hasSpaceBefore ? ' ' : '') + text).join(''),
      ),
    ).toEqual(cue.lines);
    return cue;
  });
}

it('begins each cue with its first word and ends it with its last', () => {
  const sentence = finalSentence(
    'I was not there when it happened. My brother saw it all, and told me that night.',
    0,
    6000,
    [
      [100, 2000, 'I was not there when it happened', '.'],
      [2400, 3900, ' My brother saw it all', ','],
      [3950, 5800, ' and told me that night', '.'],
    ],
  );
  expect(cuesOf(sentence, { ...PROFILES.en, maxLineCount: 1 })).toEqual([
    { start: 100, end: 2000, lines: ['I was not there when it happened.'] },
    { start: 2400, end: 3900, lines: ['My brother saw it all,'] },
    { start: 3950, end: 5800, lines: ['and told me that night.'] },
  ]);
});

it('uses the text of the sentence where the words differ', () => {
  const sentence = finalSentence('We met on May 25.', 0, 3000, [
    [0, 1000, 'we met on'],
    [1000, 1500, ' may'],
    [1500, 3000, ' twenty five'],
  ]);
  expect(cuesOf(sentence, PROFILES.en)).toEqual([{ start: 0, end: 3000, lines: ['We met on May 25.'] }]);
});

it('uses the times of the sentence when it has no words', () => {
  expect(cuesOf(finalSentence('Yes.', 500, 900), PROFILES.en)).toEqual([
    { start: 500, end: 900, lines: ['Yes.'] },
  ]);
});

it.each(['', ' ', '...', '。', '\u200b', '\n-->'.slice(0, 1)])('makes no cue of %j', (text) => {
  expect(cuesOf(finalSentence(text, 0, 1000), PROFILES.en)).toEqual([]);
});

it('starts every cue with its first word', () => {
  fc.assert(
    fc.property(spokenSentences, (sentences) => {
      for (const sentence of sentences) {
        const profile = PROFILES[languageOf(sentence.text)];
        let before = 0;
        for (const cue of cuesOf(sentence, profile)) {
          const first = sentence.words[wordAt(sentence.words, before)];
          // A word without spaces may be cut inside.
          expect(cue.start).toBeGreaterThanOrEqual(first?.begin_time ?? 0);
          expect(cue.start).toBeLessThanOrEqual(first?.end_time ?? 0);
          expect(cue.lines.length).toBeLessThanOrEqual(2);
          before += bareLength(cue);
        }
      }
    }),
  );
});

function bareLength(cue: Pick<Cue, 'lines'>): number {
  return bare(cue.lines.join('')).length;
}

/** Index of the word that contains the character at a position. */
function wordAt(words: ReadonlyArray<{ text: string; punctuation: string }>, characters: number): number {
  let spoken = 0;
  return words.findIndex((word) => {
    spoken += bare(word.text + word.punctuation).length;
    return spoken > characters;
  });
}

it.each<[string, FinalSentence['words'][number][], string[]]>([
  [
    '100％です',
    [timedWord(0, 600, '100'), timedWord(2400, 2900, '％'), timedWord(2900, 3400, 'です')],
    // A mark never begins a cue.
    ['100％です'],
  ],
  [
    '2024年に',
    [timedWord(0, 600, '2024'), timedWord(2400, 2700, '年'), timedWord(2700, 3000, 'に')],
    ['2024', '年に'],
  ],
  ['超大国', [timedWord(0, 600, '超'), timedWord(2100, 2700, '大国')], ['超', '大国']],
  ['超大国', [timedWord(0, 600, '超'), timedWord(2099, 2700, '大国')], ['超大国']],
])('separates cues at a pause of 1.5 s inside a token: %s %#', (text, words, expected) => {
  const end = words.at(-1)?.end_time ?? 0;
  const sentence = { ...finalSentence(text, 0, end), words };
  expect(cuesOf(sentence, PROFILES.zh).flatMap(({ lines }) => lines)).toEqual(expected);
});

function timedWord(begin_time: number, end_time: number, text: string): FinalSentence['words'][number] {
  return { begin_time, end_time, text, punctuation: '' };
}

it.each([
  [
    'en',
    'I know, but Dr. Berg asks https://www.example.com.',
    'I know, but Dr. Berg asks https://www.example.com',
  ],
  ['zh', '你好，我们去看 https://www.example.com 吧。', '你好，我们去看 https://www.example.com 吧'],
] as const)(
  'removes the mark at the end of a %s text, but none of a word or address that continues',
  (language, text, expected) => {
    const profile = {
      ...PROFILES[language],
      maxLineCount: 1,
      maxLineWidth: 16,
      stripPunctuation: true,
    } as const;
    const tokens = timedTokens(finalSentence(text, 0, 6000), profile);
    const lines = layOut(tokens, profile).flatMap((range) => cueOf(tokens, range, {}, profile).lines);
    expect(lines.join('').replaceAll(' ', '')).toBe(expected.replaceAll(' ', ''));
    expect(lines.filter((line) => line.endsWith('.'))).not.toEqual([]);
  },
);
