import type { SubtitleLanguage } from '../profiles/language.ts';
import type { Profile } from '../profiles/profile.ts';
import { BORDER, type Border, borderBetween } from './borders.ts';
import { type Character, textOf, widthOf } from './characters.ts';
import { isOpening, isWithoutSpaces, mayBreak } from './kinsoku.ts';
import { phraseFinder, type PhraseFinder, wordFinder } from './phrases.ts';

/** A piece of text that no break separates. */
export interface Token {
  readonly text: string;
  /** In half-width units. */
  readonly width: number;
  /** Number of its characters. */
  readonly length: number;
  /** Whether a space is before it, unless it begins a line. */
  readonly hasSpaceBefore: boolean;
  /** How good a break before this token is. */
  readonly border: Border;
}

/** Some characters of a text, before their border is known. */
interface Piece {
  characters: readonly Character[];
  hasSpaceBefore: boolean;
  /** A border that the words beside it do not decide. */
  border?: Border;
}

/** Only punctuation, or nothing visible. */
const PUNCTUATION_ONLY = /^[\p{P}\p{M}\p{Cf}\u200b]*$/u;

/** Characters after which an address or a path may be broken. */
const PATH_MARK = /[/.?&_=#-]/;

/** Digits, and the numerals of Chinese and Japanese. */
const NUMERALS =
  /^(?:[\p{N}一二三四五六七八九十百千万亿億两]+[到至~～])?[\d,.]*[\p{N}一二三四五六七八九十百千万亿億両两几]+$/u;

const NUMERAL_FIRST = /^[\p{N}一二三四五六七八九十百千万亿億两]/u;
const RANGE = /[\p{N}一二三四五六七八九十百千万亿億两][到至から~～]+$/u;

/** A numeral before a measure word, also where the segmenter joins it with the word before, as in 有一. */
const MEASURED = /[一两几三四五六七八九十]$/u;
const MEASURE = /^[个位次年条张本件种只天点名家台辆部场项句段首篇座间所届人岁元块分秒周月]/u;
/** Words that end with 一 and are no numbers. */
const ENDS_WITH_ONE = /(?:统|唯|万|同|单|专|合|之|周|期|逐|划)一$/u;

/** Splits the characters of a text of one line into tokens. */
export function tokensOf(characters: readonly Character[], profile: Profile): Token[] {
  const finder = phraseFinder(profile.language);
  const words = splitAtSpaces(characters).flatMap((word) => splitWord(word, finder, profile));
  const pieces = attachPunctuation(words, profile.maxLineWidth).flatMap((piece) =>
    cutToWidth(piece, profile),
  );
  const tokens: Token[] = [];
  let startsSentence = true;
  let left = '';
  for (const { characters: own, hasSpaceBefore, border } of pieces) {
    const text = textOf(own);
    const before: Border =
      tokens.length === 0 ? BORDER.sentence : borderBetween(left, text, profile, startsSentence);
    tokens.push({ text, width: widthOf(own), length: own.length, hasSpaceBefore, border: border ?? before });
    startsSentence = tokens.length === 1 || before === BORDER.sentence;
    left = text;
  }
  return tokens;
}

function splitAtSpaces(characters: readonly Character[]): Character[][] {
  const words: Character[][] = [];
  let word: Character[] = [];
  for (const character of characters) {
    if (character.text !== ' ') {
      word.push(character);
    } else if (word.length > 0) {
      words.push(word);
      word = [];
    }
  }
  if (word.length > 0) words.push(word);
  return words;
}

/** Splits text between two spaces at its words or phrases, in scripts that are written without spaces. */
function splitWord(characters: readonly Character[], finder: PhraseFinder, profile: Profile): Piece[] {
  const text = textOf(characters);
  if (!isWithoutSpaces(text)) return [{ characters, hasSpaceBefore: true }];

  const starts = new Set(finder(text));
  const pieces: Piece[] = [];
  let from = 0;
  let offset = characters[0]?.text.length ?? 0;
  let quotes = characters[0]?.text === '"' ? 1 : 0;
  for (let index = 1; index < characters.length; index += 1) {
    const left = characters[index - 1]?.text ?? '';
    const right = characters[index]?.text ?? '';
    if (isBorder(left, right, starts.has(offset)) && mayBreak(left, right, quotes)) {
      pieces.push({ characters: characters.slice(from, index), hasSpaceBefore: pieces.length === 0 });
      from = index;
    }
    if (right === '"') quotes += 1;
    offset += right.length;
  }
  pieces.push({ characters: characters.slice(from), hasSpaceBefore: pieces.length === 0 });
  return joinBound(pieces, profile);
}

const LATIN = /[\p{Script=Latin}\p{N}]/u;
const KATAKANA = /[\p{Script=Katakana}ー]/u;
const CLAUSE_MARK = /[、，。；：！？!?;]$/u;

/** Also where a finder does not see it: after a mark, and where Latin letters begin or end. Never inside a foreign word. */
function isBorder(left: string, right: string, isFound: boolean): boolean {
  if (CLAUSE_MARK.test(left)) return true;
  // BudouX cuts some endings off: なかったん│です.
  if (left === 'ん' && /[でだじ]/.test(right)) return false;
  if (LATIN.test(left) && LATIN.test(right)) return false;
  return isFound && !(KATAKANA.test(left) && KATAKANA.test(right));
}

/** Joins particles with the word before them, and numbers with their measure words. */
function joinBound(pieces: readonly Piece[], { keepWithPrevious, maxLineWidth }: Profile): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const before = joined.at(-1);
    const [first, ...rest] = piece.characters;
    // The segmenter treats 了一 as one word.
    if (
      before &&
      first &&
      rest.length > 0 &&
      keepWithPrevious.has(first.text) &&
      NUMERALS.test(textOf(rest))
    ) {
      before.characters = [...before.characters, first];
      joined.push({ characters: rest, hasSpaceBefore: false });
      continue;
    }
    const isBound =
      before !== undefined &&
      (keepWithPrevious.has(textOf(piece.characters)) || isNumberBefore(before, piece));
    if (isBound && widthOf(before.characters) + widthOf(piece.characters) <= maxLineWidth / 2)
      before.characters = [...before.characters, ...piece.characters];
    else joined.push({ ...piece });
  }
  return joined;
}

/** Whether a piece is the measure word of a number, or the other end of a range. */
function isNumberBefore(before: Piece, piece: Piece): boolean {
  const left = textOf(before.characters);
  const right = piece.characters[0]?.text ?? '';
  if (MEASURED.test(left) && MEASURE.test(right) && !ENDS_WITH_ONE.test(left)) return true;
  if (/\d$/.test(left) || NUMERALS.test(left)) return true;
  return RANGE.test(left) && NUMERAL_FIRST.test(right);
}

/** Attaches separate punctuation to the word before it, and opening marks to the word after. */
function attachPunctuation(pieces: readonly Piece[], maxLineWidth: number): Piece[] {
  const attached: Piece[] = [];
  for (const piece of pieces) {
    const before = attached.at(-1);
    const belongs =
      before && (isPunctuation(piece) ? !isOpening(textOf(piece.characters)) : isPunctuation(before));
    if (!belongs) {
      attached.push({ ...piece });
      continue;
    }
    const joined = [...before.characters, ...(piece.hasSpaceBefore ? [SPACE] : []), ...piece.characters];
    if (widthOf(joined) <= maxLineWidth) before.characters = joined;
    else attached.push({ ...piece });
  }
  return attached;
}

const SPACE: Character = { text: ' ', width: 1 };

function isPunctuation({ characters }: Piece): boolean {
  const [first] = characters;
  return (
    first !== undefined && PUNCTUATION_ONLY.test(first.text) && PUNCTUATION_ONLY.test(textOf(characters))
  );
}

/**
 * Cuts a piece that is wider than a line: an address or a path after its marks, Japanese at words, and everything else
 * between characters. All of these borders are possible, so that the layout can choose.
 */
function cutToWidth(piece: Piece, { maxLineWidth, language }: Profile): Piece[] {
  const { characters, hasSpaceBefore } = piece;
  if (widthOf(characters) <= maxLineWidth) return [piece];
  const text = textOf(characters);
  const cuts = isWithoutSpaces(text)
    ? wordCuts(characters, text, language, maxLineWidth)
    : pathCuts(characters);
  const pieces: Piece[] = [];
  let from = 0;
  let width = 0;
  let border: Border | undefined;
  const push = (to: number, next: Border): void => {
    const isFirst = border === undefined;
    pieces.push({
      characters: characters.slice(from, to),
      hasSpaceBefore: hasSpaceBefore && isFirst,
      ...(border !== undefined && { border }),
    });
    border = next;
    from = to;
    width = 0;
  };
  for (const [index, character] of characters.entries()) {
    const cut = cuts.get(index);
    if (cut !== undefined) push(index, cut);
    else if (width + character.width > maxLineWidth && index > from) push(index, BORDER.insideWord);
    width += character.width;
  }
  push(characters.length, BORDER.insideWord);
  return pieces;
}

/** Borders before characters of an address or a path, by their indexes. */
function pathCuts(characters: readonly Character[]): Map<number, Border> {
  const cuts = new Map<number, Border>();
  for (let index = 1; index < characters.length; index += 1) {
    const isMark = PATH_MARK.test(characters[index - 1]?.text ?? '');
    if (isMark && !PATH_MARK.test(characters[index]?.text ?? '')) cuts.set(index, BORDER.weak);
  }
  return cuts;
}

/** Japanese forms after which a long phrase may be cut. */
const JOINT = /[てでばとにをはがもら]$/u;
/** Beginnings of endings, which are not cut off. */
const ENDING = /^(?:[んたてだでかもはがをにとの]|しょ)/u;
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Katakana}]/u;

/** Borders before characters of a phrase, by their indexes: at the joints of long forms; where there are none, at all words. */
function wordCuts(
  characters: readonly Character[],
  text: string,
  language: SubtitleLanguage,
  maxLineWidth: number,
): Map<number, Border> {
  const starts = new Set(wordFinder(language)(text));
  const cuts = new Map<number, Border>();
  let offset = characters[0]?.text.length ?? 0;
  let width = characters[0]?.width ?? 0;
  /** The last word border since the last cut. */
  let word = 0;
  for (let index = 1; index < characters.length; index += 1) {
    const left = characters[index - 1]?.text ?? '';
    const right = characters[index]?.text ?? '';
    const ownWidth = characters[index]?.width ?? 0;
    // The segmenter joins て with the verb after it.
    const isTe = left === 'て' && /[いしくきみおあ]/.test(right);
    if ((isTe || starts.has(offset)) && mayBreak(left, right, 0)) {
      const isJoint = JOINT.test(left) && !ENDING.test(right + (characters[index + 1]?.text ?? ''));
      if (isJoint || IDEOGRAPH.test(right)) {
        cuts.set(index, isJoint ? BORDER.bad : BORDER.insideWord);
        width = 0;
        word = 0;
      } else {
        word = index;
      }
    }
    if (width + ownWidth > maxLineWidth && word > 0) {
      cuts.set(word, BORDER.insideWord);
      width = widthOf(characters.slice(word, index));
      word = 0;
    }
    width += ownWidth;
    offset += right.length;
  }
  return cuts;
}
