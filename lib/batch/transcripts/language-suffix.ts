import type { FinalSentence } from '../../sentence.ts';
import { languageOfScripts, scriptsOf } from '../../subtitles/profiles/language.ts';

/** A language code, such as `en`, `yue` or `zh-Hant`. It is safe in a file name. */
const CODE = /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i;

/** The code for a text whose language is not known. */
const UNKNOWN = 'und';

/** Whether a text is a language code. */
export function isLanguageCode(text: string): boolean {
  return CODE.test(text);
}

/**
 * The code of a language that a transcript states: OpenAI writes `chinese` where others write `zh`.
 * @returns Undefined when it is neither a code nor the English name of a language.
 */
export function languageCode(stated: unknown): string | undefined {
  if (typeof stated !== 'string') return undefined;
  const code = stated.trim().replaceAll('_', '-');
  return isLanguageCode(code) ? code : languageNames().get(code.toLowerCase());
}

/**
 * The language of a transcript, for the names of its outputs: the one with the most text. A sentence without a stated language
 * has that of its script. Latin script is English, because nothing shows another language.
 */
export function languageOfTranscript(sentences: readonly FinalSentence[]): string {
  const amounts = new Map<string, number>();
  const count = (language: string, amount: number): void => {
    amounts.set(language, (amounts.get(language) ?? 0) + amount);
  };
  // Han characters alone may be Chinese or Japanese: all sentences decide.
  const cjk = { han: 0, kana: 0, hangul: 0 };
  let cjkAmount = 0;
  for (const { text, language } of sentences) {
    const stated = languageCode(language);
    const scripts = scriptsOf(text);
    const characters = scripts.han + scripts.kana + scripts.hangul;
    if (stated !== undefined) {
      count(stated, text.length);
    } else if (characters > 0) {
      cjk.han += scripts.han;
      cjk.kana += scripts.kana;
      cjk.hangul += scripts.hangul;
      cjkAmount += text.length;
    } else {
      count(isLatin(text) ? 'en' : UNKNOWN, text.length);
    }
  }
  if (cjkAmount > 0) count(languageOfScripts(cjk), cjkAmount);
  const [most] = [...amounts].toSorted(([, one], [, other]) => other - one);
  return most?.[0] ?? UNKNOWN;
}

/** The stem of outputs with the language at its end, once. */
export function withLanguage(stem: string, language: string): string {
  return stem.toLowerCase().endsWith(`.${language.toLowerCase()}`) ? stem : `${stem}.${language}`;
}

function isLatin(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return latin > 0 && latin * 2 >= letters;
}

let names: ReadonlyMap<string, string> | undefined;

/** The codes of all languages by their English names in lower case. */
function languageNames(): ReadonlyMap<string, string> {
  names ??= new Map(namedCodes());
  return names;
}

function* namedCodes(): Generator<[name: string, code: string]> {
  const display = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  for (const code of [...codes, 'yue']) {
    const name = display.of(code);
    // An old code, such as `iw`, has the name of its new one.
    if (name && Intl.getCanonicalLocales(code)[0] === code) yield [name.toLowerCase(), code];
  }
}
