/** Longest phrase, in words, that is looked at. */
const LONGEST_PHRASE = 12;
/** People say a thing twice, and "no, no, no"; a recogniser that has lost its way goes on and on. */
const LEAST_TIMES = 3;
const LEAST_WORDS = 6;

/** Writes a phrase that comes many times in a row once: the sign of a recogniser that goes round in circles. */
export function collapseRepeats(text: string): string {
  let words = text.split(' ');
  for (let size = 1; size <= LONGEST_PHRASE; size += 1) words = collapse(words, size);
  return words.join(' ');
}

function collapse(words: readonly string[], size: number): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; ) {
    const times = timesAt(words, at, size);
    const isCircle = times >= LEAST_TIMES && times * size >= LEAST_WORDS;
    const end = isCircle ? at + size : at + 1;
    kept.push(...words.slice(at, end));
    at = isCircle ? at + times * size : end;
  }
  return kept;
}

/** How often the phrase at some place comes in a row. */
function timesAt(words: readonly string[], at: number, size: number): number {
  let times = 1;
  while (isSame(words, at, at + times * size, size)) times += 1;
  return times;
}

function isSame(words: readonly string[], one: number, other: number, size: number): boolean {
  if (other + size > words.length) return false;
  for (let i = 0; i < size; i += 1) if (bare(words[one + i]) !== bare(words[other + i])) return false;
  return true;
}

function bare(word = ''): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}']/gu, '');
}
