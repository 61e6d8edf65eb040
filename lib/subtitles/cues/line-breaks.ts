import type { Profile } from '../profiles/profile.ts';
import { type Character, textOf } from './characters.ts';

/** How good a break between two tokens is, from the best to the worst. */
export type BreakClass =
  | 'sentence'
  | 'clause'
  | 'comma'
  | 'conjunction'
  | 'word'
  | 'keepTogether'
  | 'insideWord';

/** Scripts that are written without spaces between words. */
const SCRIPT_WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}]/u;

/**
 * Not allowed at the start of a line (kinsoku, JIS X 4051): closing marks, dashes, small kana, prolonged sound and
 * iteration marks.
 */
const NOT_FIRST = /^[\p{Pe}\p{Pf}\p{Pd}\p{Po}々ヽヾー～ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ]/u;

/** Not allowed at the end of a line (kinsoku): opening marks, and the currency sign of an amount. */
export const NOT_LAST: RegExp = /[\p{Ps}\p{Pi}\p{Sc}¿¡]$/u;

/** A number is not separated from its unit or measure word. */
const NUMERAL_LAST = /[\p{N}一二三四五六七八九十百千万亿両两几]$/u;

/** Whether a text contains characters of a script that is written without spaces between words. */
export function isWithoutSpaces(text: string): boolean {
  return SCRIPT_WITHOUT_SPACES.test(text);
}

/** Whether a line may break between two characters without a space between them. */
export function mayBreak(left: string, right: string): boolean {
  if (NOT_FIRST.test(right) || NOT_LAST.test(left) || NUMERAL_LAST.test(left)) return false;
  return isWithoutSpaces(left) || isWithoutSpaces(right);
}

/**
 * Whether a word is not separated from the word before it. A numeral at its end is ignored, because the segmenter treats
 * 了一 as one word.
 */
export function staysWithPrevious(word: string, { keepWithPrevious }: Profile): boolean {
  return keepWithPrevious.has(word.replace(NUMERAL_LAST, ''));
}

/** How good a break between two pieces of text is. */
export function breakClass(
  left: readonly Character[],
  right: readonly Character[],
  profile: Profile,
): BreakClass {
  const before = textOf(left).toLowerCase();
  if (profile.keepWithNext.has(before.replace(/^\p{P}+/u, ''))) return 'keepTogether';

  const mark = before.replace(/[\p{Pe}\p{Pf}"']+$/u, '').at(-1) ?? '';
  if (/[.!?…。！？｡]/u.test(mark)) return 'sentence';
  if (profile.clauseMarks.includes(mark)) return 'clause';
  if (profile.commas.includes(mark)) return 'comma';

  const after = textOf(right).toLowerCase();
  if (profile.conjunctions.has(after.replace(/\p{P}+$/u, ''))) return 'conjunction';
  // Hiragana are mostly particles and verb endings, which belong to the word before.
  return profile.language === 'ja' && /^\p{Script=Hiragana}/u.test(after) ? 'keepTogether' : 'word';
}
