import { isSentenceEnd, type Sentence } from '../../sentence.ts';
import { characterTimes } from '../words/character-times.ts';
import { BORDER } from '../words/borders.ts';
import { type Character, charactersOf, textOf, widthOf } from '../words/characters.ts';
import { profileFor } from '../cues/cue-options.ts';
import { isOpening, isWithoutSpaces, mayBreak } from '../words/kinsoku.ts';
import { tokensOf } from '../words/tokens.ts';
import { sentenceSpan } from '../words/word-times.ts';
import { oneLine } from '../words/one-line.ts';
import { languageOf, type SubtitleLanguage } from '../profiles/language.ts';
import type { Profile } from '../profiles/profile.ts';

/**
 * The smallest piece of text that keeps its place: a word, or one character of a script without spaces, with its marks.
 * Words of such a script are not units, because their borders change when the text grows.
 */
export interface Unit {
  readonly text: string;
  /** The text without marks and letter case: two units with one key are the same word. */
  readonly key: string;
  /** In half-width units, without the space before it. */
  readonly width: number;
  readonly hasSpaceBefore: boolean;
  /** Whether a word begins here. */
  readonly mayStartLine: boolean;
  readonly beginMs: number;
  readonly endMs: number;
}

/** How a text is divided. */
export interface UnitOptions {
  /** Width of a line, in half-width units. */
  readonly width: number;
  readonly language?: SubtitleLanguage | undefined;
}

/**
 * Marks at the end of a partial sentence are not shown: recognisers end each partial sentence with a full stop, and
 * remove it when the next word arrives.
 */
const OPEN_END = /[\s.,!?;:…。，、！？；：｡､\p{Ps}\p{Pi}]+$/u;

const MARKS_AROUND = /^\p{P}+|\p{P}+$/gu;
const MARKS_ONLY = /^[\p{P}\p{M}\p{Cf}]+$/u;

/** Divides the text of a sentence into units. */
export function unitsOf(sentence: Sentence, { width, language }: UnitOptions): Unit[] {
  const line = oneLine(sentence.text);
  const text = isSentenceEnd(sentence) ? line : line.replace(OPEN_END, '');
  const profile = profileFor(languageOf(text), { language, maxLineWidth: width });
  const pieces = piecesOf(text, profile);
  const starts = tokenStarts(text, profile);
  const times = timesOf(
    pieces.flatMap(({ characters }) => characters),
    sentence,
    profile,
  );
  let offset = 0;
  let position = 0;
  return pieces.map(({ characters, hasSpaceBefore }) => {
    const unitText = textOf(characters);
    const visible = characters.filter(isVisible);
    const unit = {
      text: unitText,
      key: unitText.toLowerCase().replaceAll(MARKS_AROUND, '') || unitText,
      width: widthOf(characters),
      hasSpaceBefore,
      mayStartLine: starts.has(offset),
      beginMs: times[position]?.beginMs ?? 0,
      endMs: times[position + visible.length - 1]?.endMs ?? 0,
    };
    offset += textOf(visible).length;
    position += visible.length;
    return unit;
  });
}

interface Piece {
  readonly characters: Character[];
  readonly hasSpaceBefore: boolean;
}

function piecesOf(text: string, profile: Profile): Piece[] {
  const pieces: Piece[] = [];
  let hasSpaceBefore = false;
  // Straight quotes so far: an even number means that the next one opens.
  let quotes = 0;
  for (const character of charactersOf(text, profile)) {
    if (!isVisible(character)) {
      hasSpaceBefore = true;
      continue;
    }
    const piece = pieces.at(-1);
    const before = piece?.characters.at(-1)?.text ?? '';
    const fits = piece && widthOf(piece.characters) + character.width <= profile.maxLineWidth;
    // Invisible characters alone would make a unit without width.
    const isInvisible = character.width === 0 || (piece && widthOf(piece.characters) === 0);
    const belongs = fits && !hasSpaceBefore && !mayDivide(before, character.text, quotes);
    if (piece && (isInvisible || belongs)) piece.characters.push(character);
    else pieces.push({ characters: [character], hasSpaceBefore: hasSpaceBefore && pieces.length > 0 });
    hasSpaceBefore = false;
    if (character.text === '"') quotes += 1;
  }
  return attachMarks(
    pieces.filter(({ characters }) => widthOf(characters) > 0),
    profile,
  );
}

const NO_BREAK_SPACE = /[\u00a0\u2007\u202f]/u;

function mayDivide(left: string, right: string, quotes: number): boolean {
  if (NO_BREAK_SPACE.test(left + right)) return false;
  return (isWithoutSpaces(left) || isWithoutSpaces(right)) && mayBreak(left, right, quotes);
}

/** Attaches marks that stand between spaces to the word before. */
function attachMarks(pieces: readonly Piece[], { maxLineWidth }: Profile): Piece[] {
  const attached: Piece[] = [];
  for (const piece of pieces) {
    const before = attached.at(-1);
    const text = textOf(piece.characters);
    const joined = [
      ...(before?.characters ?? []),
      ...(piece.hasSpaceBefore ? [SPACE] : []),
      ...piece.characters,
    ];
    const belongs = MARKS_ONLY.test(text) && !isOpening(text) && widthOf(joined) <= maxLineWidth;
    if (before && belongs) attached[attached.length - 1] = { ...before, characters: joined };
    else attached.push(piece);
  }
  return attached;
}

const SPACE: Character = { text: ' ', width: 1 };

function isVisible({ text }: Character): boolean {
  return text !== ' ';
}

/** Where a line may begin: offsets in the text without its spaces. Phrases stay whole. */
function tokenStarts(text: string, profile: Profile): Set<number> {
  const starts = new Set<number>();
  let offset = 0;
  for (const token of tokensOf(charactersOf(text, profile), profile)) {
    if (token.border !== BORDER.insidePhrase) starts.add(offset);
    offset += token.text.replaceAll(' ', '').length;
  }
  return starts;
}

function timesOf(
  characters: readonly Character[],
  sentence: Sentence,
  profile: Profile,
): ReturnType<typeof characterTimes> {
  // A partial sentence ends, so far, with its last word.
  const end_time = sentence.end_time ?? sentence.words.at(-1)?.end_time ?? sentence.begin_time;
  const ended = { ...sentence, end_time, sentence_end: true } as const;
  return characterTimes(characters.filter(isVisible), ended, sentenceSpan(ended), profile);
}
