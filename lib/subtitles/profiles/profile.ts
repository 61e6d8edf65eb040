/** Languages whose subtitle customs are known. Any other language is laid out like English. */
export const SUBTITLE_LANGUAGES = ['en', 'zh', 'ja', 'ko'] as const;

/** One of {@link SUBTITLE_LANGUAGES}. */
export type SubtitleLanguage = (typeof SUBTITLE_LANGUAGES)[number];

/**
 * The customs of one language. Widths are in half-width units: a Latin letter is 1, a Han character is 2. Times
 * are in ms. Source of the numbers: the Netflix timed text style guides, adult programmes; frames at 24 a second.
 */
export interface Profile {
  readonly language: SubtitleLanguage;
  readonly maxLineWidth: number;
  readonly maxLineCount: 1 | 2;
  /** Whether characters of East Asian ambiguous width are wide. */
  readonly ambiguousIsWide: boolean;
  /** Width units that a person reads in a second. */
  readonly readingSpeed: number;
  readonly leastDuration: number;
  readonly greatestDuration: number;
  /** Between two cues, so that the eye sees the change. */
  readonly leastGap: number;
  /** What a cue may stay beyond its last word. */
  readonly greatestExtension: number;
  /** Marks after which a clause ends, and those after which a shorter pause is made. */
  readonly clauseMarks: string;
  readonly commas: string;
  /** Lower-case words that lean on the word after them: a break there reads badly. */
  readonly leaning: ReadonlySet<string>;
  /** Lower-case words that a break stands well before. */
  readonly joining: ReadonlySet<string>;
  /** Words that stay with the one before. */
  readonly clinging: ReadonlySet<string>;
}

const COMMON = {
  maxLineCount: 2,
  leastDuration: 833,
  greatestDuration: 7000,
  leastGap: 83,
  greatestExtension: 500,
  leaning: new Set<string>(),
  joining: new Set<string>(),
  clinging: new Set<string>(),
} as const;

export const PROFILES: Readonly<Record<SubtitleLanguage, Profile>> = {
  en: {
    ...COMMON,
    language: 'en',
    maxLineWidth: 42,
    ambiguousIsWide: false,
    readingSpeed: 20,
    clauseMarks: ';:—',
    commas: ',',
    leaning: words(`
      a an the this these those my your his its our their no not
      i he she we they
      of to in on at by for from with into upon about as than
      and or but nor so if because when while where which who whose
      is are was were be been am do does did has have had will would can could shall should may might must
      mr. mrs. ms. dr. st. prof. vs.`),
    joining: words(
      'and or but nor so because that which who when while where if although though until unless',
    ),
  },
  zh: {
    ...COMMON,
    language: 'zh',
    maxLineWidth: 32,
    ambiguousIsWide: true,
    readingSpeed: 18,
    clauseMarks: '；;',
    // Not 、 and ：, which bind lists, times and ratios.
    commas: '，,',
    clinging: words('的 地 得 了 吗 呢 吧 啊 们 着 过'),
  },
  ja: {
    ...COMMON,
    language: 'ja',
    maxLineWidth: 26,
    ambiguousIsWide: true,
    // Twice the guide's 4 characters: speech runs that fast, and no word may be dropped.
    readingSpeed: 14,
    leastDuration: 500,
    leastGap: 0,
    clauseMarks: '；;',
    commas: '、，,',
  },
  ko: {
    ...COMMON,
    language: 'ko',
    maxLineWidth: 32,
    ambiguousIsWide: true,
    readingSpeed: 24,
    clauseMarks: ';:',
    commas: ',，',
  },
};

/** The language that a text is written in, as far as its customs differ, by the script of its characters. */
export function languageOf(text: string): SubtitleLanguage {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  if (/\p{Script=Hangul}/u.test(text)) return 'ko';
  return /\p{Script=Han}/u.test(text) ? 'zh' : 'en';
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
