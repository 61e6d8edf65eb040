import { inspect } from 'node:util';
import type { Rule } from '../core/options.ts';
import { findCloudModel } from './cloud-models.ts';

/** A word or phrase that the model should recognise better. */
export interface HotWord {
  /** At most 15 characters when some of them are not ASCII, else at most 7 words. */
  readonly text: string;
  /**
   * 1 to 5. The higher, the more often the word is recognised, also in place of similar words. 50 is for `qwen-audio`
   * models only.
   * @default 4
   */
  readonly weight?: number | undefined;
  /**
   * Code of its language, one of the model's. The word then applies only to recognition with this language hint.
   * @default none: it applies to every language
   */
  readonly lang?: string | undefined;
}

/** Source: the official pages on custom hot words; reports of users for the number of words. */
const MAX_WORDS = 500;
const MAX_CHARACTERS = 15;
const MAX_PARTS = 7;
const MAX_WEIGHT = 5;
/** Weight of a "super" word. Weights between {@link MAX_WEIGHT} and this one are not defined. */
export const SUPER_WEIGHT = 50;
/** Largest number of super words in a list. */
export const MAX_SUPER_WORDS = 50;

/** Weight that the official page recommends. It is sent for a word without weight. */
export const DEFAULT_HOT_WORD_WEIGHT = 4;

/** The rule of the prefix in the id of a list. */
export const vocabularyPrefixRule: Rule = (value) =>
  typeof value === 'string' && /^[a-z0-9]{1,9}$/.test(value)
    ? undefined
    : 'must be 1 to 9 lower-case letters and digits';

/**
 * Checks a list of hot words of unknown type.
 * @param model The model that they are for. Without it, only the rules for all models are checked.
 * @returns What is wrong with the list; undefined when the service accepts it.
 */
export function checkHotWords(list: unknown, model?: string): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return 'there are no hot words';
  if (list.length > MAX_WORDS) return `there are ${list.length} hot words, at most ${MAX_WORDS} are allowed`;
  const superWords = list.filter((word: Partial<HotWord> | null) => word?.weight === SUPER_WEIGHT);
  if (superWords.length > MAX_SUPER_WORDS) {
    return `${superWords.length} hot words have the weight ${SUPER_WEIGHT}, at most ${MAX_SUPER_WORDS} are allowed`;
  }
  return list.map((word) => checkHotWord(word, model)).find(Boolean);
}

function checkHotWord(word: unknown, model: string | undefined): string | undefined {
  const { text, weight, lang } = (typeof word === 'object' && word !== null ? word : {}) as Record<
    string,
    unknown
  >;
  if (typeof text !== 'string' || text.trim() === '') return 'a hot word has no text';
  const violation = checkText(text) ?? checkWeight(weight, model) ?? checkLanguage(lang, model);
  return violation && `the hot word ${JSON.stringify(text)} ${violation}`;
}

function checkText(text: string): string | undefined {
  if (/^\p{ASCII}*$/u.test(text)) {
    const parts = text.trim().split(/ +/).length;
    return parts > MAX_PARTS ? `has ${parts} words, at most ${MAX_PARTS} are allowed` : undefined;
  }
  const characters = Array.from(text).length;
  return characters > MAX_CHARACTERS
    ? `has ${characters} characters, at most ${MAX_CHARACTERS} are allowed`
    : undefined;
}

function checkWeight(weight: unknown, model: string | undefined): string | undefined {
  if (weight === undefined) return undefined;
  return isHotWordWeight(weight, model === undefined || model.startsWith('qwen-audio'))
    ? undefined
    : `must have a weight from 1 to ${MAX_WEIGHT}, an integer, not ${inspect(weight)}`;
}

/** Whether a weight is valid. @param hasSuperWords Whether the model has super words. */
export function isHotWordWeight(weight: unknown, hasSuperWords: boolean): boolean {
  if (weight === SUPER_WEIGHT) return hasSuperWords;
  return Number.isInteger(weight) && Number(weight) >= 1 && Number(weight) <= MAX_WEIGHT;
}

function checkLanguage(lang: unknown, model: string | undefined): string | undefined {
  if (lang === undefined) return undefined;
  if (typeof lang !== 'string' || !/^[a-z]{2,3}$/.test(lang)) {
    return `must have a language code such as en, not ${inspect(lang)}`;
  }
  const languages = model === undefined ? [] : (findCloudModel(model)?.languages ?? []);
  return languages.length === 0 || languages.includes(lang)
    ? undefined
    : `is in ${lang}, but ${model} recognises ${languages.join(', ')} only`;
}
