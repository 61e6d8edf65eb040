import { withoutEndMark } from '../../cues/cues.ts';
import { isBadCueBreak, isBadLineBreak } from './bad-break.ts';
import type { Scene } from './cue-view.ts';
import { brokenKinsoku } from './broken-kinsoku.ts';
import type { Rule, Violation } from './rule.ts';

/** The rules about the text of a cue and its lines. */
export const LINE_RULES: readonly Rule[] = [
  { id: 'empty-cue', severity: 'error', check: emptyCue },
  { id: 'line-count', severity: 'error', check: lineCount },
  { id: 'line-width', severity: 'error', check: lineWidth },
  { id: 'kinsoku', severity: 'error', check: kinsoku },
  { id: 'bad-break', severity: 'warning', check: badBreak },
  { id: 'balance', severity: 'warning', check: balance },
  { id: 'end-punctuation', severity: 'warning', check: endPunctuation },
];

/** The shorter of two lines has at least one in this number of the width of the longer one. */
const BALANCE = 3;

/** A longer silence than this separates cues: the first may end anywhere. */
const LONG_PAUSE_MS = 1500;

function emptyCue({ cue: { lines } }: Scene): Violation[] {
  const text = lines.join('').trim();
  if (!/^[\p{P}\s]*$/u.test(text)) return [];
  return [{ value: text, limit: 'text', message: text === '' ? 'no text' : 'only punctuation' }];
}

function lineCount({ cue: { lines }, profile: { maxLineCount: limit } }: Scene): Violation[] {
  if (lines.length <= limit) return [];
  return [{ value: lines.length, limit, message: `${lines.length} lines, limit ${limit}` }];
}

function lineWidth({ cue: { widths }, profile: { maxLineWidth: limit } }: Scene): Violation[] {
  return widths.flatMap((value, textLine) =>
    value <= limit ? [] : [{ value, limit, textLine, message: `a line of width ${value}, limit ${limit}` }],
  );
}

function kinsoku({ cue: { lines }, profile }: Scene): Violation[] {
  return lines.flatMap((_, textLine) =>
    brokenKinsoku(lines, textLine, profile).map(({ character, where }) => ({
      value: character,
      limit: where === 'first' ? 'not first in a line' : 'not last in a line',
      message: `a line ${where === 'first' ? 'begins' : 'ends'} with ${character}`,
      textLine,
    })),
  );
}

function badBreak({ cue, next, profile }: Scene): Violation[] {
  const { lines, isDialogue } = cue;
  const isNear = next && next.startMs >= cue.startMs && next.startMs - cue.endMs < LONG_PAUSE_MS;
  const following = isNear ? next.lines.join(' ') : undefined;
  return lines.flatMap((line, textLine) => {
    const isLast = textLine === lines.length - 1;
    const after = isLast ? following : lines[textLine + 1];
    if (after === undefined || (!isLast && isDialogue)) return [];
    const isBad = isLast ? isBadCueBreak : isBadLineBreak;
    if (!isBad(line, after, profile)) return [];
    const value = lastWord(line);
    const message = `the ${isLast ? 'cue' : 'line'} ends after ${value}, which belongs to what follows`;
    return [{ value, limit: 'no break here', textLine, message }];
  });
}

function balance({ cue: { widths, isDialogue } }: Scene): Violation[] {
  if (widths.length !== 2 || isDialogue) return [];
  const value = Math.min(...widths);
  const limit = Math.ceil(Math.max(...widths) / BALANCE);
  if (value >= limit) return [];
  return [
    { value, limit, message: `lines of width ${widths.join(' and ')}: the shorter must have ${limit}` },
  ];
}

function endPunctuation({ cue: { lines }, profile }: Scene): Violation[] {
  if (!profile.stripPunctuation) return [];
  const textLine = lines.length - 1;
  const text = lines[textLine]?.trim() ?? '';
  // What `srt()` and the other formats remove.
  if (withoutEndMark(text) === text) return [];
  const value = text.slice(-1);
  return [{ value, limit: 'none', textLine, message: `ends with ${value}` }];
}

/** The end of a line for a message: its last word, or its last characters where there are no spaces. */
function lastWord(line: string): string {
  const word = line.trim().split(/\s+/).at(-1) ?? '';
  return Array.from(word).slice(-20).join('');
}
