import { FunAsrError } from '../../core/errors.ts';
import { anyOf, boolean, checkOptions, integer, number, oneOf, type Rules } from '../../core/options.ts';
import { STAGE_RULES, type StageOptions } from '../../core/stage.ts';
import { SUBTITLE_LANGUAGES, type SubtitleLanguage } from '../profiles/language.ts';
import { PLATFORMS, type Platform, PROFILE_NAMES, type ProfileName } from '../profiles/platforms.ts';
import { PROFILES, type Profile } from '../profiles/profile.ts';

/** Options that decide how cues are laid out. They replace numbers of the profile. */
export interface LayoutOptions {
  /** Rules of a platform. @default those of the language */
  readonly profile?: ProfileName | undefined;
  /** Language whose rules apply to line breaks and reading time. @default by the script of each sentence */
  readonly language?: SubtitleLanguage | undefined;
  /**
   * Largest width of a line, in half-width units: a Latin letter is 1, a Han character is 2.
   * @default 42 for English, 32 for Chinese and Korean, 26 for Japanese
   */
  readonly maxLineWidth?: number | undefined;
  /** Largest number of lines in a cue. @default 2 */
  readonly maxLineCount?: 1 | 2 | undefined;
  /** Largest number of words in a line. In Chinese and Japanese, what stands between two possible breaks is a word. @default unlimited */
  readonly maxWordsPerLine?: number | undefined;
  /**
   * Characters that a viewer reads per second. In Chinese, Japanese and Korean a half-width character counts 0.5.
   * @default 20 for English, 9 for Chinese, 7 for Japanese, 12 for Korean
   */
  readonly maxCps?: number | undefined;
  /** @default 833, for Japanese 500 */
  readonly minCueDurationMs?: number | undefined;
  /** @default 7000 */
  readonly maxCueDurationMs?: number | undefined;
  /** Between two cues. @default 83, for Japanese 0 */
  readonly minGapMs?: number | undefined;
  /**
   * Removes punctuation from the ends of cues: full stops and commas, not question and exclamation marks.
   * @default false
   */
  readonly stripPunctuation?: boolean | undefined;
  /**
   * For sources that have not ended: a cue is written at the latest this long after its last sentence is final, even when the
   * next one is not known. `true` means 1500 ms. @default false
   */
  readonly live?: boolean | { readonly flushMs: number } | undefined;
}

/** Options of the subtitle formats. */
export interface CueOptions extends LayoutOptions, StageOptions {
  /** Line ends. Some old players need CRLF. @default 'lf' */
  readonly newline?: 'lf' | 'crlf' | undefined;
  /** Whether the output begins with a byte order mark, which some old players need. @default false */
  readonly bom?: boolean | undefined;
  /** Whether each word has its time, in the formats that can: WebVTT and ASS. @default false */
  readonly karaoke?: boolean | undefined;
}

const LIVE: Rules<{ flushMs: number }> = { flushMs: integer(0, 600_000, 'ms') };

/** The rules of {@link LayoutOptions}. */
export const LAYOUT_RULES: Rules<LayoutOptions> = {
  profile: oneOf(...PROFILE_NAMES),
  language: oneOf(...SUBTITLE_LANGUAGES),
  maxLineWidth: integer(10, 200, 'half-width units'),
  maxLineCount: oneOf(1, 2),
  maxWordsPerLine: integer(1, 100),
  maxCps: number(1, 100, 'characters per second'),
  minCueDurationMs: integer(0, 10_000, 'ms'),
  maxCueDurationMs: integer(1000, 60_000, 'ms'),
  minGapMs: integer(0, 1000, 'ms'),
  stripPunctuation: boolean,
  live: anyOf(boolean, (value) => {
    const isObject = typeof value === 'object' && value !== null;
    const flushMs = isObject ? (value as { flushMs?: unknown }).flushMs : undefined;
    return isObject ? LIVE.flushMs(flushMs) : 'must be true, false or { flushMs }';
  }),
};

/** The rules of {@link CueOptions}. */
export const CUE_RULES: Rules<CueOptions> = {
  ...STAGE_RULES,
  ...LAYOUT_RULES,
  newline: oneOf('lf', 'crlf'),
  bom: boolean,
  karaoke: boolean,
};

/**
 * Checks the options of a subtitle format.
 * @param owner Name of the stage, for messages.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkCueOptions(owner: string, options: CueOptions): void {
  checkOptions(owner, options, CUE_RULES);
  checkDurations(options, (reason) => `${owner}: option minCueDurationMs ${reason}`);
}

/** The greatest duration of a cue, in all languages and on all platforms. */
const MAX_CUE_DURATION_MS = PROFILES.en.maxCueDurationMs;

/**
 * Refuses a least duration above the greatest one: no cue could keep both.
 * @param message Adds the name of the option to the reason.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkDurations(
  { minCueDurationMs: min, maxCueDurationMs: max = MAX_CUE_DURATION_MS }: LayoutOptions,
  message: (reason: string) => string,
): void {
  if (min === undefined || min <= max) return;
  throw new FunAsrError(
    'E_OPTION',
    message(`must not be above the greatest duration of a cue, ${max} ms, got ${min}`),
  );
}

/** As long as the pause that always separates cues. */
const LIVE_FLUSH_MS = 1500;

/** How long a live format waits for the next sentence, in ms; undefined when the source is not live. */
export function flushMsOf({ live }: LayoutOptions): number | undefined {
  if (live === undefined || live === false) return undefined;
  return live === true ? LIVE_FLUSH_MS : live.flushMs;
}

/**
 * The rules for a language, or those of the platform, with the numbers that the options replace.
 * @param language Is used unless the options or the platform have one.
 */
export function profileFor(language: SubtitleLanguage, options: LayoutOptions): Profile {
  const platform: Platform | undefined = options.profile && PLATFORMS[options.profile];
  const base = PROFILES[options.language ?? platform?.language ?? language];
  const { maxCps, maxLineWidth, maxLineCount, maxWordsPerLine, stripPunctuation } = options;
  const { minCueDurationMs, maxCueDurationMs, minGapMs } = options;
  const profile = { ...base, ...platform?.rules };
  return {
    ...profile,
    maxLineWidth: maxLineWidth ?? profile.maxLineWidth,
    maxLineCount: maxLineCount ?? profile.maxLineCount,
    maxWordsPerLine: maxWordsPerLine ?? profile.maxWordsPerLine,
    readingSpeed: maxCps === undefined ? profile.readingSpeed : maxCps * profile.unitsPerCharacter,
    minCueDurationMs: minCueDurationMs ?? profile.minCueDurationMs,
    maxCueDurationMs: maxCueDurationMs ?? profile.maxCueDurationMs,
    minGapMs: minGapMs ?? profile.minGapMs,
    stripPunctuation: stripPunctuation ?? profile.stripPunctuation,
  };
}
