import { expect, it } from 'vitest';
import { charactersOf, widthOf } from '../../../lib/subtitles/cues/characters.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';

it.each([
  ['a', 1],
  ['字', 2],
  ['한', 2],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 2],
  ['\u200d', 0],
])('%s is one character of the width %i', (text, width) => {
  expect(charactersOf(text, PROFILES.en)).toEqual([{ text, width }]);
});

it('characters of ambiguous width are wide beside Han characters only', () => {
  expect(widthOf(charactersOf('…“', PROFILES.en))).toBe(2);
  expect(widthOf(charactersOf('…“', PROFILES.zh))).toBe(4);
});
