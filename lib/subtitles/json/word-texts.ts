import type { FinalSentence, Word } from '../../sentence.ts';
import { spaceBetween } from '../../core/text/join-text.ts';

/** A word as other programs write it. */
export interface WordText {
  readonly word: Word;
  /** Without white space and punctuation. */
  readonly text: string;
  readonly punctuated: string;
  /** Whether a space separates it from the word before. The first word has one too, unless its script has no spaces. */
  readonly hasSpaceBefore: boolean;
}

/** A word is expected within this many characters after the one before. */
const SEARCH_LENGTH = 24;

/** The texts of the words of a sentence. The text of the sentence decides where spaces are. */
export function wordTexts({ text: whole, words }: FinalSentence): WordText[] {
  let from = 0;
  let before = '。';
  return words.map((word) => {
    const text = word.text.trim();
    const punctuated = text + (typeof word.punctuation === 'string' ? word.punctuation.trim() : '');
    const at = whole.slice(from, from + SEARCH_LENGTH + text.length).indexOf(text);
    // Between the words may also be punctuation, as an opening quotation mark.
    const between = at < 0 ? '' : whole.slice(from, from + at);
    const isInside = from > 0 && at >= 0 && text !== '';
    const hasSpaceBefore = isInside ? /\s/.test(between) : spaceBetween(before, text) === ' ';
    if (at >= 0) from += at + text.length;
    before = punctuated;
    return { word, text, punctuated, hasSpaceBefore };
  });
}
