import stringWidth from 'string-width';
import type { Profile } from '../profiles/profile.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A user-perceived character (grapheme cluster). */
export interface Character {
  readonly text: string;
  /** In half-width units. */
  readonly width: number;
}

/**
 * Text in which each UTF-16 unit is one character, and whose widths need no table: printable ASCII, curly quotation marks, dashes
 * and the ellipsis, CJK punctuation, kana, Han, Hangul syllables, full-width forms.
 */
const SIMPLE =
  /^[ -~\u2014\u2018\u2019\u201c\u201d\u2026\u3001-\u3003\u3005-\u3011\u3014-\u301b\u3041-\u3096\u309d-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/;

/** Characters that were seen, by whether ambiguous ones are wide: most texts repeat a few thousand. */
const seen = [new Map<string, Character>(), new Map<string, Character>()] as const;

/** Splits a text into user-perceived characters: never inside an emoji or a letter with combining marks. */
export function charactersOf(
  text: string,
  { ambiguousIsWide }: Pick<Profile, 'ambiguousIsWide'>,
): Character[] {
  const known = seen[ambiguousIsWide ? 1 : 0];
  const characters: Character[] = [];
  // The segmenter is slow.
  for (const unit of SIMPLE.test(text) ? text : segmentsOf(graphemes, text)) {
    let character = known.get(unit);
    if (!character) {
      character = { text: unit, width: stringWidth(unit, { ambiguousIsNarrow: !ambiguousIsWide }) };
      // Rare clusters are not kept.
      if (unit.length === 1) known.set(unit, character);
    }
    characters.push(character);
  }
  return characters;
}

/** Width of some characters, in half-width units. */
export function widthOf(characters: readonly Character[]): number {
  let total = 0;
  for (const { width } of characters) total += width;
  return total;
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
    const found = pieceSegments(segmenter, text.slice(start, end));
    // The last segment may continue in the next piece. When it is half of a surrogate pair, so may the one before.
    if (end < text.length && found.length > 1 && LONE_SURROGATE.test(found.at(-1) ?? '')) found.pop();
    if (end < text.length && found.length > 1) found.pop();
    yield* found;
    for (const { length } of found) start += length;
  }
}

/** The segments of a short text. Asks for one after the other: the iterator of `Segments` takes a fourth more time. */
function pieceSegments(segmenter: Intl.Segmenter, text: string): string[] {
  const segments = segmenter.segment(text);
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const segment = segments.containing(at)?.segment ?? text.slice(at);
    found.push(segment);
    at += segment.length;
  }
  return found;
}

/** The text of some characters. */
export function textOf(characters: readonly Character[]): string {
  let text = '';
  for (const character of characters) text += character.text;
  return text;
}
