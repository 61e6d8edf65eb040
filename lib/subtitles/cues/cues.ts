import type { FinalSentence } from '../../sentence.ts';
import { characterTimes } from './character-times.ts';
import { type Line, layOut, type TimedToken } from './layout.ts';
import { oneLine } from '../one-line.ts';
import type { Profile } from '../profiles/profile.ts';
import { textOf, tokensOf } from './tokens.ts';
import { sentenceSpan } from './word-times.ts';

/** One subtitle: what stands on the screen at a time. */
export interface Cue {
  /** Integer ms from the start of the input. Never before its first word is spoken. */
  readonly start: number;
  /** Integer ms, after `start` and never after the start of the next cue. */
  readonly end: number;
  /** One or two lines of plain text, none of them blank. */
  readonly lines: readonly string[];
}

/** The cues of one sentence, in which each begins with its first word and ends with its last. */
export function cuesOf(sentence: FinalSentence, profile: Profile): Cue[] {
  const text = oneLine(sentence.text);
  // A sentence of nothing but punctuation has nothing to read.
  if (!/[\p{L}\p{N}\p{S}]/u.test(text)) return [];

  return layOut(timedTokens(text, sentence, profile), profile).map((lines) => ({
    start: lines[0]?.[0]?.begin ?? 0,
    end: lines.at(-1)?.at(-1)?.end ?? 0,
    lines: lines.map(lineText),
  }));
}

function timedTokens(text: string, sentence: FinalSentence, profile: Profile): TimedToken[] {
  const tokens = tokensOf(text, profile);
  const characters = tokens.flatMap((token) => token.characters);
  const span = sentenceSpan(sentence);
  const times = characterTimes(characters, sentence, span, profile);
  let done = 0;
  return tokens.map((token) => {
    const first = times[done] ?? span;
    done += token.characters.length;
    return { ...token, begin: first.begin, end: times[done - 1]?.end ?? first.end };
  });
}

function lineText(line: Line): string {
  return line
    .map((token, index) => (token.spaced && index > 0 ? ' ' : '') + textOf(token.characters))
    .join('')
    .trim();
}
