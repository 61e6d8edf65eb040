/** API keys (`sk-…`, `sk-ws-…`) and temporary ones (`st-…`); file names that begin alike have no such run of characters. */
const KEYS = /\b(sk|st)-(?:[a-z]{2,8}-)?[A-Za-z0-9]{16}[\w-]*/g;
const BEARER = /\b(bearer) +[^\s"',]+/gi;
/** Shorter ones would be found in words that tell nothing. */
const LEAST_LENGTH = 8;
const MOST_SECRETS = 100;

/** The keys in use, whatever they look like: the latest of them, for temporary ones come and go. */
const secrets = new Set<string>();

/** From now on this is shown nowhere. */
export function keepSecret(secret: string): void {
  if (secret.length < LEAST_LENGTH) return;
  secrets.delete(secret);
  secrets.add(secret);
  const [oldest] = secrets;
  if (secrets.size > MOST_SECRETS && oldest !== undefined) secrets.delete(oldest);
}

/** Text of whatever origin, without the keys in it: some servers repeat the one that they refuse. */
export function withoutKeys(text: string): string {
  let safe = text;
  for (const secret of secrets) safe = safe.replaceAll(secret, '…');
  return safe.replaceAll(KEYS, '$1-…').replaceAll(BEARER, '$1 …');
}
