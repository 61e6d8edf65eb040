/** Longest repeated phrase that is searched for, in words. */
const MAX_PHRASE_WORDS = 12;
/** People say something twice, or "no, no, no". A model that repeats itself does not stop. */
const MIN_TIMES = 3;
const MIN_WORDS = 6;

/** Replaces a phrase that is repeated many times in a row by one. Speech models sometimes repeat themselves. */
export function collapseRepeats(text: string): string {
  let words = text.split(' ');
  for (let size = 1; size <= MAX_PHRASE_WORDS; size += 1) words = collapse(words, size);
  return words.join(' ');
}

function collapse(words: readonly string[], size: number): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; ) {
    const times = timesAt(words, at, size);
    const isRepeat = times >= MIN_TIMES && times * size >= MIN_WORDS;
    const end = isRepeat ? at + size : at + 1;
    kept.push(...words.slice(at, end));
    at = isRepeat ? at + times * size : end;
  }
  return kept;
}

/** Counts how often the phrase at a position is repeated in a row. */
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
