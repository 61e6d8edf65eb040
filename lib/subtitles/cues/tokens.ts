import type { Profile } from '../profiles/profile.ts';
import { type Character, charactersOf, segmentsOf, textOf, widthOf } from './characters.ts';
import {
  type BreakClass,
  breakClass,
  isWithoutSpaces,
  mayBreak,
  NOT_LAST,
  staysWithPrevious,
} from './line-breaks.ts';

/** A piece of text that no break separates. */
export interface Token {
  readonly characters: readonly Character[];
  /** In half-width units. */
  readonly width: number;
  /** Whether a space is before it, unless it begins a line. */
  readonly hasSpaceBefore: boolean;
  /** How good a break before this token is. */
  readonly breakBefore: BreakClass;
}

/** Only punctuation, or nothing visible. */
const PUNCTUATION_ONLY = /^[\p{P}\p{M}\p{Cf}\u200b]*$/u;

/** Splits a text of one line into tokens. */
export function tokensOf(text: string, profile: Profile): Token[] {
  const pieces = splitAtSpaces(charactersOf(text, profile)).flatMap((word) =>
    splitWord(word, profile).map((characters, index) => ({ characters, hasSpaceBefore: index === 0 })),
  );
  const joined = attachPunctuation(pieces, profile.maxLineWidth);
  return joined.flatMap(({ characters, hasSpaceBefore }, index) => {
    const breakBefore = breakClass(
      // The characters next to the break decide. The rest of a very long word would only cost time.
      (joined[index - 1]?.characters ?? []).slice(-profile.maxLineWidth),
      characters.slice(0, profile.maxLineWidth),
      profile,
    );
    return cutToWidth(characters, profile.maxLineWidth).map((piece, at) => ({
      characters: piece,
      width: widthOf(piece),
      hasSpaceBefore: hasSpaceBefore && at === 0,
      breakBefore: at === 0 ? breakBefore : 'insideWord',
    }));
  });
}

interface Piece {
  characters: Character[];
  hasSpaceBefore: boolean;
}

function splitAtSpaces(characters: readonly Character[]): Character[][] {
  const words: Character[][] = [[]];
  for (const character of characters) {
    if (character.text === ' ') words.push([]);
    else words.at(-1)?.push(character);
  }
  return words.filter((word) => word.length > 0);
}

/** Splits text between two spaces into words, in scripts that are written without spaces. */
function splitWord(characters: readonly Character[], profile: Profile): Character[][] {
  const text = textOf(characters);
  if (!isWithoutSpaces(text)) return [[...characters]];

  const words = new Map<number, string>();
  let at = 0;
  for (const word of segmentsOf(wordSegmenter(profile), text)) {
    words.set(at, word);
    at += word.length;
  }
  const found: Character[][] = [];
  let offset = 0;
  for (const character of characters) {
    const before = found.at(-1)?.at(-1)?.text;
    const word = words.get(offset);
    const isBreak = word !== undefined && before !== undefined && mayBreak(before, character.text);
    if (before === undefined || (isBreak && !staysWithPrevious(word, profile))) found.push([character]);
    else found.at(-1)?.push(character);
    offset += character.text.length;
  }
  return found;
}

const segmenters = new Map<string, Intl.Segmenter>();

function wordSegmenter({ language }: Profile): Intl.Segmenter {
  const known = segmenters.get(language) ?? new Intl.Segmenter(language, { granularity: 'word' });
  segmenters.set(language, known);
  return known;
}

/** Attaches separate punctuation to the word before it, and opening marks to the word after. */
function attachPunctuation(pieces: readonly Piece[], maxLineWidth: number): Piece[] {
  const attached: Piece[] = [];
  for (const piece of pieces) {
    const before = attached.at(-1);
    const belongs = before && (isPunctuation(piece) ? !isOpeningMark(piece) : isPunctuation(before));
    const space = piece.hasSpaceBefore ? [SPACE] : [];
    const joined = [...(before?.characters ?? []), ...space, ...piece.characters];
    if (belongs && widthOf(joined) <= maxLineWidth) before.characters = joined;
    else attached.push({ ...piece });
  }
  return attached;
}

const SPACE: Character = { text: ' ', width: 1 };

function isPunctuation({ characters }: Piece): boolean {
  return PUNCTUATION_ONLY.test(textOf(characters));
}

function isOpeningMark({ characters }: Piece): boolean {
  return NOT_LAST.test(textOf(characters));
}

/** Cuts a word that is wider than a line. */
function cutToWidth(characters: readonly Character[], maxLineWidth: number): Character[][] {
  const pieces: Character[][] = [[]];
  let width = 0;
  for (const character of characters) {
    if (width + character.width > maxLineWidth) {
      pieces.push([]);
      width = 0;
    }
    pieces.at(-1)?.push(character);
    width += character.width;
  }
  return pieces.filter((piece) => piece.length > 0);
}
