import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A temporary key, as the real service answers with it. */
export interface TemporaryToken {
  readonly token: string;
  /** Unix time in seconds. */
  readonly expires_at: number;
}

/** So many temporary keys are remembered; of an older one nobody knows that it has expired. */
const MAX_REMEMBERED = 10_000;

/** Decides which keys a service accepts, and makes temporary ones. All of it is in memory. */
export class Keys {
  readonly #token: string | undefined;
  /** When each temporary key expires, in ms; the oldest first. */
  readonly #expiries = new Map<string, number>();

  /** @param token The only permanent key; without one, any key or none is accepted. */
  constructor(token: string | undefined) {
    this.#token = token;
  }

  /** A temporary key is accepted until it expires, and not after, even where any other key is. */
  accepts(key: string): boolean {
    const expiry = this.#expiries.get(key);
    if (expiry !== undefined) return Date.now() < expiry;
    return this.#token === undefined || isSame(key, this.#token);
  }

  /** Makes a key that is accepted for so many seconds. */
  issue(seconds: number): TemporaryToken {
    const token = `st-${randomBytes(16).toString('hex')}`;
    const expiry = Date.now() + seconds * 1000;
    this.#expiries.set(token, expiry);
    const [oldest] = this.#expiries.keys();
    if (this.#expiries.size > MAX_REMEMBERED && oldest !== undefined) this.#expiries.delete(oldest);
    return { token, expires_at: Math.floor(expiry / 1000) };
  }
}

/** Compares in constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
