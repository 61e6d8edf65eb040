import type { TimeSpan } from '../core/errors.ts';
import type { CueWord, Voice } from './cues/cues.ts';

/** A part of a line with the time of its word. */
export interface TimedPiece extends TimeSpan {
  /** The word, with the space after it. */
  readonly text: string;
}

/** The lines of a voice, cut before each word. The pieces of a line joined are exactly the line. */
export function timedLines({ lines, words }: Voice): (readonly TimedPiece[])[] {
  return lines.map((line, index) => timedPieces(line, words[index] ?? []));
}

/** A line may be without the marks at its end. */
const MARKS_AT_END = /\p{P}+$/u;

function timedPieces(line: string, words: readonly CueWord[]): TimedPiece[] {
  const cuts: { at: number; word: TimeSpan }[] = [];
  let from = 0;
  for (const word of words) {
    const text = word.text.trim();
    const found = [text, text.replace(MARKS_AT_END, '')].find(
      (part) => part !== '' && line.includes(part, from),
    );
    if (found === undefined) continue;
    const at = line.indexOf(found, from);
    cuts.push({ at, word });
    from = at + found.length;
  }
  // A line stays whole when none of its words is found.
  if (cuts.length === 0) cuts.push({ at: 0, word: words[0] ?? { beginMs: 0, endMs: 0 } });
  return cuts.map(({ at, word: { beginMs, endMs } }, index) => ({
    text: line.slice(index === 0 ? 0 : at, cuts[index + 1]?.at),
    beginMs,
    endMs,
  }));
}
