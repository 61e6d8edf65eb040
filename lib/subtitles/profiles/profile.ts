import type { SubtitleLanguage } from './language.ts';

/**
 * The subtitle rules of one language. Widths are in half-width units: a Latin letter is 1, a Han character is 2.
 * Source of the numbers: the Netflix timed text style guides, adult programmes, at 24 frames per second.
 */
export interface Profile {
  readonly language: SubtitleLanguage;
  readonly maxLineWidth: number;
  readonly maxLineCount: 1 | 2;
  readonly maxWordsPerLine: number;
  /** Width units that count as one character in reading speeds: 2 where most characters are wide. */
  readonly unitsPerCharacter: 1 | 2;
  /** Whether characters of East Asian ambiguous width are wide. */
  readonly ambiguousIsWide: boolean;
  /** Width units that a viewer reads per second. */
  readonly readingSpeed: number;
  readonly minCueDurationMs: number;
  readonly maxCueDurationMs: number;
  /** Between two cues, so that a viewer notices the change. */
  readonly minGapMs: number;
  /** How long a cue may stay on screen after its last word. */
  readonly maxExtensionMs: number;
  /** Pauses of this length up to `maxExtensionMs` between two cues are closed; Infinity when none is. */
  readonly minOpenGapMs: number;
  /** Whether full stops and commas at the ends of cues are removed. */
  readonly stripPunctuation: boolean;
  /** Marks that end a clause. */
  readonly clauseMarks: string;
  /** Marks with a shorter pause. */
  readonly commas: string;
  /** Lower-case words that should not be separated from the next word. */
  readonly keepWithNext: ReadonlySet<string>;
  /** Words that are never separated from the word before. */
  readonly keepWithPrevious: ReadonlySet<string>;
  /** Lower-case words before which a break is good. */
  readonly conjunctions: ReadonlySet<string>;
}

const COMMON = {
  maxLineCount: 2,
  maxWordsPerLine: Infinity,
  unitsPerCharacter: 2,
  minOpenGapMs: 125,
  stripPunctuation: false,
  minCueDurationMs: 833,
  maxCueDurationMs: 7000,
  minGapMs: 83,
  maxExtensionMs: 500,
  keepWithNext: new Set<string>(),
  conjunctions: new Set<string>(),
  keepWithPrevious: new Set<string>(),
} as const;

export const PROFILES: Readonly<Record<SubtitleLanguage, Profile>> = {
  en: {
    ...COMMON,
    language: 'en',
    maxLineWidth: 42,
    unitsPerCharacter: 1,
    ambiguousIsWide: false,
    readingSpeed: 20,
    clauseMarks: ';:—',
    commas: ',',
    keepWithNext: words(`
      a an the this these those my your his its our their no not
      i he she we they
      of to in on at by for from with into upon about as than
      and or but nor so if because when while where which who whose
      is are was were be been am do does did has have had will would can could shall should may might must
      mr. mrs. ms. dr. st. prof. vs.`),
    conjunctions: words(
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
    // Without 、 and ：, which are used within lists, times and ratios.
    commas: '，,',
    keepWithPrevious: words('的 地 得 了 吗 呢 吧 啊 们 着 过'),
  },
  ja: {
    ...COMMON,
    language: 'ja',
    maxLineWidth: 26,
    ambiguousIsWide: true,
    // Twice the 4 characters of the guide: speech is that fast, and no word may be left out.
    readingSpeed: 14,
    minCueDurationMs: 500,
    minGapMs: 0,
    minOpenGapMs: Infinity,
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

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
