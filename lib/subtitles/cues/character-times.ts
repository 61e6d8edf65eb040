import type { FinalSentence } from '../../sentence.ts';
import { align } from './alignment.ts';
import { type Character, charactersOf, widthOf } from './characters.ts';
import { oneLine } from '../one-line.ts';
import type { Profile } from '../profiles/profile.ts';
import { type Span, wordTimes } from './word-times.ts';

/**
 * When each character of a sentence was spoken. The text is the truth, the words carry the times, and the two
 * may differ (numbers are rewritten): what is found in the words takes its time from there, the rest shares the
 * time between.
 * @param characters The characters of the text that are no white space.
 * @param span When the sentence was spoken.
 */
export function characterTimes(
  characters: readonly Character[],
  sentence: FinalSentence,
  span: Span,
  profile: Profile,
): Span[] {
  const spoken = spokenCharacters(sentence, span, profile);
  if (spoken.length === 0) return share(characters, span);

  const places = align(
    characters.map(({ text }) => text),
    spoken.map(({ text }) => text),
  );
  const times: Span[] = [];
  for (let index = 0; index < characters.length; ) {
    const place = places[index];
    const matched = place === undefined ? undefined : spoken[place];
    if (matched) {
      times.push(matched);
      index += 1;
      continue;
    }
    let next = index + 1;
    while (next < characters.length && places[next] === undefined) next += 1;
    const run = characters.slice(index, next);
    const time = between(spoken, places[index - 1] ?? -1, places[next] ?? spoken.length, run);
    // One by one: a call takes only so many arguments.
    for (const part of share(run, time)) times.push(part);
    index = next;
  }
  return times;
}

interface Spoken extends Span {
  readonly text: string;
}

function spokenCharacters({ words }: FinalSentence, span: Span, profile: Profile): Spoken[] {
  const spelled = words
    .map((word) => ({ word, characters: spelling(`${word.text}${word.punctuation ?? ''}`, profile) }))
    .filter(({ characters }) => characters.length > 0);
  const times = wordTimes(
    spelled.map(({ word }) => word),
    spelled.map(({ characters }) => widthOf(characters)),
    span,
  );
  return spelled.flatMap(({ characters }, index) => share(characters, times[index] ?? span));
}

function spelling(text: string, profile: Profile): Character[] {
  return charactersOf(oneLine(text), profile).filter((character) => character.text !== ' ');
}

/**
 * The time of a run of text that is not in the words, standing between two spoken characters: that of the words
 * which it replaces; else the pause there, unless it is only punctuation, which nobody speaks.
 */
function between(spoken: readonly Span[], before: number, after: number, run: readonly Character[]): Span {
  const first = spoken[0]?.begin ?? 0;
  const last = spoken.at(-1)?.end ?? first;
  const begin = spoken[before]?.end ?? first;
  if (after > before + 1)
    return { begin: spoken[before + 1]?.begin ?? begin, end: spoken[after - 1]?.end ?? last };
  const isSpoken = run.some(({ text }) => /[\p{L}\p{N}]/u.test(text));
  return { begin, end: isSpoken ? (spoken[after]?.begin ?? last) : begin };
}

/** Shares a span of time out by width. */
function share(characters: readonly Character[], { begin, end }: Span): Spoken[] {
  const total = widthOf(characters) || 1;
  let done = 0;
  const now = (): number => Math.round(begin + ((end - begin) * done) / total);
  return characters.map(({ text, width }) => {
    const from = now();
    done += width;
    return { text, begin: from, end: now() };
  });
}
