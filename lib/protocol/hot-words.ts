import { inspect } from 'node:util';
import type { Rule } from '../core/options.ts';
import { findModel } from '../protocol/models.ts';

/** A word or phrase that the model is to recognise better. */
export interface HotWord {
  /** At most 15 characters when some of them are not ASCII, else at most 7 words. */
  readonly text: string;
  /**
   * 1 to 5: the higher, the sooner it is heard, in the place of similar words too. 50 is for `qwen-audio`
   * models only.
   * @default 4
   */
  readonly weight?: number | undefined;
  /**
   * Code of its language, one of the model's. It then counts only in recognition with this language hint.
   * @default none: it counts in every language
   */
  readonly lang?: string | undefined;
}

/** Source: the official pages on custom hot words; of the count, what users report. */
const MAX_WORDS = 500;
const MAX_CHARACTERS = 15;
const MAX_PARTS = 7;
const MAX_WEIGHT = 5;
/** "Super" words. Between the greatest weight and this one nothing is defined. */
const SUPER_WEIGHT = 50;
const MAX_SUPER_WORDS = 50;

/** What weighs best by the official page, and is sent where a word has no weight. */
export const DEFAULT_WEIGHT = 4;

/** The rule of the prefix that stands in the id of a list. */
export const PREFIX: Rule = (value) =>
  typeof value === 'string' && /^[a-z0-9]{1,9}$/.test(value)
    ? undefined
    : 'must be 1 to 9 lower-case letters and digits';

/**
 * Says what is wrong with a list of hot words, of whatever origin; undefined when the service takes it.
 * @param model That they are for; without it, only what holds for every model is checked.
 */
export function brokenHotWords(list: unknown, model?: string): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return 'there are no hot words';
  if (list.length > MAX_WORDS) return `there are ${list.length} hot words, at most ${MAX_WORDS} are allowed`;
  const superWords = list.filter((word: Partial<HotWord> | null) => word?.weight === SUPER_WEIGHT);
  if (superWords.length > MAX_SUPER_WORDS) {
    return `${superWords.length} hot words weigh ${SUPER_WEIGHT}, at most ${MAX_SUPER_WORDS} may`;
  }
  return list.map((word) => brokenHotWord(word, model)).find(Boolean);
}

function brokenHotWord(word: unknown, model: string | undefined): string | undefined {
  const { text, weight, lang } = (typeof word === 'object' && word !== null ? word : {}) as Record<
    string,
    unknown
  >;
  if (typeof text !== 'string' || text.trim() === '') return 'a hot word has no text';
  const broken = brokenText(text) ?? brokenWeight(weight, model) ?? brokenLanguage(lang, model);
  return broken && `the hot word ${JSON.stringify(text)} ${broken}`;
}

function brokenText(text: string): string | undefined {
  if (/^\p{ASCII}*$/u.test(text)) {
    const parts = text.trim().split(/ +/).length;
    return parts > MAX_PARTS ? `has ${parts} words, at most ${MAX_PARTS} are allowed` : undefined;
  }
  const characters = Array.from(text).length;
  return characters > MAX_CHARACTERS
    ? `has ${characters} characters, at most ${MAX_CHARACTERS} are allowed`
    : undefined;
}

function brokenWeight(weight: unknown, model: string | undefined): string | undefined {
  if (weight === undefined) return undefined;
  if (weight === SUPER_WEIGHT && (model === undefined || model.startsWith('qwen-audio'))) return undefined;
  return Number.isInteger(weight) && Number(weight) >= 1 && Number(weight) <= MAX_WEIGHT
    ? undefined
    : `must weigh an integer from 1 to ${MAX_WEIGHT}, not ${inspect(weight)}`;
}

function brokenLanguage(lang: unknown, model: string | undefined): string | undefined {
  if (lang === undefined) return undefined;
  if (typeof lang !== 'string' || !/^[a-z]{2,3}$/.test(lang)) {
    return `must have a language code such as en, not ${inspect(lang)}`;
  }
  const languages = (model !== undefined && findModel(model)?.languages) || [lang];
  return languages.includes(lang)
    ? undefined
    : `is in ${lang}, but ${model} recognises ${languages.join(', ')} only`;
}
