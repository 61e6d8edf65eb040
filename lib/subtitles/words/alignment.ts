/** Largest number of comparisons. For longer texts only the common start and end are aligned. */
const MAX_COMPARISONS = 4_000_000;

/**
 * Aligns two texts, ignoring letter case: finds as many characters of the one in the other as possible, in order.
 * @returns For each character of `from` its position in `to`; undefined when it has none.
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
    const position = middle[index - head];
    return position === undefined ? undefined : position + head;
  });
}

/** The longest common subsequence, by dynamic programming. */
function longestCommon(a: readonly string[], b: readonly string[]): (number | undefined)[] {
  const positions: (number | undefined)[] = a.map(() => undefined);
  const columns = b.length + 1;
  if (a.length * b.length > MAX_COMPARISONS) return positions;
  // lengths[i * columns + j]: length of the longest common subsequence of a from i and b from j.
  const lengths = new Uint16Array((a.length + 1) * columns);
  const at = (i: number, j: number): number => lengths[i * columns + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * columns + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));

  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) positions[i++] = j++;
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return positions;
}
