/** Scripts that are written without spaces between words. */
const SCRIPT_WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}]/u;

/** Iteration and prolonged sound marks, and small kana. They are not allowed at the start of a line. */
export const BOUND_KANA = '々ヽヾーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ';

/**
 * Not allowed at the start of a line (kinsoku, JIS X 4051): closing marks, dashes, bound kana.
 */
const NOT_FIRST = new RegExp(String.raw`^[\p{Pe}\p{Pf}\p{Pd}\p{Po}～℃％${BOUND_KANA}]`, 'u');

/** Not allowed at the end of a line (kinsoku): opening marks, and the currency sign of an amount. */
const NOT_LAST = /[\p{Ps}\p{Pi}\p{Sc}¿¡]$/u;

/** A straight quotation mark opens or closes: what is before it says which. */
const STRAIGHT_QUOTE = '"';

/** Whether a text contains characters of a script that is written without spaces between words. */
export function isWithoutSpaces(text: string): boolean {
  return SCRIPT_WITHOUT_SPACES.test(text);
}

/**
 * Whether kinsoku allows a line break between two characters that no space separates.
 * @param quotes How many straight quotation marks are before the border.
 */
export function mayBreak(left: string, right: string, quotes: number): boolean {
  const isOpen = quotes % 2 === 1;
  if (right === STRAIGHT_QUOTE ? isOpen : NOT_FIRST.test(right)) return false;
  if (left === STRAIGHT_QUOTE ? isOpen : NOT_LAST.test(left)) return false;
  return isWithoutSpaces(left) || isWithoutSpaces(right);
}

/** Whether the one character never begins a line, or the other never ends one. */
export function isBound(left: string, right: string): boolean {
  return NOT_FIRST.test(right) || NOT_LAST.test(left);
}

/** Whether a text ends with a mark that a line must not end with. */
export function isOpening(text: string): boolean {
  return NOT_LAST.test(text);
}
