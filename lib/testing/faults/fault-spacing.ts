/**
 * Audio after which a client has a new final sentence for sure, in ms: the longest silence and the longest sentence of
 * `randomScript`, the silence after it that makes it final, a message of audio, and what a service that hears a hundred
 * times as fast as one speaks can hear while its answers are delayed.
 */
const SPACING_MS = 20_000;

/**
 * Puts faults off until no three break a task in the same piece of audio: two may come close together, and the next
 * leaves the client room for a final sentence. The end of the audio is one more place where a task can break.
 * @param breaking The kinds that break a task.
 * @returns The faults in the order of time.
 */
export function spaceOut<Spaced extends { readonly kind: string; readonly atMs: number }>(
  faults: readonly Spaced[],
  breaking: readonly string[],
): readonly Spaced[] {
  const hasEnd = faults.some(({ kind }) => kind === 'never-finish');
  // The last piece may then be heard twice between two that come one by one.
  const [most, spacing] = hasEnd ? [1, 2 * SPACING_MS] : [2, SPACING_MS];
  let row = 0;
  let last = -Infinity;
  return faults
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((fault) => {
      if (!breaking.includes(fault.kind) || fault.kind === 'never-finish') return fault;
      const isNear = fault.atMs - last < spacing;
      const isLate = isNear && row === most;
      row = isNear && !isLate ? row + 1 : 1;
      last = Math.max(fault.atMs, isLate ? last + spacing : last);
      return { ...fault, atMs: last };
    });
}
