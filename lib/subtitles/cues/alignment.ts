/** Above this many comparisons the two texts are not compared: only their common start and end are used. */
const GREATEST_TABLE = 4_000_000;

/**
 * Finds the characters of one text in another, in order: for each of `from`, its place in `to`, or undefined
 * when it has none there. As many as possible find a place. Letter case is ignored.
 */
export function align(from: readonly string[], to: readonly string[]): (number | undefined)[] {
  const a = from.map((character) => character.toLowerCase());
  const b = to.map((character) => character.toLowerCase());
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;

  const middle = longestCommon(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return a.map((_, index) => {
    if (index < head) return index;
    if (index >= a.length - tail) return index - a.length + b.length;
    const place = middle[index - head];
    return place === undefined ? undefined : place + head;
  });
}

/** The longest common subsequence, by the textbook table. */
function longestCommon(a: readonly string[], b: readonly string[]): (number | undefined)[] {
  const places: (number | undefined)[] = a.map(() => undefined);
  const columns = b.length + 1;
  if (a.length * b.length > GREATEST_TABLE) return places;
  // lengths[i * columns + j]: what a from i and b from j have in common.
  const lengths = new Uint16Array((a.length + 1) * columns);
  const at = (i: number, j: number): number => lengths[i * columns + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * columns + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));

  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) places[i++] = j++;
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return places;
}
