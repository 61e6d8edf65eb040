import type { FinalSentence, Word } from '../../sentence.ts';

/** A stretch of time, in integer ms from the start of the input. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Beyond this, in ms, a time is taken for broken: some ten thousand years, far from where integers end. */
const GREATEST_TIME = 3e14;

/** When a sentence was spoken. Times that cannot be are replaced, so that the end is never before the begin. */
export function sentenceSpan(sentence: FinalSentence): Span {
  const begin = time(sentence.begin_time) ?? 0;
  return { begin, end: Math.max(begin, time(sentence.end_time) ?? begin) };
}

/**
 * When each word was spoken, within its sentence and in rising order. Times that do not fit (missing, reversed,
 * overlapping, outside of the sentence) are interpolated between those that do.
 * @param widths What each word weighs when time is shared out between words.
 */
export function wordTimes(words: readonly Word[], widths: readonly number[], sentence: Span): Span[] {
  const bounds = words.flatMap((word) => {
    const begin = time(word.begin_time);
    const end = time(word.end_time);
    // Nothing is spoken in no time.
    return [begin, end === begin ? undefined : end];
  });
  const known = longestRise(bounds, sentence);
  const distances = widths.flatMap((width) => [0, width]);
  const repaired = interpolate(known, distances, sentence);
  return words.map((_, index) => ({
    begin: repaired[index * 2] ?? sentence.end,
    end: repaired[index * 2 + 1] ?? sentence.end,
  }));
}

/** A time as integer ms; undefined when it is none. */
function time(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= GREATEST_TIME ? Math.round(value) : undefined;
}

/**
 * Keeps the most times that rise together and forgets the others: one wild time among good ones must not
 * spoil them. A word ends after it begins, and the next one may begin at that very moment.
 */
function longestRise(
  bounds: ReadonlyArray<number | undefined>,
  { begin, end }: Span,
): (number | undefined)[] {
  // Doubling makes room for "at the same time, but after": an end is even, a begin is odd.
  const ranks = bounds.map((bound, index) =>
    bound === undefined || bound < begin || bound > end ? undefined : bound * 2 + ((index + 1) % 2),
  );
  // The usual patience method: tails[n] ends the lowest rise of n + 1 times found so far.
  const tails: { rank: number; index: number }[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, rank] of ranks.entries()) {
    if (rank === undefined) continue;
    const length = tails.findLastIndex((tail) => tail.rank < rank) + 1;
    if (tails[length]?.rank === rank) continue;
    before[index] = tails[length - 1]?.index;
    tails[length] = { rank, index };
  }
  const kept: (number | undefined)[] = bounds.map(() => undefined);
  for (let index = tails.at(-1)?.index; index !== undefined; index = before[index])
    kept[index] = bounds[index];
  return kept;
}

/**
 * Fills what is not known, each in proportion to its distance from the known ones beside it.
 * @param distances From each bound to the one before.
 */
function interpolate(
  bounds: ReadonlyArray<number | undefined>,
  distances: readonly number[],
  { begin, end }: Span,
): number[] {
  const filled: number[] = [];
  let last = begin;
  for (let index = 0; index < bounds.length; ) {
    let next = index;
    while (next < bounds.length && bounds[next] === undefined) next += 1;
    const target = bounds[next] ?? end;
    const total = sum(distances.slice(index, next + 1)) || 1;
    let done = 0;
    for (; index < next; index += 1) {
      done += distances[index] ?? 0;
      filled.push(Math.round(last + ((target - last) * done) / total));
    }
    if (next < bounds.length) filled.push(target);
    last = target;
    index = next + 1;
  }
  return filled;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
