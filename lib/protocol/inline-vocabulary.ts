import { inspect } from 'node:util';
import { anyObject, type Rule } from '../core/options.ts';
import { isHotWordWeight, MAX_SUPER_WORDS, SUPER_WEIGHT } from './hot-words.ts';

/**
 * Hot words that are sent with the recognition itself, without a list in the account: each word with its weight, 1 to 5,
 * or 50 for at most 50 of them.
 */
export type InlineVocabulary = Readonly<Record<string, number>>;

/** Source: the official samples of the Qwen-Audio models. */
const MAX_WORDS = 2000;

/** The rule of {@link InlineVocabulary}. */
export const inlineVocabularyRule: Rule = (value) => {
  if (anyObject(value)) return 'must be an object of words and their weights';
  const words = Object.entries(value as InlineVocabulary);
  if (words.length === 0 || words.length > MAX_WORDS) {
    return `must be an object of 1 to ${MAX_WORDS} words and their weights, not of ${words.length}`;
  }
  const superWords = words.filter(([, weight]) => weight === SUPER_WEIGHT).length;
  if (superWords > MAX_SUPER_WORDS) {
    return `must be an object with at most ${MAX_SUPER_WORDS} words of the weight ${SUPER_WEIGHT}, not ${superWords}`;
  }
  const [word, weight] =
    words.find(([text, given]) => text.trim() === '' || !isHotWordWeight(given, true)) ?? [];
  if (word === undefined) return undefined;
  if (word.trim() === '') return 'must be an object of words that are not empty';
  return `must be an object of words, each with a weight from 1 to 5, or ${SUPER_WEIGHT}: ${JSON.stringify(word)} has ${inspect(weight)}`;
};
