import { type Command, Option } from 'commander';
import type { Rule } from '../../core/options.ts';
import { integer, number } from '../../core/options.ts';
import { checkDurations, type CueOptions } from '../../subtitles/cues/cue-options.ts';
import { subtitleLanguageOf } from '../../subtitles/profiles/language.ts';
import { PROFILE_NAMES, type ProfileName } from '../../subtitles/profiles/platforms.ts';
import { parseValue } from './values/parse-value.ts';

/** Values of the flags of {@link addCueFlags}, and of `--language`, which each command adds by itself. */
export interface CueFlags {
  readonly language?: string;
  readonly profile?: ProfileName;
  readonly maxLineWidth?: number;
  readonly maxLineCount?: 1 | 2;
  readonly maxWordsPerLine?: number;
  readonly maxCps?: number;
  /** In ms. */
  readonly minCueDuration?: number;
  /** In ms. */
  readonly maxCueDuration?: number;
  /** In ms. */
  readonly minGap?: number;
  readonly stripPunctuation?: boolean;
  readonly newline?: 'lf' | 'crlf';
  readonly bom?: boolean;
  readonly karaoke?: boolean;
}

/** The options of the subtitle formats that have flags. */
export type CueFlagOptions = Omit<CueOptions, 'live' | 'signal' | 'highWaterMark'>;

/** Adds the flags for how cues are laid out and written: those of all commands that write subtitles. */
export function addCueFlags(command: Command): Command {
  return addCheckFlags(command).option(
    '--karaoke',
    'a time for each word, in the formats that can (vtt, ass)',
  );
}

/** Adds the flags that also concern cues that exist. */
export function addCheckFlags(command: Command): Command {
  command
    .optionsGroup('Subtitles:')
    .addOption(
      new Option('--profile <name>', 'rules of a platform (default: by the language)').choices(PROFILE_NAMES),
    );
  for (const [flag, rule, description] of NUMBERS)
    command.addOption(new Option(flag, description).argParser(parseValue(Number, rule)));
  return command
    .option('--strip-punctuation', 'no full stops and commas at the ends of cues')
    .addOption(new Option('--newline <kind>', 'line ends').choices(['lf', 'crlf']))
    .option('--bom', 'begin with a byte order mark, which some old players need');
}

/** The flags with a number: the flag, the rule for its value, its description. */
const NUMBERS: readonly (readonly [flag: string, rule: Rule, description: string])[] = [
  ['--max-line-width <n>', integer(10, 200), 'width of a line: a Latin letter is 1, a Han character is 2'],
  ['--max-line-count <n>', integer(1, 2), 'lines of a cue, 1 or 2'],
  ['--max-words-per-line <n>', integer(1, 100), 'words of a line'],
  ['--max-cps <n>', number(1, 100), 'characters that a viewer reads per second'],
  ['--min-cue-duration <ms>', integer(0, 10_000), 'least duration of a cue'],
  ['--max-cue-duration <ms>', integer(1000, 60_000), 'greatest duration of a cue'],
  ['--min-gap <ms>', integer(0, 1000), 'least time between two cues'],
];

/**
 * Converts the flags to options of the subtitle formats. A flag that is not given is undefined.
 * @throws {FunAsrError} `E_OPTION`
 */
export function cueOptions(flags: CueFlags): CueFlagOptions {
  const options: CueFlagOptions = {
    profile: flags.profile,
    language: subtitleLanguageOf(flags.language),
    maxLineWidth: flags.maxLineWidth,
    maxLineCount: flags.maxLineCount,
    maxWordsPerLine: flags.maxWordsPerLine,
    maxCps: flags.maxCps,
    minCueDurationMs: flags.minCueDuration,
    maxCueDurationMs: flags.maxCueDuration,
    minGapMs: flags.minGap,
    stripPunctuation: flags.stripPunctuation,
    newline: flags.newline,
    bom: flags.bom,
    karaoke: flags.karaoke,
  };
  checkDurations(options, (reason) => `--min-cue-duration: ${reason}`);
  return options;
}
