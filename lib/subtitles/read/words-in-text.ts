import type { ReadWord } from './transcript-values.ts';

/** A word is expected within this many characters after the one before. */
const SEARCH_LENGTH = 24;

const LETTER = /[\p{L}\p{M}\p{N}]/u;
const LETTER_WITH_SPACES =
  /(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{M}\p{N}]/u;

/** A word that is in the text, and where. */
interface FoundWord {
  readonly word: ReadWord;
  readonly from: number;
  readonly to: number;
  /** Words after it that are not in the text. */
  readonly others: ReadWord[];
}

/**
 * Gives words the spelling of the text that they are the words of: OpenAI writes words without punctuation. What is in the text
 * only, such as a number that is written out in the words, belongs to the word beside it, with the time of the words that it
 * replaces. A word that nothing in the text replaces stays as it is.
 */
export function wordsInText(words: readonly ReadWord[], text: string): ReadWord[] {
  const found = findWords(words, text);
  const [first] = found;
  if (!first) return [...words];
  const leading = words.slice(0, words.indexOf(first.word));
  const isReplaced = LETTER.test(text.slice(0, first.from));
  const firstMs = (isReplaced ? leading[0] : undefined)?.beginMs ?? first.word.beginMs;
  found[0] = { ...first, word: { ...first.word, beginMs: firstMs } };
  let from = 0;
  const spelled = found.flatMap(({ word, to, others }, index) => {
    const next = found[index + 1]?.from ?? text.length;
    const end = index === found.length - 1 ? next : to + leftLength(text.slice(to, next));
    const piece = text.slice(from, end);
    const spaceBefore = index > 0 && /^\s/u.test(piece) ? ' ' : '';
    from = end;
    const here: ReadWord = { ...word, text: piece.trim(), spaceBefore };
    if (!LETTER.test(text.slice(to, next))) return [here, ...others];
    return [{ ...here, endMs: others.at(-1)?.endMs ?? word.endMs }];
  });
  return isReplaced ? spelled : [...leading, ...spelled];
}

/** Finds the words in the text, in order. */
function findWords(words: readonly ReadWord[], text: string): FoundWord[] {
  const lower = text.toLowerCase();
  // Positions are those of the text only when no letter has another length in lower case.
  const searched = lower.length === text.length ? lower : text;
  const found: FoundWord[] = [];
  let position = 0;
  for (const word of words) {
    const bare = word.text.toLowerCase();
    const at = bare === '' ? -1 : positionOf(bare, searched, position);
    if (at < 0) {
      found.at(-1)?.others.push(word);
      continue;
    }
    position = at + bare.length;
    found.push({ word, from: at, to: position, others: [] });
  }
  return found;
}

/** Where a whole word is in a text, not far after a position; -1 when it is not there. */
function positionOf(word: string, text: string, position: number): number {
  const window = text.slice(0, position + SEARCH_LENGTH + word.length);
  for (let at = window.indexOf(word, position); at >= 0; at = window.indexOf(word, at + 1)) {
    const end = at + word.length;
    const isCut =
      (LETTER_WITH_SPACES.test(word.at(0) ?? '') && LETTER_WITH_SPACES.test(text[at - 1] ?? '')) ||
      (LETTER_WITH_SPACES.test(word.at(-1) ?? '') && LETTER_WITH_SPACES.test(text[end] ?? ''));
    if (!isCut) return at;
  }
  return -1;
}

/** How much of what is between two words belongs to the first one: all before the last space, and the letters and marks without one. */
function leftLength(between: string): number {
  const space = between.search(/\s\S*$/u);
  return space >= 0 && !LETTER.test(between.slice(space)) ? space : between.length;
}
