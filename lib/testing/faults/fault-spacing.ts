/**
 * Audio after which a client is sure to have received another final sentence, in ms. It covers the longest silence and
 * the longest sentence of `randomScript`, the silence that makes the sentence final, one audio message, and the audio
 * that a service at a hundred times real time processes while its messages are delayed.
 */
const SPACING_MS = 20_000;

/**
 * Postpones faults so that no three of them break a task within the same audio: two may be close together, but after
 * them the client gets time for a final sentence. The end of the audio counts as a place where a task may break.
 * @param breaking The kinds that break a task.
 * @returns The faults in the order of time.
 */
export function spaceFaults<Spaced extends { readonly kind: string; readonly atMs: number }>(
  faults: readonly Spaced[],
  breaking: readonly string[],
): readonly Spaced[] {
  const hasEnd = faults.some(({ kind }) => kind === 'never-finish');
  // With never-finish, the last part of the audio may be sent twice between two faults.
  const [maxClose, spacingMs] = hasEnd ? [1, 2 * SPACING_MS] : [2, SPACING_MS];
  let close = 0;
  let lastMs = -Infinity;
  return faults
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((fault) => {
      if (!breaking.includes(fault.kind) || fault.kind === 'never-finish') return fault;
      const isClose = fault.atMs - lastMs < spacingMs;
      const isPostponed = isClose && close === maxClose;
      close = isClose && !isPostponed ? close + 1 : 1;
      lastMs = Math.max(fault.atMs, isPostponed ? lastMs + spacingMs : lastMs);
      return { ...fault, atMs: lastMs };
    });
}
