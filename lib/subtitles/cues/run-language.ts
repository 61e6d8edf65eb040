import type { FinalSentence } from '../../sentence.ts';
import {
  type SubtitleLanguage,
  scriptsOf,
  languageOfScripts,
  subtitleLanguageOf,
} from '../profiles/language.ts';

/**
 * The language of each sentence of a run: that of the option, else that which the sentence says, else by the script of its text.
 * A short sentence of Han characters only may be Chinese or Japanese, and a Chinese one may quote some kana: all texts of the
 * run decide.
 */
export class RunLanguage {
  readonly #language: SubtitleLanguage | undefined;
  #han = 0;
  #kana = 0;

  /** @param language Of all sentences. @default by each sentence */
  constructor(language?: SubtitleLanguage) {
    this.#language = language;
  }

  of({ text, language }: FinalSentence): SubtitleLanguage {
    if (this.#language) return this.#language;
    const stated = statedLanguage(language);
    if (stated) return stated;
    const scripts = scriptsOf(text);
    this.#han += scripts.han;
    this.#kana += scripts.kana;
    const isCjk = scripts.han + scripts.kana > 0;
    return languageOfScripts(isCjk ? { ...scripts, han: this.#han, kana: this.#kana } : scripts);
  }
}

/** The language that a sentence states; undefined when it states none. */
export function statedLanguage(language: unknown): SubtitleLanguage | undefined {
  return typeof language === 'string' ? subtitleLanguageOf(language) : undefined;
}
