/** API keys (`sk-…`) and temporary ones (`st-…`), as the service makes them. */
const KEYS = /\b(sk|st)-[\w-]{6,}/g;

/** Text of somebody else, without the keys in it: some servers repeat the one that they refuse. */
export function withoutKeys(text: string): string {
  return text.replaceAll(KEYS, '$1-…');
}
