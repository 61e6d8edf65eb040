import type { TimeSpan } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { characterTimes } from './character-times.ts';
import { type Line, layOut, type TimedToken } from './layout.ts';
import { oneLine } from '../one-line.ts';
import type { Profile } from '../profiles/profile.ts';
import { textOf } from './characters.ts';
import { tokensOf } from './tokens.ts';
import { sentenceSpan } from './word-times.ts';

/** A word of a cue, or a piece of a text without spaces. */
export interface CueWord extends TimeSpan {
  /** Without white space at its ends. */
  readonly text: string;
  /** Whether a space is before it in its line. */
  readonly hasSpaceBefore: boolean;
}

/** What one speaker says in a cue. */
export interface Voice {
  /** One or two lines of plain text; none is blank. */
  readonly lines: readonly string[];
  /** The words of each line. */
  readonly words: readonly (readonly CueWord[])[];
  /** From 0; undefined when the channels were not recognised separately. */
  readonly channel?: number | undefined;
  /** On one line; undefined when it is not known. */
  readonly speaker?: string | undefined;
}

/** One subtitle: the text on screen at one time. */
export interface Cue extends Voice {
  /** Integer ms from the start of the input. Not before the first word is spoken. */
  readonly start: number;
  /** Integer ms, after `start` and not after the start of the next cue. */
  readonly end: number;
  /** What other speakers say at the same time, in the order in which they begin. @default nothing */
  readonly others?: readonly Voice[];
}

/** What each speaker says in a cue, in the order in which they begin. */
export function voicesOf({ others = [], ...first }: Cue): readonly [Voice, ...Voice[]] {
  return [first, ...others];
}

/** Name of the speaker on one line; undefined when it is not known. */
export function speakerOf({ speaker }: Pick<FinalSentence, 'speaker'>): string | undefined {
  return typeof speaker === 'string' ? oneLine(speaker) || undefined : undefined;
}

/** Makes the cues of one sentence. Each begins with its first word and ends with its last word. */
export function cuesOf(sentence: FinalSentence, profile: Profile): Cue[] {
  const text = oneLine(sentence.text);
  // A sentence of punctuation only has no cue.
  if (!/[\p{L}\p{N}\p{S}]/u.test(text)) return [];

  const speaker = speakerOf(sentence);
  return layOut(timedTokens(text, sentence, profile), profile).map((lines) => ({
    ...(speaker !== undefined && { speaker }),
    ...(sentence.channel_id !== undefined && { channel: sentence.channel_id }),
    start: lines[0]?.[0]?.beginMs ?? 0,
    end: lines.at(-1)?.at(-1)?.endMs ?? 0,
    lines: lines.map(lineText),
    words: lines.map(wordsOf),
  }));
}

function timedTokens(text: string, sentence: FinalSentence, profile: Profile): TimedToken[] {
  const tokens = tokensOf(text, profile);
  const characters = tokens.flatMap((token) => token.characters);
  const span = sentenceSpan(sentence);
  const times = characterTimes(characters, sentence, span, profile);
  let done = 0;
  return tokens.map((token) => {
    const first = times[done] ?? span;
    done += token.characters.length;
    return { ...token, beginMs: first.beginMs, endMs: times[done - 1]?.endMs ?? first.endMs };
  });
}

function wordsOf(line: Line): CueWord[] {
  return line.map(({ characters, hasSpaceBefore, beginMs, endMs }, index) => ({
    text: textOf(characters),
    hasSpaceBefore: hasSpaceBefore && index > 0,
    beginMs,
    endMs,
  }));
}

function lineText(line: Line): string {
  return line
    .map((token, index) => (token.hasSpaceBefore && index > 0 ? ' ' : '') + textOf(token.characters))
    .join('')
    .trim();
}
