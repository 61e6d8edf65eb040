import type { TimeSpan } from '../../core/errors.ts';
import { BORDER } from '../words/borders.ts';
import { charactersOf, widthOf } from '../words/characters.ts';
import type { Profile } from '../profiles/profile.ts';
import type { CueRange } from './layout.ts';
import type { Speaker } from './speaker.ts';
import type { TimedToken } from '../words/timed-tokens.ts';

/** A word of a cue, or a piece of a text without spaces. */
export interface CueWord extends TimeSpan {
  /** Without white space at its ends. */
  readonly text: string;
  /** Whether a space is before it in its line. */
  readonly hasSpaceBefore: boolean;
}

/** What one speaker says in a cue. */
export interface Voice extends Speaker {
  /** One or two lines of plain text; none is blank. */
  readonly lines: readonly string[];
  /** The words of each line. */
  readonly words: readonly (readonly CueWord[])[];
}

/** A limit that a cue does not keep, because its words do not allow it. The names are those of `lint`. */
export type BrokenRule = 'cps' | 'min-duration' | 'max-duration' | 'min-gap' | 'line-count';

/** One subtitle: the text on screen at one time. */
export interface Cue extends Voice {
  /** Integer ms from the start of the input. Not before the first word is spoken. */
  readonly start: number;
  /** Integer ms, after `start` and not after the start of the next cue. */
  readonly end: number;
  /** What other speakers say at the same time, in the order in which they begin. @default nothing */
  readonly others?: readonly Voice[];
  /** What stands before the first line of each speaker, when several share the cue. @default nothing */
  readonly dash?: string;
  /** @default none */
  readonly broken?: readonly BrokenRule[];
}

/** What each speaker says in a cue, in the order in which they begin. */
export function voicesOf(cue: Cue): readonly [Voice, ...Voice[]] {
  const { others = [] } = cue;
  return [cue, ...others];
}

/** A cue and the rules that apply to it. */
export interface ProfiledCue {
  readonly cue: Cue;
  readonly profile: Profile;
}

/** The lines of all speakers of a cue. */
export function linesOf(cue: Cue): readonly string[] {
  // Nearly all cues have one speaker.
  return cue.others === undefined ? cue.lines : voicesOf(cue).flatMap(({ lines }) => lines);
}

/** Width of all lines of a cue, in half-width units. */
export function cueWidth({ cue, profile }: ProfiledCue): number {
  return linesOf(cue).reduce((total, line) => total + widthOf(charactersOf(line, profile)), 0);
}

/** Makes a cue of some tokens. It ends with its last word. */
export function cueOf(
  tokens: readonly TimedToken[],
  { from, to, lineAt }: CueRange,
  speaker: Speaker,
  profile: Profile,
): Cue {
  const lines = [tokens.slice(from, lineAt), tokens.slice(lineAt, to)].filter((line) => line.length > 0);
  const texts = lines.map(lineText);
  const last = texts.pop();
  if (last !== undefined)
    texts.push(profile.stripPunctuation && !isInsideText(last, tokens[to]) ? withoutEndMark(last) : last);
  let end = 0;
  for (let index = from; index < to; index += 1) end = Math.max(end, tokens[index]?.endMs ?? 0);
  return { ...speaker, start: tokens[from]?.beginMs ?? 0, end, lines: texts, words: lines.map(wordsOf) };
}

/** Whether the mark at the end of a line belongs to what follows, as in an address that is cut, a large number, or `Dr.`. */
function isInsideText(line: string, next: TimedToken | undefined): boolean {
  return next !== undefined && next.border > BORDER.comma && /[.,]$/.test(line);
}

function wordsOf(line: readonly TimedToken[]): CueWord[] {
  return line.map(({ text, hasSpaceBefore, beginMs, endMs }, index) => ({
    text,
    hasSpaceBefore: hasSpaceBefore && index > 0,
    beginMs,
    endMs,
  }));
}

function lineText(line: readonly TimedToken[]): string {
  let text = '';
  for (const token of line) text += (token.hasSpaceBefore && text !== '' ? ' ' : '') + token.text;
  return text.trim();
}

/** A line without a full stop or a comma at its end. An ellipsis stays, and so does a text that is only marks. */
export function withoutEndMark(text: string): string {
  // The points of an abbreviation are a part of it.
  if (/(?:^|[^\p{L}])(?:\p{L}\.){2,}$/u.test(text)) return text;
  return /[\p{L}\p{N}]/u.test(text) ? text.replace(/(?<![.。．])[.,。，、．､｡]$/u, '') : text;
}
