import type { TimeSpan } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { oneLine } from './one-line.ts';
import type { Profile } from '../profiles/profile.ts';
import { characterTimes } from './character-times.ts';
import { charactersOf } from './characters.ts';
import { type Token, tokensOf } from './tokens.ts';
import { sentenceSpan } from './word-times.ts';

/** A token with the time when it was spoken. */
export interface TimedToken extends Token, TimeSpan {}

/** Splits a sentence into tokens with their times; none for a sentence of punctuation only. */
export function timedTokens(sentence: FinalSentence, profile: Profile): TimedToken[] {
  const text = oneLine(sentence.text);
  if (!/[\p{L}\p{N}\p{S}]/u.test(text)) return [];
  const characters = charactersOf(text, profile);
  const tokens = tokensOf(characters, profile);
  const span = sentenceSpan(sentence);
  const visible = text.includes(' ') ? characters.filter((character) => character.text !== ' ') : characters;
  const times = characterTimes(visible, sentence, span, profile);
  let done = 0;
  return tokens.map((token) => {
    const first = times[done] ?? span;
    done += visibleLength(token.text, token.length);
    const { text: own, width, length, hasSpaceBefore, border } = token;
    const endMs = times[done - 1]?.endMs ?? first.endMs;
    return { text: own, width, length, hasSpaceBefore, border, beginMs: first.beginMs, endMs };
  });
}

/** Punctuation may be joined to a token with the space before it. */
function visibleLength(text: string, length: number): number {
  return text.includes(' ') ? length - (text.split(' ').length - 1) : length;
}
