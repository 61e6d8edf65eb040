/** The messages of the protocol need half of it. */
const MAX_DEPTH = 16;

/**
 * Parses JSON of a stranger. What is nested deeper than any honest message would overflow the stack of whoever walks
 * through it, or writes it out again.
 * @throws {SyntaxError} when it is no JSON, or nested deeper than 16 levels.
 */
export function parseShallow(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!isShallow(value, MAX_DEPTH)) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  // For each message of each stream: nothing is allocated for it.
  for (const name in value) {
    if (!isShallow((value as Record<string, unknown>)[name], levels - 1)) return false;
  }
  return true;
}
