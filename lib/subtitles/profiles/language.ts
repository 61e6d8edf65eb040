/** Languages with subtitle rules of their own. Any other language is laid out like English. */
export const SUBTITLE_LANGUAGES = ['en', 'zh', 'ja', 'ko'] as const;

/** One of {@link SUBTITLE_LANGUAGES}. */
export type SubtitleLanguage = (typeof SUBTITLE_LANGUAGES)[number];

const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const HANGUL = /\p{Script=Hangul}/gu;
const HAN = /\p{Script=Han}/gu;

/** A text is Japanese when at least one in this number of its Han and kana characters is kana. */
const KANA_SHARE = 8;

/**
 * The language of the subtitle rules for a text, by the script of its characters. Names of products bring some kana into
 * Chinese texts: a few of them do not make a text Japanese.
 */
export function languageOf(text: string): SubtitleLanguage {
  return languageOfScripts(scriptsOf(text));
}

/** Numbers of characters of the scripts that decide. */
export interface ScriptCounts {
  readonly han: number;
  readonly kana: number;
  readonly hangul: number;
}

export function scriptsOf(text: string): ScriptCounts {
  // The common case, for speed.
  if (/^[\0-\u02ff]*$/.test(text)) return { han: 0, kana: 0, hangul: 0 };
  return { han: count(text, HAN), kana: count(text, KANA), hangul: count(text, HANGUL) };
}

/** As {@link languageOf}, of texts whose characters were counted. */
export function languageOfScripts({ han, kana, hangul }: ScriptCounts): SubtitleLanguage {
  if (hangul > han + kana) return 'ko';
  if (kana > 0 && kana * KANA_SHARE >= han + kana) return 'ja';
  return han > 0 ? 'zh' : 'en';
}

/** The language whose subtitle rules apply to a language code, such as those of Fun-ASR; undefined for `auto`. */
export function subtitleLanguageOf(code: string | undefined): SubtitleLanguage | undefined {
  if (code === undefined || code === 'auto') return undefined;
  const [primary = ''] = code.toLowerCase().split(/[-_]/);
  if (primary === 'yue') return 'zh';
  return SUBTITLE_LANGUAGES.find((language) => language === primary) ?? 'en';
}

function count(text: string, characters: RegExp): number {
  return text.match(characters)?.length ?? 0;
}
