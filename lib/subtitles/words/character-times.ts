import type { TimeSpan } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { oneLine } from './one-line.ts';
import type { Profile } from '../profiles/profile.ts';
import { align } from './alignment.ts';
import { type Character, charactersOf, widthOf } from './characters.ts';
import { wordTimes } from './word-times.ts';

/**
 * Computes when each character of a sentence was spoken. The text of the sentence and its words may differ (numbers are
 * rewritten). Characters that are found in the words get their times from there; the others share the time between.
 * @param characters The characters of the text, without white space.
 * @param span When the sentence was spoken.
 */
export function characterTimes(
  characters: readonly Character[],
  sentence: FinalSentence,
  span: TimeSpan,
  profile: Profile,
): TimeSpan[] {
  const spoken = timedCharacters(sentence, span, profile);
  if (spoken.length === 0) return shareByWidth(characters, span);

  const positions = align(
    characters.map(({ text }) => text),
    spoken.map(({ text }) => text),
  );
  const times: TimeSpan[] = [];
  for (let index = 0; index < characters.length; ) {
    const position = positions[index];
    const match = position === undefined ? undefined : spoken[position];
    if (match) {
      times.push(match);
      index += 1;
      continue;
    }
    let next = index + 1;
    while (next < characters.length && positions[next] === undefined) next += 1;
    const run = characters.slice(index, next);
    const time = timeBetween(spoken, positions[index - 1] ?? -1, positions[next] ?? spoken.length, run);
    // One by one, because the number of arguments of a call is limited.
    for (const part of shareByWidth(run, time)) times.push(part);
    index = next;
  }
  return times;
}

interface TimedCharacter extends TimeSpan {
  readonly text: string;
}

/** The characters of the words, with their times. */
function timedCharacters({ words }: FinalSentence, span: TimeSpan, profile: Profile): TimedCharacter[] {
  const spelled = words
    .map((word) => ({
      word,
      characters: visibleCharacters(`${word.text}${word.punctuation ?? ''}`, profile),
    }))
    .filter(({ characters }) => characters.length > 0);
  const times = wordTimes(
    spelled.map(({ word }) => word),
    spelled.map(({ characters }) => widthOf(characters)),
    span,
  );
  return spelled.flatMap(({ characters }, index) => shareByWidth(characters, times[index] ?? span));
}

function visibleCharacters(text: string, profile: Profile): Character[] {
  return charactersOf(oneLine(text), profile).filter((character) => character.text !== ' ');
}

/**
 * Time of a run of text that is not in the words, between two characters that are: the time of the words that it
 * replaces, else the pause at that place. Punctuation alone takes no time.
 */
function timeBetween(
  spoken: readonly TimeSpan[],
  before: number,
  after: number,
  run: readonly Character[],
): TimeSpan {
  const firstMs = spoken[0]?.beginMs ?? 0;
  const lastMs = spoken.at(-1)?.endMs ?? firstMs;
  const beginMs = spoken[before]?.endMs ?? firstMs;
  if (after > before + 1) {
    return { beginMs: spoken[before + 1]?.beginMs ?? beginMs, endMs: spoken[after - 1]?.endMs ?? lastMs };
  }
  const isSpoken = run.some(({ text }) => /[\p{L}\p{N}]/u.test(text));
  return { beginMs, endMs: isSpoken ? (spoken[after]?.beginMs ?? lastMs) : beginMs };
}

/** Divides a span of time among characters, in proportion to their widths. */
function shareByWidth(characters: readonly Character[], { beginMs, endMs }: TimeSpan): TimedCharacter[] {
  const total = widthOf(characters) || 1;
  let done = 0;
  const timeMs = (): number => Math.round(beginMs + ((endMs - beginMs) * done) / total);
  return characters.map(({ text, width }) => {
    const from = timeMs();
    done += width;
    return { text, beginMs: from, endMs: timeMs() };
  });
}
