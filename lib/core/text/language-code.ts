/** What people write in place of a code. They are not accepted, as some are codes of other languages. */
const MEANT: Readonly<Record<string, string>> = {
  cn: 'zh',
  jp: 'ja',
  kr: 'ko',
  cantonese: 'yue',
  chinese: 'zh',
  english: 'en',
  japanese: 'ja',
  korean: 'ko',
  mandarin: 'zh',
};

/** Chinese of these regions may be Mandarin or Cantonese. */
const UNCLEAR_REGIONS: readonly (string | undefined)[] = ['HK', 'MO'];

/** Old forms in which the language is the second part, such as `zh-yue`. */
const EXTENDED = /^zh-(yue|cmn|wuu)(?=-|$)/;

/** A code of models for Wu that is not one of ISO 639. */
const WU = 'wu';

/** Codes of ISO 639 for what is not one language: several, none, unknown and uncoded ones. */
const NOT_ONE_LANGUAGE: readonly string[] = ['mul', 'zxx', 'und', 'mis'];

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** What stands for a language that is detected. */
export const AUTO = 'auto';

/** The code of a language, or why a text is none. */
export type LanguageCode = { readonly code: string } | { readonly reason: string };

/**
 * Reads the ISO 639 code of one language in any common form: `ZH`, `zh-CN`, `zh_Hans_CN`, `cmn` and `zho` are `zh`.
 * @returns With a reason, a sentence about the text, when it is not clear.
 */
export function readLanguageCode(text: string): LanguageCode {
  const tag = text.trim().replaceAll('_', '-').toLowerCase();
  if (/[,;+\s]/.test(tag)) return { reason: 'It must be one language: the one that is spoken most.' };
  const meant = MEANT[tag];
  if (meant !== undefined) return { reason: `Did you mean ${meant}?` };
  if (tag === WU) return { code: WU };
  const locale = localeOf(tag.replace(EXTENDED, '$1'));
  // It is undefined for `und` in some versions of Node.js.
  const language: string | undefined = locale?.language;
  if (language === undefined || NOT_ONE_LANGUAGE.includes(language) || names.of(language) === undefined)
    return { reason: 'It must be the code of a language, such as zh, yue, en or ja.' };
  if (language === 'zh' && UNCLEAR_REGIONS.includes(locale?.region))
    return { reason: 'It must be zh for Mandarin, or yue for Cantonese.' };
  return { code: language };
}

/** As {@link readLanguageCode}. `auto` is no code: the language is detected, as without one. */
export function readLanguageOrAuto(text: string): LanguageCode | { readonly code: undefined } {
  return text.trim().toLowerCase() === AUTO ? { code: undefined } : readLanguageCode(text);
}

/** How a code is written that is known in another form; undefined when it is in the right one already, or not clear. */
export function correctedCode(text: string): string | undefined {
  const read = readLanguageCode(text);
  return 'code' in read && read.code !== text ? read.code : undefined;
}

/** The English name of a language; its code when it has none. */
export function languageName(code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

function localeOf(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
}
