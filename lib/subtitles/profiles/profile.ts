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
  /** What stands before each line when two speakers share a cue. */
  readonly dash: string;
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
  dash: '-',
} as const;

export const PROFILES: Readonly<Record<SubtitleLanguage, Profile>> = {
  en: {
    ...COMMON,
    language: 'en',
    maxLineWidth: 42,
    unitsPerCharacter: 1,
    ambiguousIsWide: false,
    readingSpeed: 20,
  },
  zh: {
    ...COMMON,
    language: 'zh',
    maxLineWidth: 32,
    ambiguousIsWide: true,
    readingSpeed: 18,
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
  },
  ko: {
    ...COMMON,
    language: 'ko',
    maxLineWidth: 32,
    ambiguousIsWide: true,
    readingSpeed: 24,
    dash: '- ',
  },
};
