/** A word of a text, and where it is. */
export interface TextWord {
  /** The word, with the space before it unless it is the first one. */
  readonly text: string;
  /** The marks after it. */
  readonly punctuation: string;
  /** Place of its first UTF-16 unit among those that are not spaces. */
  readonly begin: number;
  /** Place after it and its marks. */
  readonly end: number;
  /** Place after it, before its marks. */
  readonly textEnd: number;
}

/** One character of a script without spaces. Korean has spaces. */
const CHARACTER = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々ー〇]`;
const MARK = String.raw`[^\p{L}\p{N}\p{M}\s]`;
/** Marks that begin a word, then one character or a run of letters, then the marks after it, up to the next opening one. */
const WORD = new RegExp(
  String.raw`(\s*)(${MARK}*(?:${CHARACTER}|(?:(?!${CHARACTER})[^\s])*(?:(?!${CHARACTER})[\p{L}\p{N}\p{M}]))|${MARK}+)((?:(?!\p{Ps}|\p{Pi})${MARK})*)`,
  'gu',
);

/**
 * Splits a text into words. In scripts without spaces each character is a word, as in results of the cloud. Joined, texts
 * and marks give the text.
 */
export function splitWords(text: string): TextWord[] {
  const words: TextWord[] = [];
  let at = 0;
  for (const [, space = '', word = '', punctuation = ''] of text.trim().matchAll(WORD)) {
    const begin = at;
    const textEnd = begin + word.length;
    at = textEnd + punctuation.length;
    words.push({ text: space + word, punctuation, begin, textEnd, end: at });
  }
  return words;
}
