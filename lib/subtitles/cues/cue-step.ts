import { checkOptions, integer, oneOf, type Rules } from '../../core/options.ts';
import type { FinalSentence, Sentence } from '../../sentence.ts';
import { STAGE_RULES, type StageOptions, type Step } from '../../core/stage.ts';
import { CueTiming } from './cue-timing.ts';
import { type Cue, cuesOf } from './cues.ts';
import {
  languageOf,
  PROFILES,
  type Profile,
  SUBTITLE_LANGUAGES,
  type SubtitleLanguage,
} from '../profiles/profile.ts';
import { finals } from '../sentence-end.ts';

/** Options of the subtitle formats. */
export interface CueOptions extends StageOptions {
  /** Language whose rules apply to line breaks and reading time. @default by the script of each sentence */
  readonly language?: SubtitleLanguage | undefined;
  /**
   * Largest width of a line, in half-width units: a Latin letter is 1, a Han character is 2.
   * @default 42 for English, 32 for Chinese and Korean, 26 for Japanese
   */
  readonly maxLineWidth?: number | undefined;
  /** Largest number of lines in a cue. @default 2 */
  readonly maxLineCount?: 1 | 2 | undefined;
}

const RULES: Rules<CueOptions> = {
  ...STAGE_RULES,
  language: oneOf(...SUBTITLE_LANGUAGES),
  maxLineWidth: integer(10, 200, 'half-width units'),
  maxLineCount: oneOf(1, 2),
};

/**
 * Makes the step of the subtitle formats: `Sentence` objects → cues. It holds back the last cue until the next one is
 * known, because the end of a cue depends on the next one.
 * @param owner Name of the stage, for the message about an invalid option.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function cuesStep(owner: string, options: CueOptions): Step<Sentence, Cue> {
  checkOptions(owner, options, RULES);
  const timing = new CueTiming();
  return {
    *feed(sentence) {
      for (const final of finals.feed(sentence)) {
        const profile = profileOf(final, options);
        for (const cue of cuesOf(final, profile)) yield* timing.feed({ cue, profile });
      }
    },
    end: () => timing.end(),
  };
}

function profileOf({ text }: FinalSentence, { language, maxLineWidth, maxLineCount }: CueOptions): Profile {
  const profile = PROFILES[language ?? languageOf(text)];
  return {
    ...profile,
    maxLineWidth: maxLineWidth ?? profile.maxLineWidth,
    maxLineCount: maxLineCount ?? profile.maxLineCount,
  };
}
