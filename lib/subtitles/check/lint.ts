import { type LayoutOptions, profileFor } from '../cues/cue-options.ts';
import { languageOf } from '../profiles/language.ts';
import type { Profile } from '../profiles/profile.ts';
import { decodeText } from './file/decode-text.ts';
import { readSubtitles } from './file/read-subtitles.ts';
import { visibleText } from './file/markup.ts';
import type { Problem, SubtitleFile, SubtitleFormat } from './file/subtitle-file.ts';
import { type Finding, findingsOf } from './findings.ts';

/** Options of the checks: limits that replace those of the profile, and whether warnings are errors. */
export interface LintOptions
  extends Pick<
    LayoutOptions,
    | 'profile'
    | 'language'
    | 'maxLineWidth'
    | 'maxLineCount'
    | 'maxWordsPerLine'
    | 'maxCps'
    | 'minCueDurationMs'
    | 'maxCueDurationMs'
    | 'minGapMs'
    | 'stripPunctuation'
  > {
  /** @default false */
  readonly strict?: boolean | undefined;
}

/** What is known about a file after it was checked. */
export interface Checked {
  /** Undefined when its encoding is not known. */
  readonly file: SubtitleFile | undefined;
  readonly profile: Profile;
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

/** Checks the bytes of a subtitle file against a profile. */
export function lint(bytes: Uint8Array, format: SubtitleFormat, options: LintOptions): Checked {
  const { text, hasBom, problems: encoding } = decodeText(bytes);
  const strict = options.strict === true;
  if (text === undefined) {
    const profile = lintProfile('', options);
    const empty: SubtitleFile = {
      format,
      hasBom,
      newline: '\n',
      header: [],
      preamble: [],
      cues: [],
      trailer: [],
    };
    return {
      file: undefined,
      profile,
      problems: encoding,
      findings: findingsOf(empty, encoding, profile, strict),
    };
  }
  const { file, problems: syntax } = readSubtitles(text, format, hasBom);
  const problems = [...encoding, ...syntax];
  const profile = lintProfile(wordsOf(file), options);
  return { file, profile, problems, findings: findingsOf(file, problems, profile, strict) };
}

/** What a viewer reads in all cues. */
function wordsOf({ cues, format }: SubtitleFile): string {
  return cues.flatMap(({ lines }) => lines.map((line) => visibleText(line, format))).join('\n');
}

/** The limits of a file. Without a profile they are those of the `netflix-` profile for the language of its text. */
function lintProfile(text: string, options: LintOptions): Profile {
  const language = options.language ?? languageOf(text);
  return profileFor(language, { ...options, profile: options.profile ?? `netflix-${language}` });
}
