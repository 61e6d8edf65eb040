import type { TimeSpan } from '../../core/errors.ts';
import type { FinalSentence, Word } from '../../sentence.ts';

/** Largest time that counts as valid, in ms: some ten thousand years, far below the largest exact integer. */
const MAX_TIME_MS = 3e14;

/** How long a half-width unit of a word usually takes. */
const USUAL_MS_PER_UNIT = 60;

/** When a sentence was spoken. Replaces invalid times, so that the end is never before the begin. */
export function sentenceSpan(sentence: FinalSentence): TimeSpan {
  const beginMs = validTime(sentence.begin_time) ?? 0;
  return { beginMs, endMs: Math.max(beginMs, validTime(sentence.end_time) ?? beginMs) };
}

/**
 * Computes when each word was spoken, within its sentence and in ascending order. Invalid times (missing, reversed,
 * overlapping, outside of the sentence) are interpolated between valid ones.
 * @param widths Weight of each word when words share a span of time.
 */
export function wordTimes(words: readonly Word[], widths: readonly number[], sentence: TimeSpan): TimeSpan[] {
  const bounds = words.flatMap((word, index) => {
    const begin = validTime(word.begin_time);
    const end = validTime(word.end_time);
    if (begin === undefined || end !== begin) return [begin, end];
    // Words that all have one time share what is left.
    if (validTime(words[index - 1]?.begin_time) === begin) return [begin, undefined];
    // A word without duration gets the time that it usually takes, before the next one. The pause after it stays a pause.
    const next = validTime(words[index + 1]?.begin_time) ?? sentence.endMs;
    const usual = begin + (widths[index] ?? 0) * USUAL_MS_PER_UNIT;
    return [begin, next > begin ? Math.min(usual, next) : undefined];
  });
  if (areAscending(bounds, sentence)) return pairs(bounds);
  const known = longestAscending(bounds, sentence);
  const distances = widths.flatMap((width) => [0, width]);
  const complete = interpolate(known, distances, sentence);
  return pairs(complete);
}

/** Begins and ends, in turn, as spans. */
function pairs(bounds: readonly number[]): TimeSpan[] {
  const spans: TimeSpan[] = [];
  for (let index = 0; index < bounds.length; index += 2) {
    spans.push({ beginMs: bounds[index] ?? 0, endMs: bounds[index + 1] ?? 0 });
  }
  return spans;
}

/** Whether all times are valid. Nearly always they are, and need no repair. */
function areAscending(
  bounds: ReadonlyArray<number | undefined>,
  { beginMs, endMs }: TimeSpan,
): bounds is number[] {
  let last = beginMs;
  for (const [index, bound] of bounds.entries()) {
    if (bound === undefined || bound < last || (index % 2 === 1 && bound === last)) return false;
    last = bound;
  }
  return last <= endMs;
}

/** A time as an integer in ms; undefined when it is invalid. */
function validTime(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS ? Math.round(value) : undefined;
}

/**
 * Keeps the longest ascending subsequence of the times and removes the others, so that one wrong time does not affect
 * the right ones. A word ends after it begins; the next word may begin at the same moment.
 */
function longestAscending(
  bounds: ReadonlyArray<number | undefined>,
  { beginMs, endMs }: TimeSpan,
): (number | undefined)[] {
  // Doubled, so that equal times can be ordered: an end is even, a begin is odd.
  const ranks = bounds.map((bound, index) =>
    bound === undefined || bound < beginMs || bound > endMs ? undefined : bound * 2 + ((index + 1) % 2),
  );
  // Patience sorting: tails[n] is the smallest last rank of all ascending subsequences of length n + 1 so far.
  const tails: { rank: number; index: number }[] = [];
  const previous: (number | undefined)[] = [];
  for (const [index, rank] of ranks.entries()) {
    if (rank === undefined) continue;
    const length = tails.findLastIndex((tail) => tail.rank < rank) + 1;
    if (tails[length]?.rank === rank) continue;
    previous[index] = tails[length - 1]?.index;
    tails[length] = { rank, index };
  }
  const kept: (number | undefined)[] = bounds.map(() => undefined);
  for (let index = tails.at(-1)?.index; index !== undefined; index = previous[index])
    kept[index] = bounds[index];
  return kept;
}

/**
 * Fills unknown times, in proportion to their distance from the known times before and after.
 * @param distances Distance of each bound from the one before.
 */
function interpolate(
  bounds: ReadonlyArray<number | undefined>,
  distances: readonly number[],
  { beginMs, endMs }: TimeSpan,
): number[] {
  const filled: number[] = [];
  let last = beginMs;
  for (let index = 0; index < bounds.length; ) {
    let next = index;
    while (next < bounds.length && bounds[next] === undefined) next += 1;
    const target = bounds[next] ?? endMs;
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
