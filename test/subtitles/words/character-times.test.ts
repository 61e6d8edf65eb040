import { expect, it } from 'vitest';
import { charactersOf } from '../../../lib/subtitles/words/characters.ts';
import { characterTimes } from '../../../lib/subtitles/words/character-times.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';
import { sentenceSpan } from '../../../lib/subtitles/words/word-times.ts';
import { finalSentence } from '../cues/final-sentence.ts';

function timesOf(sentence: ReturnType<typeof finalSentence>): Map<string, number[]> {
  const characters = charactersOf(sentence.text.replaceAll(' ', ''), PROFILES.en);
  const times = characterTimes(characters, sentence, sentenceSpan(sentence), PROFILES.en);
  expect(times).toHaveLength(characters.length);
  return new Map(times.map(({ beginMs, endMs }, index) => [characters[index]?.text ?? '', [beginMs, endMs]]));
}

it('divides the time of a word among its characters', () => {
  const times = timesOf(
    finalSentence('ab c.', 0, 900, [
      [0, 400, 'ab'],
      [600, 900, ' c', '.'],
    ]),
  );
  expect(times.get('a')).toEqual([0, 200]);
  expect(times.get('b')).toEqual([200, 400]);
  expect(times.get('c')).toEqual([600, 750]);
});

it('sets the time of a rewritten number to that of the words that it replaces', () => {
  const times = timesOf(
    finalSentence('up 7 km', 0, 2000, [
      [0, 300, 'up'],
      [900, 1200, ' seven'],
      [1500, 2000, ' km'],
    ]),
  );
  expect(times.get('7')).toEqual([900, 1200]);
  expect(times.get('k')).toEqual([1500, 1750]);
});

it('does not extend a mark that is not in the words into the pause after it', () => {
  const times = timesOf(
    finalSentence('so, yes', 0, 3000, [
      [0, 300, 'so'],
      [2000, 3000, ' yes'],
    ]),
  );
  expect(times.get(',')).toEqual([300, 300]);
  expect(times.get('y')?.[0]).toBe(2000);
});

it('sets the time of text that is not in the words to the pause at its place', () => {
  const times = timesOf(
    finalSentence('a x b', 0, 900, [
      [0, 300, 'a'],
      [600, 900, ' b'],
    ]),
  );
  expect(times.get('x')).toEqual([300, 600]);
});

it('divides the time of a sentence without words by width', () => {
  expect(timesOf(finalSentence('a字', 0, 900))).toEqual(
    new Map([
      ['a', [0, 300]],
      ['字', [300, 900]],
    ]),
  );
});
