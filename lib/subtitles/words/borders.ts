import type { Profile } from '../profiles/profile.ts';

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
  /** Inside a word or a number that is wider than a line. */
  insideWord: 8,
} as const;

/** One of {@link BORDER}. */
export type Border = (typeof BORDER)[keyof typeof BORDER];

/** Closing marks and quotation marks that may stand between a mark and the border. */
const CLOSING = /[\p{Pe}\p{Pf}"']+$/u;
const OPENING = /^[\p{Ps}\p{Pi}"'¿¡]+/u;
const SENTENCE_MARK = /[.!?…。！？｡؟।]/u;
const CAPITALISED = /^\p{Lu}[\p{L}'’-]*$/u;
const NUMBER_WORD =
  /^(?:hundred|thousand|million|billion|trillion|percent|per|seconds?|minutes?|hours?|days?|weeks?|months?|years?|degrees?|times|people|points?|dollars?|euros?|pounds?|cents?|kg|kilograms?|kilos?|grams?|km|kilomet(?:er|re)s?|met(?:er|re)s?|miles?|feet|inch(?:es)?|lit(?:er|re)s?|tons?|tonnes?|acres?|am|pm|a\.m|p\.m)$/;
const CONTRACTION = /(?:n['’]t|^(?:i|you|we|they|he|she|it|that|there|who)['’](?:m|re|ve|ll|d|s))$/;
const SPOKEN_NUMBER =
  /^(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million)$/;

/**
 * How good a break between two tokens is.
 * @param left Text of the token before.
 * @param startsSentence Whether that token is the first one of a sentence: its capital letter says nothing then.
 */
export function borderBetween(
  left: string,
  right: string,
  profile: Profile,
  startsSentence: boolean,
): Border {
  const before = left.toLowerCase();
  const bare = before.replace(OPENING, '');
  if (profile.keepWithNext.has(bare)) return BORDER.bad;

  const mark = before.replace(CLOSING, '').at(-1) ?? '';
  if (SENTENCE_MARK.test(mark)) return BORDER.sentence;
  if (profile.clauseMarks.includes(mark)) return BORDER.clause;
  if (profile.commas.includes(mark)) return BORDER.comma;

  const after = right
    .toLowerCase()
    .replace(OPENING, '')
    .replace(/\p{P}+$/u, '');
  if (profile.language === 'en') {
    if (CONTRACTION.test(bare)) return BORDER.bad;
    if (isNumberBorder(bare, after)) return BORDER.bad;
    if (!startsSentence && isNameBorder(left, right)) return BORDER.bad;
    if (/\d$/.test(bare) || SPOKEN_NUMBER.test(bare)) return BORDER.weak;
  }
  if (profile.conjunctions.has(after)) return BORDER.conjunction;
  if (profile.weakBefore.has(after) || profile.weakAfter.has(bare) || profile.weakStarts.test(after))
    return BORDER.weak;
  if (profile.clauseEndings.test(before)) return BORDER.conjunction;
  if (profile.prepositions.has(after)) return BORDER.phrase;
  return BORDER.word;
}

function isNumberBorder(before: string, after: string): boolean {
  const isNumber = /\d$/.test(before) || SPOKEN_NUMBER.test(before);
  return isNumber && (/^\d/.test(after) || NUMBER_WORD.test(after) || SPOKEN_NUMBER.test(after));
}

/** Two capitalised words are a name. The pronoun is not a part of it. */
function isNameBorder(left: string, right: string): boolean {
  const after = right.replace(/[\p{P}]+$/u, '').replace(/['’]s$/u, '');
  return (
    CAPITALISED.test(left.replace(OPENING, '')) &&
    CAPITALISED.test(after) &&
    after !== 'I' &&
    !after.startsWith("I'")
  );
}
