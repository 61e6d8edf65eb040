/** API keys (`sk-…`) and temporary ones (`st-…`), as the service makes them; file names that begin alike are shorter. */
const KEYS = /\b(sk|st)-[A-Za-z0-9]{16}[\w-]*/g;

/** Text of whatever origin, without the keys in it: some servers repeat the one that they refuse. */
export function withoutKeys(text: string): string {
  return text.replaceAll(KEYS, '$1-…');
}
