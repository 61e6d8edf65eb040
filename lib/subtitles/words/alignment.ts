/** Largest number of comparisons. For longer texts only the common start and end are aligned. */
const MAX_COMPARISONS = 4_000_000;

/**
 * Aligns two texts, ignoring letter case: finds as many characters of the one in the other as possible, in order.
 * @returns For each character of `from` its position in `to`; undefined when it has none.
 */
export function align(from: readonly string[], to: readonly string[]): (number | undefined)[] {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && isSame(from[head], to[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && isSame(from.at(-1 - tail), to.at(-1 - tail))) tail += 1;

  const middle = longestCommon(
    lowerCase(from.slice(head, from.length - tail)),
    lowerCase(to.slice(head, to.length - tail)),
  );
  return from.map((_, index) => {
    if (index < head) return index;
    if (index >= from.length - tail) return index - from.length + to.length;
    const position = middle[index - head];
    return position === undefined ? undefined : position + head;
  });
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one === other || one?.toLowerCase() === other?.toLowerCase();
}

function lowerCase(characters: readonly string[]): string[] {
  return characters.map((character) => character.toLowerCase());
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
