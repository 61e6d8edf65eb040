import type { Profile } from '../profiles/profile.ts';
import { BORDER, type Border } from './borders.ts';
import { type Character, textOf, widthOf } from './characters.ts';
import { isBound, isOpening, isWithoutSpaces, mayBreak } from './kinsoku.ts';
import { wordFinder } from './phrases.ts';
import { WORD_RULES } from './word-rules.ts';

/** Some characters of a text, before their border is known. */
export interface Piece {
  characters: readonly Character[];
  readonly hasSpaceBefore: boolean;
  /** A border that the words beside it do not decide. */
  readonly border?: Border;
}

/** Characters after which an address or a path may be broken. */
const PATH_MARK = /[/.?&_=#-]/;

/** What a part of an address or a path begins with. */
const PART_START = /[\p{L}\p{N}%~+@$*]/u;

/** Those of them that separate its parts. The others are inside of names: `example.com`. */
const PART_MARK = /[/?&#]/;

/** An address within a text: with a protocol, an at sign, or the point of a domain. */
const ADDRESS = /[\w.+%~-]*(?::\/\/|@|\.[a-z]{2,}\/)[\x21-\x7e]*/giu;

/**
 * Cuts a piece where a line or a cue may end if need be. A Japanese phrase: between some of its words. A piece that is wider
 * than a line: an address or a path after its marks, Japanese at words, and everything else between characters. All of these
 * borders are possible, so that the layout can choose.
 */
export function cutPiece(piece: Piece, profile: Profile): Piece[] {
  const text = textOf(piece.characters);
  if (widthOf(piece.characters) > profile.maxLineWidth)
    return cutAt(piece, wideCuts(piece.characters, text, profile), profile.maxLineWidth);
  // Parts of a phrase do not count as words of a line.
  if (WORD_RULES[profile.language].joints === '' || profile.maxWordsPerLine < Infinity) return [piece];
  return cutAt(piece, phraseCuts(piece.characters, text, profile), profile.maxLineWidth);
}

/** Cuts a piece before some of its characters, and where a part would be wider than a line. */
function cutAt(piece: Piece, cuts: ReadonlyMap<number, Border>, maxLineWidth: number): Piece[] {
  const { characters, hasSpaceBefore } = piece;
  const pieces: Piece[] = [];
  let from = 0;
  let width = 0;
  let { border } = piece;
  const push = (to: number, next: Border): void => {
    pieces.push({
      characters: characters.slice(from, to),
      hasSpaceBefore: hasSpaceBefore && from === 0,
      ...(border !== undefined && { border }),
    });
    border = next;
    from = to;
    width = 0;
  };
  for (const [index, character] of characters.entries()) {
    const cut = cuts.get(index);
    if (cut !== undefined) push(index, cut);
    else if (width + character.width > maxLineWidth && index > from) {
      push(allowedBreak(characters, from, index), BORDER.insideWord);
      width = widthOf(characters.slice(from, index));
    }
    width += character.width;
  }
  push(characters.length, BORDER.insideWord);
  return pieces;
}

/**
 * The last place after one character and up to another where kinsoku allows a line break; the latter when there is none. A space
 * is only before a mark, which stays with its word.
 */
function allowedBreak(characters: readonly Character[], from: number, last: number): number {
  for (let at = last; at > from; at -= 1) {
    const left = characters[at - 1]?.text ?? '';
    const right = characters[at]?.text ?? '';
    if (left !== ' ' && right !== ' ' && !isBound(left, right)) return at;
  }
  return last;
}

function wideCuts(
  characters: readonly Character[],
  text: string,
  profile: Profile,
): ReadonlyMap<number, Border> {
  if (!isWithoutSpaces(text)) return pathCuts(characters, () => true);
  const addresses = [...text.matchAll(ADDRESS)].map(
    ({ 0: { length }, index }) => [index, index + length] as const,
  );
  const cuts = wordCuts(characters, text, profile);
  if (addresses.length === 0) return cuts;
  const isInAddress = (offset: number): boolean =>
    addresses.some(([from, to]) => offset > from && offset < to);
  return new Map([...cuts, ...pathCuts(characters, isInAddress)]);
}

/** Borders before characters of an address or a path, by their indexes. @param isIn Whether an offset is in one. */
function pathCuts(characters: readonly Character[], isIn: (offset: number) => boolean): Map<number, Border> {
  const cuts = new Map<number, Border>();
  let offset = characters[0]?.text.length ?? 0;
  for (let index = 1; index < characters.length; index += 1) {
    const left = characters[index - 1]?.text ?? '';
    const right = characters[index]?.text ?? '';
    if (isIn(offset) && PATH_MARK.test(left) && PART_START.test(right)) {
      const isAfterProtocol = characters[index - 2]?.text === '/';
      cuts.set(index, PART_MARK.test(left) && !isAfterProtocol ? BORDER.weak : BORDER.bad);
    }
    offset += right.length;
  }
  return cuts;
}

const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Katakana}]/u;

/** A border between two words. */
interface WordBorder {
  /** Index of the character after it. */
  readonly index: number;
  /** Whether a form ends there that may stand before another word. */
  readonly isJoint: boolean;
  /** Whether the word after it begins with a Han or katakana character. */
  readonly isBeforeContent: boolean;
}

/** The borders between the words of a text where a line may end. */
function* wordBorders(
  characters: readonly Character[],
  text: string,
  { language }: Profile,
): Generator<WordBorder> {
  const rules = WORD_RULES[language];
  const starts = new Set(wordFinder(language)(text));
  let offset = characters[0]?.text.length ?? 0;
  for (let index = 1; index < characters.length; index += 1) {
    const left = characters[index - 1]?.text ?? '';
    const right = characters[index]?.text ?? '';
    // The segmenter joins て with the verb after it.
    if ((isBetweenVerbs(left, right) || starts.has(offset)) && mayBreak(left, right, 0)) {
      const isJoint =
        rules.joint.test(left) && !rules.ending.test(right + (characters[index + 1]?.text ?? ''));
      yield { index, isJoint, isBeforeContent: IDEOGRAPH.test(right) };
    }
    offset += right.length;
  }
}

/** Whether a border is between て and the verb after it. */
function isBetweenVerbs(left: string, right: string): boolean {
  return left === 'て' && /[いしくきみおあ]/.test(right);
}

const CLOSING_BRACKET = /\p{Pe}$/u;

/** Least width of a part of a phrase, in half-width units. */
const MIN_PART_WIDTH = 4;

/**
 * Borders before characters of a phrase that fits in a line, by their indexes: beside brackets, after a particle or form
 * that a content word follows, and between two verbs. Characters show these. To look for all words would cost much time, and few more cuts are good.
 */
function phraseCuts(characters: readonly Character[], text: string, profile: Profile): Map<number, Border> {
  const rules = WORD_RULES[profile.language];
  const cuts = new Map<number, Border>();
  const total = widthOf(characters);
  if (total < 2 * MIN_PART_WIDTH || !isWithoutSpaces(text) || text.includes('"')) return cuts;
  let last = 0;
  let width = characters[0]?.width ?? 0;
  for (let index = 1; index < characters.length; index += 1) {
    const left = characters[index - 1]?.text ?? '';
    const right = characters[index]?.text ?? '';
    const isAtBracket = isOpening(right) || CLOSING_BRACKET.test(left);
    const isTe = isBetweenVerbs(left, right) && total - width > MIN_PART_WIDTH;
    const isJoint = isTe || (IDEOGRAPH.test(right) && rules.joint.test(left));
    const isWide = width - last >= MIN_PART_WIDTH && total - width >= MIN_PART_WIDTH;
    if ((isAtBracket || (isJoint && isWide)) && mayBreak(left, right, 0)) {
      cuts.set(index, BORDER.insidePhrase);
      last = width;
    }
    width += characters[index]?.width ?? 0;
  }
  return cuts;
}

/** Borders before characters of a phrase, by their indexes: at the joints of long forms; where there are none, at all words. */
function wordCuts(characters: readonly Character[], text: string, profile: Profile): Map<number, Border> {
  const cuts = new Map<number, Border>();
  let last = 0;
  /** The last word border since the last cut. */
  let word = 0;
  const cutBefore = (end: number): void => {
    if (word > last && widthOf(characters.slice(last, end)) > profile.maxLineWidth) {
      cuts.set(word, BORDER.insideWord);
      last = word;
    }
  };
  for (const { index, isJoint, isBeforeContent } of wordBorders(characters, text, profile)) {
    cutBefore(index);
    if (isJoint || isBeforeContent) {
      cuts.set(index, isJoint ? BORDER.bad : BORDER.insideWord);
      last = index;
    } else word = index;
  }
  cutBefore(characters.length);
  return cuts;
}
