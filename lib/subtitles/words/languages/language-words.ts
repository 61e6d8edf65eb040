/**
 * The words and marks of a language that decide where a line or a cue may end. Words are in lower case. A list of a language
 * that has no such words is empty.
 */
export interface LanguageWords {
  /** Marks that end a clause. */
  readonly clauseMarks: string;
  /** Marks with a shorter pause. */
  readonly commas: string;
  /** Words that must not be separated from the next word. */
  readonly keepWithNext: ReadonlySet<string>;
  /** Words that must not be separated from a number after them. */
  readonly keepWithNumber: ReadonlySet<string>;
  /** Words that are never separated from the word before. */
  readonly keepWithPrevious: ReadonlySet<string>;
  /** Words before which a break is good. */
  readonly conjunctions: ReadonlySet<string>;
  /** Words before which a break is better than before other words. */
  readonly prepositions: ReadonlySet<string>;
  /** Words that are better not separated from the word before. */
  readonly weakBefore: ReadonlySet<string>;
  /** Words that are better not separated from the next word. */
  readonly weakAfter: ReadonlySet<string>;
  /** Beginnings of words that are better not separated from the word before. */
  readonly weakStarts: ReadonlySet<string>;
  /** Endings of words after which a clause begins. */
  readonly clauseEndings: ReadonlySet<string>;
  /** Pronouns that an apostrophe may join with a verb: a contraction belongs to the next word. */
  readonly contractedPronouns: ReadonlySet<string>;
  /** What follows the apostrophe of such a contraction. */
  readonly contractedVerbs: ReadonlySet<string>;
  /** What stands before the apostrophe of a negated verb, as in don't; empty when there are none. */
  readonly negation: string;
  /** Numbers that are written as words. */
  readonly spokenNumbers: ReadonlySet<string>;
  /** Words that belong to the number before them: units, currencies. */
  readonly units: ReadonlySet<string>;
  /** Whether two words with a capital letter are a name. */
  readonly hasCapitalisedNames: boolean;
  /** Characters of numbers, besides digits. */
  readonly numerals: string;
  /** Characters that end a number only, such as 几 in 十几. */
  readonly lastNumerals: string;
  /** What stands between the two numbers of a range. */
  readonly rangeMarks: ReadonlySet<string>;
  /** Numerals that a measure word may follow. */
  readonly measuredNumerals: string;
  /** Beginnings of the words that follow a numeral and count something. */
  readonly measureWords: string;
  /** Words that end with a numeral and are not numbers. */
  readonly notNumbers: ReadonlySet<string>;
  /** Characters after which a long phrase may be cut. */
  readonly joints: string;
  /** Beginnings of endings, which are never cut off. */
  readonly endings: ReadonlySet<string>;
}

/** The words of a text as a set: a list with white space between the words. */
export function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/** Numerals are the same in all languages with Han characters. They also occur in texts of other languages. */
export const HAN_NUMERALS = '一二三四五六七八九十百千万萬亿億两兩';

/** A language without words of its own. */
export const NO_WORDS: LanguageWords = {
  clauseMarks: '',
  commas: '',
  keepWithNext: new Set(),
  keepWithNumber: new Set(),
  keepWithPrevious: new Set(),
  conjunctions: new Set(),
  prepositions: new Set(),
  weakBefore: new Set(),
  weakAfter: new Set(),
  weakStarts: new Set(),
  clauseEndings: new Set(),
  contractedPronouns: new Set(),
  contractedVerbs: new Set(),
  negation: '',
  spokenNumbers: new Set(),
  units: new Set(),
  hasCapitalisedNames: false,
  numerals: HAN_NUMERALS,
  lastNumerals: '両几幾',
  rangeMarks: words('到 至 ~ ～'),
  measuredNumerals: '',
  measureWords: '',
  notNumbers: new Set(),
  joints: '',
  endings: new Set(),
};
