import type { Profile } from '../../profiles/profile.ts';
import { BOUND_KANA } from '../../words/kinsoku.ts';

/** A character at a place where it may not stand. */
export interface BrokenKinsoku {
  readonly character: string;
  readonly where: 'first' | 'last';
}

/** Closing marks, in all languages. */
const CLOSING = /^[)\]}｝］）〉》」』】〕〙〗,;:!?、，。．；：！？・]/u;

/**
 * Marks that Chinese, Japanese and Korean do not allow first in a line (JIS X 4051, W3C jlreq). An ellipsis may continue a
 * sentence, and a point may begin a number.
 */
const CLOSING_WIDE = /^(?:[’”»‐–％%]|\.(?![.\d]))/u;

/** First in a line they are wrong, first in a cue or a sentence they may be speech. */
const BEGINS_WITH_BOUND_KANA = new RegExp(`^[${BOUND_KANA}]`, 'u');

const SENTENCE_END = /[。！？!?…]$/u;

const OPENING = /[([{（［｛〈《「『【〔]$/u;

/** Quotation marks that open only in some languages. */
const OPENING_WIDE = /[“‘]$/u;

const CURRENCY = /\p{Sc}$/u;

/**
 * Finds characters that may not stand first or last in a line.
 * @param lines The lines of the cue.
 * @param index Of the line.
 */
export function brokenKinsoku(
  lines: readonly string[],
  index: number,
  { language }: Pick<Profile, 'language'>,
): BrokenKinsoku[] {
  const [before, text = '', next] = [lines[index - 1], lines[index], lines[index + 1]].map((line) =>
    line?.trim(),
  );
  const isWide = language !== 'en';
  const broken: BrokenKinsoku[] = [];
  const isFirst =
    CLOSING.test(text) ||
    (isWide && CLOSING_WIDE.test(text) && !(index === 0 && /^[‐–]/u.test(text))) ||
    (language === 'ja' &&
      before !== undefined &&
      !SENTENCE_END.test(before) &&
      BEGINS_WITH_BOUND_KANA.test(text));
  if (isFirst) broken.push({ character: firstOf(text), where: 'first' });
  const isLast =
    OPENING.test(text) ||
    (isWide && OPENING_WIDE.test(text)) ||
    (CURRENCY.test(text) && /^\d/.test(next ?? ''));
  if (isLast) broken.push({ character: Array.from(text).at(-1) ?? '', where: 'last' });
  return broken;
}

function firstOf(text: string): string {
  return Array.from(text)[0] ?? '';
}
