import stringWidth from 'string-width';
import type { Profile } from '../profiles/profile.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A user-perceived character (grapheme cluster). */
export interface Character {
  readonly text: string;
  /** In half-width units. */
  readonly width: number;
}

/** Splits a text into user-perceived characters: never inside an emoji or a letter with combining marks. */
export function charactersOf(text: string, profile: Pick<Profile, 'ambiguousIsWide'>): Character[] {
  // The common case, for speed: the segmenter is slow.
  if (/^[ -~]*$/.test(text)) return Array.from(text, (letter) => ({ text: letter, width: 1 }));
  return Array.from(segmentsOf(graphemes, text), (segment) => ({
    text: segment,
    width: stringWidth(segment, { ambiguousIsNarrow: !profile.ambiguousIsWide }),
  }));
}

/** Width of some characters, in half-width units. */
export function widthOf(characters: readonly Character[]): number {
  return characters.reduce((total, { width }) => total + width, 0);
}

/** Length of the pieces that are segmented at a time, in UTF-16 units. */
const PIECE_LENGTH = 1000;

const LONE_SURROGATE = /^\p{Cs}$/u;

/**
 * Splits a text into segments. Works in pieces, because the time of `Intl.Segmenter` grows with the square of the length.
 */
export function* segmentsOf(segmenter: Intl.Segmenter, text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = start + PIECE_LENGTH;
    const found = Array.from(segmenter.segment(text.slice(start, end)), ({ segment }) => segment);
    // The last segment may continue in the next piece. When it is half of a surrogate pair, so may the one before.
    if (end < text.length && found.length > 1 && LONE_SURROGATE.test(found.at(-1) ?? '')) found.pop();
    if (end < text.length && found.length > 1) found.pop();
    yield* found;
    for (const { length } of found) start += length;
  }
}

/** The text of some characters. */
export function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
}
