import type { SubtitleLanguage } from '../profiles/language.ts';
import { ENGLISH } from './languages/en.ts';
import { JAPANESE } from './languages/ja.ts';
import { KOREAN } from './languages/ko.ts';
import type { LanguageWords } from './languages/language-words.ts';
import { CHINESE } from './languages/zh.ts';

/** The words of a language, with what is made of their lists once. */
export interface WordRules extends LanguageWords {
  /** A word that is better not separated from the word before. */
  readonly weakStart: RegExp;
  /** A word after which a clause begins. */
  readonly clauseEnding: RegExp;
  /** A contraction. */
  readonly contraction: RegExp;
  /** A text that is a number, or a range of numbers. */
  readonly number: RegExp;
  /** A text that begins with a numeral. */
  readonly numeralFirst: RegExp;
  /** A text that ends with a numeral. */
  readonly numeralLast: RegExp;
  /** A text that ends with the first number of a range and its mark. */
  readonly openRange: RegExp;
  /** A text that ends with a numeral before a measure word, also where the segmenter joins it with the word before, as in 有一. */
  readonly measured: RegExp;
  /** A text that begins with a measure word. */
  readonly measureWord: RegExp;
  /** A text that ends with a numeral and is not a number. */
  readonly notNumber: RegExp;
  /** A text after which a long phrase may be cut. */
  readonly joint: RegExp;
  /** A text that begins with an ending. */
  readonly ending: RegExp;
}

/** The rules of each language, from the tables in `languages/`. */
export const WORD_RULES: Readonly<Record<SubtitleLanguage, WordRules>> = {
  en: rulesOf(ENGLISH),
  zh: rulesOf(CHINESE),
  ja: rulesOf(JAPANESE),
  ko: rulesOf(KOREAN),
};

function rulesOf(words: LanguageWords): WordRules {
  const numeral = String.raw`[\p{N}${words.numerals}]`;
  const range = anyOf(words.rangeMarks);
  const contractions = [
    ...(words.negation === '' ? [] : [`${words.negation}['’]t`]),
    ...(words.contractedPronouns.size === 0
      ? []
      : [`^${anyOf(words.contractedPronouns)}['’]${anyOf(words.contractedVerbs)}`]),
  ];
  return {
    ...words,
    weakStart: new RegExp(`^${anyOf(words.weakStarts)}`, 'u'),
    clauseEnding: new RegExp(`${anyOf(words.clauseEndings)}$`, 'u'),
    contraction: new RegExp(`${anyOf(contractions)}$`, 'u'),
    number: new RegExp(
      String.raw`^(?:${numeral}+${range}+)?[\d,.]*[\p{N}${words.numerals}${words.lastNumerals}]+$`,
      'u',
    ),
    numeralFirst: new RegExp(`^${numeral}`, 'u'),
    numeralLast: new RegExp(`${numeral}$`, 'u'),
    openRange: new RegExp(`${numeral}${range}+$`, 'u'),
    measured: new RegExp(`${anyOf(words.measuredNumerals)}$`, 'u'),
    measureWord: new RegExp(`^${anyOf(words.measureWords)}`, 'u'),
    notNumber: new RegExp(`${anyOf(words.notNumbers)}$`, 'u'),
    joint: new RegExp(`${anyOf(words.joints)}$`, 'u'),
    ending: new RegExp(`^${anyOf(words.endings)}`, 'u'),
  };
}

/** One of some texts, or of the characters of a string; nothing when there are none. They contain no characters with a meaning in patterns. */
function anyOf(texts: Iterable<string>): string {
  const all = [...texts];
  return all.length === 0 ? '(?!)' : `(?:${all.join('|')})`;
}
