import { type LanguageWords, NO_WORDS } from './language-words.ts';

/** Korean. Its words are separated by spaces. */
export const KOREAN: LanguageWords = { ...NO_WORDS, clauseMarks: ';:', commas: ',，' };
