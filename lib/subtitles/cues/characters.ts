import stringWidth from 'string-width';
import type { Profile } from '../profiles/profile.ts';
import { segmentsOf } from './segments.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a reader sees as one character, with its width in half-width units. */
export interface Character {
  readonly text: string;
  readonly width: number;
}

/** Cuts a text into what a reader sees as characters: never inside an emoji or a letter with its accents. */
export function charactersOf(text: string, profile: Pick<Profile, 'ambiguousIsWide'>): Character[] {
  // Most subtitles are of this kind, and the segmenter is slow.
  if (/^[ -~]*$/.test(text)) return Array.from(text, (letter) => ({ text: letter, width: 1 }));
  return Array.from(segmentsOf(graphemes, text), (segment) => ({
    text: segment,
    width: stringWidth(segment, { ambiguousIsNarrow: !profile.ambiguousIsWide }),
  }));
}

export function widthOf(characters: readonly Character[]): number {
  return characters.reduce((total, { width }) => total + width, 0);
}
