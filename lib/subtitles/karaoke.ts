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

function timedPieces(line: string, words: readonly CueWord[]): TimedPiece[] {
  const cuts: { at: number; word: CueWord }[] = [];
  let from = 0;
  for (const word of words) {
    const at = line.indexOf(word.text, from);
    if (word.text === '' || at < 0) continue;
    cuts.push({ at, word });
    from = at + word.text.length;
  }
  return cuts.map(({ at, word: { beginMs, endMs } }, index) => ({
    text: line.slice(index === 0 ? 0 : at, cuts[index + 1]?.at),
    beginMs,
    endMs,
  }));
}
