import type { SubtitleLanguage } from '../profiles/language.ts';
import { WORD_RULES, type WordRules } from './word-rules.ts';

/** How good a break before a token is, from the best to the worst. Numbers, because layouts compare very many of them. */
export const BORDER = {
  /** After the end of a sentence. */
  sentence: 0,
  clause: 1,
  comma: 2,
  /** Before a conjunction, or after a phrase that ends a clause. */
  conjunction: 3,
  /** Before a preposition. */
  phrase: 4,
  word: 5,
  /** Between words that are better together. */
  weak: 6,
  /** Between words that belong together, such as article and noun. */
  bad: 7,
  /** Inside a phrase of a script without spaces, between two of its words. */
  insidePhrase: 8,
  /** Inside a word or a number that is wider than a line. */
  insideWord: 9,
} as const;

/** One of {@link BORDER}. */
export type Border = (typeof BORDER)[keyof typeof BORDER];

/** Closing marks and quotation marks that may stand between a mark and the border. */
const CLOSING = /[\p{Pe}\p{Pf}"']+$/u;
const OPENING = /^[\p{Ps}\p{Pi}"'¿¡]+/u;
const SENTENCE_MARK = /[.!?…。！？｡؟।]/u;
const CAPITALISED = /^\p{Lu}[\p{L}'’-]*$/u;

/** An abbreviation such as `a.m.` or `U.S.`, or the initial of a name: its last point rarely ends a sentence. */
const ABBREVIATION = /^(?:\p{L}\.)+$/u;

const INITIALS = /^(?:\p{Lu}\.)+$/u;

/**
 * How good a break between two tokens is.
 * @param left Text of the token before.
 * @param startsSentence Whether that token is the first one of a sentence: its capital letter says nothing then.
 */
export function borderBetween(
  left: string,
  right: string,
  language: SubtitleLanguage,
  startsSentence: boolean,
): Border {
  const rules = WORD_RULES[language];
  const before = left.toLowerCase();
  const bare = before.replace(OPENING, '');
  if (rules.keepWithNext.has(bare) || (rules.keepWithNumber.has(bare) && /^\d/.test(right)))
    return BORDER.bad;

  const after = right
    .toLowerCase()
    .replace(OPENING, '')
    .replace(/\p{P}+$/u, '');
  const marked = bare.replace(CLOSING, '');
  const mark = marked.at(-1) ?? '';
  if (SENTENCE_MARK.test(mark) && (!ABBREVIATION.test(marked) || beginsSentence(right, after, rules)))
    return BORDER.sentence;
  if (rules.clauseMarks.includes(mark)) return BORDER.clause;
  if (rules.commas.includes(mark)) return BORDER.comma;

  if (rules.contraction.test(bare) || isNumberBorder(bare, after, rules)) return BORDER.bad;
  if (rules.hasCapitalisedNames && !startsSentence && isNameBorder(left, right)) return BORDER.bad;
  if (rules.spokenNumbers.size > 0 && isNumber(bare, rules)) return BORDER.weak;
  if (rules.conjunctions.has(after)) return BORDER.conjunction;
  if (rules.weakBefore.has(after) || rules.weakAfter.has(bare) || rules.weakStart.test(after))
    return BORDER.weak;
  if (rules.clauseEnding.test(before)) return BORDER.conjunction;
  if (rules.prepositions.has(after)) return BORDER.phrase;
  return BORDER.word;
}

/** Whether a word after an abbreviation begins a sentence: a word such as an article that has a capital letter. */
function beginsSentence(right: string, after: string, { keepWithNext }: WordRules): boolean {
  return CAPITALISED.test(right.replace(OPENING, '')) && keepWithNext.has(after);
}

function isNumberBorder(before: string, after: string, rules: WordRules): boolean {
  // Where numbers are not written as words, the tokens keep them whole.
  if (rules.spokenNumbers.size === 0 || !isNumber(before, rules)) return false;
  return /^\d/.test(after) || rules.units.has(after) || rules.spokenNumbers.has(after);
}

function isNumber(word: string, { spokenNumbers }: WordRules): boolean {
  return /\d$/.test(word) || spokenNumbers.has(word);
}

/** Two capitalised words are a name, and so are initials and such a word. The pronoun is not a part of it. */
function isNameBorder(left: string, right: string): boolean {
  const after = right.replace(/[\p{P}]+$/u, '').replace(/['’]s$/u, '');
  const before = left.replace(OPENING, '');
  return (
    (CAPITALISED.test(before) || INITIALS.test(before)) &&
    CAPITALISED.test(after) &&
    after !== 'I' &&
    !after.startsWith("I'")
  );
}
