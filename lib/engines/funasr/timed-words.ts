import type { Word } from '../../sentence.ts';
import type { EngineSentence } from '../../service/engine.ts';
import type { Stamp } from './runtime-messages.ts';

/** A word of a text. Joined, words and marks give the text. */
interface Token {
  /** With the space before it, except for the first one. */
  readonly text: string;
  /** The marks after it. */
  readonly punctuation: string;
  /** How many times the server sends for it: a number has one for each digit. */
  readonly stamps: number;
  /** Its share of the time of a text without times. */
  readonly weight: number;
}

/** Returns the time at which a share of the weight of a text is spoken, in ms. */
export type TimeOfShare = (share: number) => number;

/**
 * What has a time of its own in the messages of FunASR: a Chinese or Japanese character, a digit, or a run of other
 * letters. A hyphen, an apostrophe and `&` belong to a run. Learnt from the example of `stamp_sents` on the protocol page
 * and from how the C++ server counts. A number with its point is one word here, so that no line breaks in it.
 */
const TOKEN =
  /[0-9]+(?:[.,:][0-9]+)*|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]ー*|(?:(?![0-9]|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana})[\p{L}\p{M}\p{N}&'-])+/gu;
const NUMBER = /^[0-9]/;
/** A character that is spoken as a syllable. Other letters take less time. */
const SYLLABLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}0-9]/u;
const LETTER_WEIGHT = 0.35;
/** Marks that end a sentence. */
const SENTENCE_END = /[。．.！!？?…]/;

/** Words of a text with times, and whether the server has measured them. */
export interface TimedText {
  readonly words: Word[];
  readonly isMeasured: boolean;
}

/**
 * Gives each word of a text its times, if the server sent as many times as the text has characters and words. If not, all
 * times are estimated between the first and the last one: a shifted time is worse than an estimate.
 */
export function timedWords(text: string, stamps: readonly Stamp[]): TimedText {
  const tokens = tokensOf(text);
  const count = tokens.reduce((sum, token) => sum + token.stamps, 0);
  const begin = stamps[0]?.[0] ?? 0;
  const end = Math.max(begin, stamps.at(-1)?.[1] ?? 0);
  if (count !== stamps.length) {
    return { words: wordsAt(tokens, (share) => begin + (end - begin) * share), isMeasured: false };
  }
  let at = 0;
  let reached = begin;
  const words = tokens.map(({ text: word, punctuation, stamps: length }) => {
    const own = stamps.slice(at, at + length);
    at += length;
    const begin_time = Math.max(reached, own[0]?.[0] ?? reached);
    reached = Math.max(begin_time, own.at(-1)?.[1] ?? begin_time);
    return { begin_time, end_time: reached, text: word, punctuation };
  });
  return { words, isMeasured: true };
}

/** Estimates the times of the words of a text without times. */
export function estimatedWords(text: string, timeOf: TimeOfShare): Word[] {
  return wordsAt(tokensOf(text), timeOf);
}

/** The time that a text takes, compared with other texts. */
export function weightOf(text: string): number {
  return tokensOf(text).reduce((sum, { weight }) => sum + weight, 0);
}

/** Splits timed words after the marks that end sentences. */
export function sentencesOf({ words, isMeasured }: TimedText): EngineSentence[] {
  const sentences: EngineSentence[] = [];
  let from = 0;
  for (const [index, { punctuation }] of words.entries()) {
    if (index + 1 < words.length && !SENTENCE_END.test(punctuation)) continue;
    const [first, ...others] = words.slice(from, index + 1);
    from = index + 1;
    if (!first) continue;
    const own = [{ ...first, text: first.text.trimStart() }, ...others];
    sentences.push({
      begin_time: first.begin_time,
      end_time: words[index]?.end_time ?? first.end_time,
      text: own
        .map((word) => word.text + word.punctuation)
        .join('')
        .trim(),
      words: own,
      ...(!isMeasured && { word_times: 'estimated' }),
    });
  }
  return sentences;
}

function wordsAt(tokens: readonly Token[], timeOf: TimeOfShare): Word[] {
  const total = tokens.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  return tokens.map(({ text, punctuation, weight }) => {
    const begin_time = Math.round(timeOf(before / total));
    before += weight;
    return { begin_time, end_time: Math.round(timeOf(before / total)), text, punctuation };
  });
}

/** The words of a text. What precedes the first word is part of it; a text without any word is one. */
function tokensOf(text: string): Token[] {
  const found = [...text.matchAll(TOKEN)];
  if (found.length === 0) {
    return text.trim() === '' ? [] : [{ text: text.trim(), punctuation: '', stamps: 0, weight: 1 }];
  }
  return found.map((match, index) => {
    const [word] = match;
    const next = found[index + 1]?.index ?? text.length;
    const space = index === 0 ? text.slice(0, match.index) : spaceBefore(text, match.index);
    return {
      text: space + word,
      punctuation: text.slice(match.index + word.length, next).trimEnd(),
      stamps: NUMBER.test(word) ? word.replaceAll(/[^0-9]/g, '').length : 1,
      weight: Array.from(word).reduce((sum, letter) => sum + (SYLLABLE.test(letter) ? 1 : LETTER_WEIGHT), 0),
    };
  });
}

/** The white space directly before a position. */
function spaceBefore(text: string, position: number): string {
  let from = position;
  while (from > 0 && /\s/.test(text.charAt(from - 1))) from -= 1;
  return text.slice(from, position);
}
