import type { Profile } from '../profiles/profile.ts';
import { BORDER, type Border, borderBetween } from './borders.ts';
import { type Character, textOf, widthOf } from './characters.ts';
import { isOpening, isWithoutSpaces, mayBreak } from './kinsoku.ts';
import { phraseFinder, type PhraseFinder } from './phrases.ts';
import { cutPiece, type Piece } from './piece-cuts.ts';
import { WORD_RULES, type WordRules } from './word-rules.ts';

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

/** Only punctuation, or nothing visible. */
const PUNCTUATION_ONLY = /^[\p{P}\p{M}\p{Cf}\u200b]*$/u;

/** Splits the characters of a text of one line into tokens. */
export function tokensOf(characters: readonly Character[], profile: Profile): Token[] {
  const finder = phraseFinder(profile.language);
  const words = splitAtSpaces(characters).flatMap((word) => splitWord(word, finder, profile));
  const pieces = attachPunctuation(words).flatMap((piece) => cutPiece(piece, profile));
  const tokens: Token[] = [];
  let startsSentence = true;
  let left = '';
  for (const { characters: own, hasSpaceBefore, border } of pieces) {
    const text = textOf(own);
    const found: Border =
      tokens.length === 0 ? BORDER.sentence : borderBetween(left, text, profile.language, startsSentence);
    const before: Border =
      found === BORDER.word && hasSpaceBefore && isPause(left, text) ? BORDER.comma : found;
    tokens.push({ text, width: widthOf(own), length: own.length, hasSpaceBefore, border: border ?? before });
    startsSentence = tokens.length === 1 || before === BORDER.sentence;
    left = text;
  }
  return tokens;
}

/** Whether a space between two texts is a mark of its own: scripts without spaces between words have one between clauses. */
function isPause(left: string, right: string): boolean {
  return isWithoutSpaces(left.slice(-2)) && isWithoutSpaces(right.slice(0, 2));
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
  if (!isFound) return false;
  // BudouX cuts some endings off: なかったん│です.
  if (left === 'ん' && /[でだじ]/.test(right)) return false;
  if (LATIN.test(left) && LATIN.test(right)) return false;
  return !(KATAKANA.test(left) && KATAKANA.test(right));
}

/** Joins particles with the word before them, and numbers with their measure words. */
function joinBound(pieces: readonly Piece[], { language, maxLineWidth }: Profile): Piece[] {
  const rules = WORD_RULES[language];
  const { keepWithPrevious } = rules;
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
      rules.number.test(textOf(rest))
    ) {
      before.characters = [...before.characters, first];
      joined.push({ characters: rest, hasSpaceBefore: false });
      continue;
    }
    const isBound =
      before !== undefined &&
      (keepWithPrevious.has(withoutMarks(piece)) || isNumberBefore(before, piece, rules)) &&
      !CLAUSE_MARK.test(textOf(before.characters));
    if (isBound && widthOf(before.characters) + widthOf(piece.characters) <= maxLineWidth / 2)
      before.characters = [...before.characters, ...piece.characters];
    else joined.push({ ...piece });
  }
  return joined;
}

function withoutMarks({ characters }: Piece): string {
  return textOf(characters).replace(/\p{P}+$/u, '');
}

/** Whether a piece is the measure word of a number, or the other end of a range. */
function isNumberBefore(before: Piece, piece: Piece, rules: WordRules): boolean {
  const left = textOf(before.characters);
  const right = piece.characters[0]?.text ?? '';
  if (rules.measured.test(left) && rules.measureWord.test(right) && !rules.notNumber.test(left)) return true;
  if (/\d$/.test(left) || rules.number.test(left)) return true;
  return rules.openRange.test(left) && rules.numeralFirst.test(right);
}

/** Attaches separate punctuation to the word before it, and opening marks to the word after. */
function attachPunctuation(pieces: readonly Piece[]): Piece[] {
  const attached: (Piece & { readonly characters: Character[] })[] = [];
  for (const piece of pieces) {
    const before = attached.at(-1);
    const belongs =
      before && (isPunctuation(piece) ? !isOpening(textOf(piece.characters)) : isPunctuation(before));
    if (!belongs) {
      attached.push({ ...piece, characters: [...piece.characters] });
      continue;
    }
    if (piece.hasSpaceBefore) before.characters.push(SPACE);
    // One by one, because the number of arguments of a call is limited.
    for (const character of piece.characters) before.characters.push(character);
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
