import { readingMs } from './cue-end.ts';
import { type Cue, cueWidth, linesOf, type ProfiledCue } from './cues.ts';
import { hasSpeaker, isSameSpeaker } from './speaker.ts';

/** A cue stands at most this long before its words are spoken. Source: the subtitle guidelines of the BBC. */
const MAX_LEAD_MS = 1500;

/** The lines of a cue whose parts are spoken at the same time, as a multiple of the lines of other cues. */
const MAX_LINES_AT_ONCE = 2;

/**
 * Whether a cue is shown together with the cue before it, which another speaker says. They share a cue when the first one
 * would be too short to be read before the second one starts, and when both fit; speech at the same time shares a cue
 * of up to twice the usual number of lines too, when it cannot be cut, rather than that nobody can read it.
 */
export function isShownWith(shown: ProfiledCue, next: Cue): boolean {
  const { cue, profile } = shown;
  if (!hasSpeaker(cue) || !hasSpeaker(next) || !fitsAtOnce(shown, next)) return false;
  // Two cues of one speaker are shown together only beside another one.
  if (cue.others === undefined && isSameSpeaker(cue, next)) return false;
  const roomMs = next.start - profile.minGapMs - cue.start;
  const isTooShort = roomMs < profile.minCueDurationMs;
  const fits = linesOf(cue).length + linesOf(next).length <= profile.maxLineCount;
  if (next.start >= cue.end) return isTooShort && fits;
  if (isTooShort || !fits) return isTooShort;
  return next.start - cue.start <= MAX_LEAD_MS && roomMs < readingMs(cueWidth(shown), profile);
}

/**
 * Whether another speaker begins before the last line of a cue is spoken: that line would leave the screen before it is spoken.
 * Never for a cue of several speakers, because its lines are cut already.
 */
export function isInterrupted(cue: Cue, next: Cue): boolean {
  const lastLine = cue.words.length > 1 ? cue.words.at(-1)?.[0] : undefined;
  if (lastLine === undefined || cue.others || !hasSpeaker(cue) || !hasSpeaker(next)) return false;
  return lastLine.beginMs >= next.start && !isSameSpeaker(cue, next);
}

/**
 * Whether a cue does not start after the cue before it, so that one of the two could be seen for 1 ms only. They share a cue,
 * up to twice the usual number of lines.
 */
export function startsWith(shown: ProfiledCue, next: Cue): boolean {
  return next.start <= shown.cue.start && fitsAtOnce(shown, next);
}

function fitsAtOnce({ cue, profile }: ProfiledCue, next: Cue): boolean {
  return linesOf(cue).length + linesOf(next).length <= profile.maxLineCount * MAX_LINES_AT_ONCE;
}

/** One cue with the text of both, of one speaker or of several. It ends with the last word of both. */
export function joined(cue: Cue, next: Cue): Cue {
  if (cue.others !== undefined || !isSameSpeaker(cue, next)) return together(cue, next);
  const lines = [...cue.lines, ...next.lines];
  const words = [...cue.words, ...next.words];
  const others = next.others && { others: next.others };
  return { ...cue, end: Math.max(cue.end, next.end), lines, words, ...others };
}

function together(cue: Cue, next: Cue): Cue {
  const { lines, words, speaker, channel, speakerId } = next;
  const others = [...(cue.others ?? [])];
  const last = others.at(-1);
  if (!last || !isSameSpeaker(last, next)) others.push({ lines, words, speaker, channel, speakerId });
  else others.splice(-1, 1, { ...last, lines: [...last.lines, ...lines], words: [...last.words, ...words] });
  return { ...cue, end: Math.max(cue.end, next.end), others: [...others, ...(next.others ?? [])] };
}
