/** The messages of the protocol need about half of this. */
const MAX_DEPTH = 16;

/**
 * Parses JSON that comes from the network. Refuses deep nesting, which would overflow the stack of code that walks
 * through the value or serializes it again.
 * @throws {SyntaxError} when it is not valid JSON, or nested deeper than 16 levels.
 */
export function parseUntrustedJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!isWithinDepth(value, MAX_DEPTH)) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  // Runs for each message of each stream, so it allocates nothing.
  for (const name in value) {
    if (!isWithinDepth((value as Record<string, unknown>)[name], levels - 1)) return false;
  }
  return true;
}
