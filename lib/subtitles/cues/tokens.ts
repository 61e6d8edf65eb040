import type { Profile } from '../profiles/profile.ts';
import { type Character, charactersOf, segmentsOf, widthOf } from './characters.ts';

/** How good a break between two tokens is, from the best to the worst. */
export type BreakClass =
  | 'sentence'
  | 'clause'
  | 'comma'
  | 'conjunction'
  | 'word'
  | 'keepTogether'
  | 'insideWord';

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

/** Scripts that are written without spaces between words. */
const SCRIPT_WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}]/u;

/** Not allowed at the start of a line: closing marks, dashes, small kana, prolonged sound and iteration marks (JIS X 4051). */
const NOT_FIRST = /^[\p{Pe}\p{Pf}\p{Pd}\p{Po}々ヽヾー～ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ]/u;

/** Not allowed at the end of a line: opening marks, and the currency sign of an amount. */
const NOT_LAST = /[\p{Ps}\p{Pi}\p{Sc}¿¡]$/u;

/** A number is not separated from its unit or measure word. */
const NUMERAL_LAST = /[\p{N}一二三四五六七八九十百千万亿両两几]$/u;

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

/** The text of some characters. */
export function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
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
  if (!SCRIPT_WITHOUT_SPACES.test(text)) return [[...characters]];

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

function mayBreak(left: string, right: string): boolean {
  if (NOT_FIRST.test(right) || NOT_LAST.test(left) || NUMERAL_LAST.test(left)) return false;
  return SCRIPT_WITHOUT_SPACES.test(left) || SCRIPT_WITHOUT_SPACES.test(right);
}

/** Ignores a numeral at the end, because the segmenter treats 了一 as one word. */
function staysWithPrevious(word: string, { keepWithPrevious }: Profile): boolean {
  return keepWithPrevious.has(word.replace(NUMERAL_LAST, ''));
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

/** How good a break between two pieces of text is. */
function breakClass(left: readonly Character[], right: readonly Character[], profile: Profile): BreakClass {
  const before = textOf(left).toLowerCase();
  if (profile.keepWithNext.has(before.replace(/^\p{P}+/u, ''))) return 'keepTogether';

  const mark = before.replace(/[\p{Pe}\p{Pf}"']+$/u, '').at(-1) ?? '';
  if (/[.!?…。！？｡]/u.test(mark)) return 'sentence';
  if (profile.clauseMarks.includes(mark)) return 'clause';
  if (profile.commas.includes(mark)) return 'comma';

  const after = textOf(right).toLowerCase();
  if (profile.conjunctions.has(after.replace(/\p{P}+$/u, ''))) return 'conjunction';
  // Hiragana are mostly particles and verb endings, which belong to the word before.
  return profile.language === 'ja' && /^\p{Script=Hiragana}/u.test(after) ? 'keepTogether' : 'word';
}
