import { type Character, charactersOf, widthOf } from './characters.ts';
import type { Profile } from '../profiles/profile.ts';
import { segmentsOf } from './segments.ts';

/** What stands between two tokens, from the best place for a break to the worst. */
export type Border = 'sentence' | 'clause' | 'comma' | 'joining' | 'word' | 'leaning' | 'inside';

/** A piece of text that a break never parts. */
export interface Token {
  readonly characters: readonly Character[];
  /** In half-width units. */
  readonly width: number;
  /** Whether a space stands before it, unless it begins a line. */
  readonly spaced: boolean;
  /** What stands between this token and the one before. */
  readonly border: Border;
}

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}]/u;

/** Never at the start of a line: closing marks, dashes, small kana, marks that lengthen or repeat (JIS X 4051). */
const NEVER_FIRST = /^[\p{Pe}\p{Pf}\p{Pd}\p{Po}々ヽヾー～ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ]/u;

/** Never at the end of a line: opening marks, and the currency sign of an amount. */
const NEVER_LAST = /[\p{Ps}\p{Pi}\p{Sc}¿¡]$/u;

/** A number and its unit or measure word stay together. */
const NUMERAL_LAST = /[\p{N}一二三四五六七八九十百千万亿両两几]$/u;

/** Only marks, or nothing that can be seen. */
const NO_WORD = /^[\p{P}\p{M}\p{Cf}\u200b]*$/u;

/** Splits a text of one line into the pieces that a break may stand between. */
export function tokensOf(text: string, profile: Profile): Token[] {
  const pieces = spacedWords(charactersOf(text, profile)).flatMap((word) =>
    parts(word, profile).map((characters, index) => ({ characters, spaced: index === 0 })),
  );
  const whole = withMarks(pieces, profile.maxLineWidth);
  return whole.flatMap(({ characters, spaced }, index) => {
    const border = borderBetween(
      // What decides stands beside the border; the rest of a word without end would only cost time.
      (whole[index - 1]?.characters ?? []).slice(-profile.maxLineWidth),
      characters.slice(0, profile.maxLineWidth),
      profile,
    );
    return cut(characters, profile.maxLineWidth).map((fitting, at) => ({
      characters: fitting,
      width: widthOf(fitting),
      spaced: spaced && at === 0,
      border: at === 0 ? border : 'inside',
    }));
  });
}

export function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
}

interface Piece {
  characters: Character[];
  spaced: boolean;
}

function spacedWords(characters: readonly Character[]): Character[][] {
  const words: Character[][] = [[]];
  for (const character of characters) {
    if (character.text === ' ') words.push([]);
    else words.at(-1)?.push(character);
  }
  return words.filter((word) => word.length > 0);
}

/** Parts what stands between two spaces, where the script has words without spaces between them. */
function parts(characters: readonly Character[], profile: Profile): Character[][] {
  const text = textOf(characters);
  if (!UNSPACED.test(text)) return [[...characters]];

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
    const isBorder = word !== undefined && before !== undefined && mayPart(before, character.text);
    if (before === undefined || (isBorder && !clings(word, profile))) found.push([character]);
    else found.at(-1)?.push(character);
    offset += character.text.length;
  }
  return found;
}

function mayPart(left: string, right: string): boolean {
  if (NEVER_FIRST.test(right) || NEVER_LAST.test(left) || NUMERAL_LAST.test(left)) return false;
  return UNSPACED.test(left) || UNSPACED.test(right);
}

/** The segmenter takes 了一 for one word: the numeral does not change what 了 does. */
function clings(word: string, { clinging }: Profile): boolean {
  return clinging.has(word.replace(NUMERAL_LAST, ''));
}

const segmenters = new Map<string, Intl.Segmenter>();

function wordSegmenter({ language }: Profile): Intl.Segmenter {
  const known = segmenters.get(language) ?? new Intl.Segmenter(language, { granularity: 'word' });
  segmenters.set(language, known);
  return known;
}

/** Gives marks that stand alone to the word before them, opening marks to the word after. */
function withMarks(pieces: readonly Piece[], maxLineWidth: number): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const before = merged.at(-1);
    const belongs = before && (standsAlone(piece) ? !opens(piece) : standsAlone(before));
    const joined = [...(before?.characters ?? []), ...(piece.spaced ? [SPACE] : []), ...piece.characters];
    if (belongs && widthOf(joined) <= maxLineWidth) before.characters = joined;
    else merged.push({ ...piece });
  }
  return merged;
}

const SPACE: Character = { text: ' ', width: 1 };

function standsAlone({ characters }: Piece): boolean {
  return NO_WORD.test(textOf(characters));
}

function opens({ characters }: Piece): boolean {
  return NEVER_LAST.test(textOf(characters));
}

/** Cuts what is wider than a line. */
function cut(characters: readonly Character[], maxLineWidth: number): Character[][] {
  const fitting: Character[][] = [[]];
  let width = 0;
  for (const character of characters) {
    if (width + character.width > maxLineWidth) {
      fitting.push([]);
      width = 0;
    }
    fitting.at(-1)?.push(character);
    width += character.width;
  }
  return fitting.filter((piece) => piece.length > 0);
}

function borderBetween(left: readonly Character[], right: readonly Character[], profile: Profile): Border {
  const before = textOf(left).toLowerCase();
  if (profile.leaning.has(before.replace(/^\p{P}+/u, ''))) return 'leaning';

  const mark = before.replace(/[\p{Pe}\p{Pf}"']+$/u, '').at(-1) ?? '';
  if (/[.!?…。！？｡]/u.test(mark)) return 'sentence';
  if (profile.clauseMarks.includes(mark)) return 'clause';
  if (profile.commas.includes(mark)) return 'comma';

  const after = textOf(right).toLowerCase();
  if (profile.joining.has(after.replace(/\p{P}+$/u, ''))) return 'joining';
  // Hiragana mostly end a word that has begun before: particles and the endings of verbs.
  return profile.language === 'ja' && /^\p{Script=Hiragana}/u.test(after) ? 'leaning' : 'word';
}
