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
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
