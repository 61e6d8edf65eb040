import type { TimeSpan } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { oneLine } from './one-line.ts';
import type { Profile } from '../profiles/profile.ts';
import { characterTimes } from './character-times.ts';
import { BORDER } from './borders.ts';
import { charactersOf, textOf, widthOf } from './characters.ts';
import { isBound } from './kinsoku.ts';
import { type Token, tokensOf } from './tokens.ts';
import { sentenceSpan } from './word-times.ts';

/** A token with the time when it was spoken. */
export interface TimedToken extends Token, TimeSpan {}

/** A pause of this length always separates two cues, in ms. */
export const SEPARATING_PAUSE_MS = 1500;

/**
 * Splits a sentence into tokens with their times; none for a sentence of punctuation only. A token has no pause inside that
 * separates cues: what was glued to the word before it is a token of its own then.
 */
export function timedTokens(sentence: FinalSentence, profile: Profile): TimedToken[] {
  const text = oneLine(sentence.text);
  if (!/[\p{L}\p{N}\p{S}]/u.test(text)) return [];
  const characters = charactersOf(text, profile);
  const tokens = tokensOf(characters, profile);
  const span = sentenceSpan(sentence);
  const visible = text.includes(' ') ? characters.filter((character) => character.text !== ' ') : characters;
  const times = characterTimes(visible, sentence, span, profile);
  const timed: TimedToken[] = [];
  let done = 0;
  for (const token of tokens) {
    const from = done;
    done += visibleLength(token.text, token.length);
    const first = times[from] ?? span;
    const endMs = times[done - 1]?.endMs ?? first.endMs;
    const { text: own, width, length, hasSpaceBefore, border } = token;
    const whole = { text: own, width, length, hasSpaceBefore, border, beginMs: first.beginMs, endMs };
    if (endMs - first.beginMs < SEPARATING_PAUSE_MS) timed.push(whole);
    else timed.push(...splitAtPauses(whole, times.slice(from, done), profile));
  }
  return timed;
}

/** Splits a token at the pauses inside it. Marks stay with the word that they belong to. */
function splitAtPauses(token: TimedToken, times: readonly TimeSpan[], profile: Profile): TimedToken[] {
  const characters = charactersOf(token.text, profile);
  const parts: TimedToken[] = [];
  let from = 0;
  let at = 0;
  let beginMs = token.beginMs;
  let hasSpaceBefore = token.hasSpaceBefore;
  const push = (to: number, next: number): void => {
    const own = characters.slice(from, to);
    const endMs = times[at - 1]?.endMs ?? token.endMs;
    const border = parts.length === 0 ? token.border : BORDER.insideWord;
    parts.push({
      text: textOf(own),
      width: widthOf(own),
      length: own.length,
      hasSpaceBefore,
      border,
      beginMs,
      endMs,
    });
    hasSpaceBefore = next > to;
    from = next;
    beginMs = times[at]?.beginMs ?? endMs;
  };
  let isAfterSpace = false;
  for (const [index, { text }] of characters.entries()) {
    if (text === ' ') {
      isAfterSpace = true;
      continue;
    }
    const pauseMs = (times[at]?.beginMs ?? 0) - (times[at - 1]?.endMs ?? Infinity);
    const left = characters[index - (isAfterSpace ? 2 : 1)]?.text ?? '';
    if (pauseMs >= SEPARATING_PAUSE_MS && !isBound(left, text)) push(isAfterSpace ? index - 1 : index, index);
    isAfterSpace = false;
    at += 1;
  }
  push(characters.length, characters.length);
  return parts;
}

/** Punctuation may be joined to a token with the space before it. */
function visibleLength(text: string, length: number): number {
  return text.includes(' ') ? length - (text.split(' ').length - 1) : length;
}
