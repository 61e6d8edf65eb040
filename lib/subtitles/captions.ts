import { checkOptions, integer, oneOf, type Rules } from '../core/options.ts';
import { STAGE_RULES, type StageOptions, stage } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';
import { type Caption, RollingLines } from './captions/rolling-lines.ts';
import { checkSentences } from './check-sentence.ts';
import { SUBTITLE_LANGUAGES, type SubtitleLanguage } from './profiles/language.ts';

/** Options of {@link captions}. */
export interface CaptionsOptions extends StageOptions {
  /** Number of lines on the screen. @default 2 */
  readonly lines?: number | undefined;
  /**
   * Largest width of a line, in half-width units: a Latin letter is 1, a Han character is 2.
   * @default 42
   */
  readonly width?: number | undefined;
  /** Language whose rules apply to line breaks. @default by the script of each sentence */
  readonly language?: SubtitleLanguage | undefined;
}

/** The stage that {@link captions} makes: sentences in, captions out. */
export interface CaptionsStream extends TypedDuplex<DuplexEvents<Caption>> {}

const RULES: Rules<CaptionsOptions> = {
  ...STAGE_RULES,
  lines: integer(1, 4, 'lines'),
  width: integer(10, 200, 'half-width units'),
  language: oneOf(...SUBTITLE_LANGUAGES),
};

/**
 * `Sentence` objects, partial and final → rolling lines for a screen, which do not flicker: a word that is shown keeps its
 * place until its sentence is final, or until two partial sentences in a row have the same change. When the last line is
 * full, the block rolls up by one line.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function captions(options: CaptionsOptions = {}): CaptionsStream {
  checkOptions('captions', options, RULES);
  const { lines = 2, width = 42, language, signal } = options;
  const step = checkSentences('captions', new RollingLines({ lines, width, language }));
  return stage(step, { objectMode: true, signal });
}
