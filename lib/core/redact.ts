/**
 * API keys (`sk-…`, `sk-ws-…`) and temporary keys (`st-…`). Requires 16 characters in a row, so that file names do not
 * match.
 */
const KEYS = /\b(sk|st)-(?:[a-z]{2,8}-)?[A-Za-z0-9]{16}[\w-]*/g;
const BEARER = /\b(bearer) +[^\s"',]+/gi;
/** Shorter secrets are ignored: they would match ordinary words. */
const MIN_SECRET_LENGTH = 8;
const MAX_SECRETS = 100;

/** Keys in use, of any form; only the latest, because temporary keys change. The oldest first. */
const secrets = new Set<string>();

/** Removes a secret from all texts that {@link withoutKeys} returns from now on. */
export function keepSecret(secret: string): void {
  if (secret.length < MIN_SECRET_LENGTH) return;
  secrets.delete(secret);
  secrets.add(secret);
  const [oldest] = secrets;
  if (secrets.size > MAX_SECRETS && oldest !== undefined) secrets.delete(oldest);
}

/** Removes all keys from a text. Some servers repeat the key that they refuse in their messages. */
export function withoutKeys(text: string): string {
  let safe = text;
  for (const secret of secrets) safe = safe.replaceAll(secret, '…');
  return safe.replaceAll(KEYS, '$1-…').replaceAll(BEARER, '$1 …');
}
