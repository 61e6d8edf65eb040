import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A temporary key, in the format of the cloud service. */
export interface TemporaryToken {
  readonly token: string;
  /** Unix time in seconds. */
  readonly expires_at: number;
}

/** Most temporary keys that are kept. An older one is forgotten, and then treated like an unknown key. */
const MAX_TEMPORARY_KEYS = 10_000;

/** Checks the keys of clients, and makes temporary keys. Everything is kept in memory. */
export class Keys {
  readonly #token: string | undefined;
  /** Expiry of each temporary key, as Unix time in ms; the oldest key first. */
  readonly #expiries = new Map<string, number>();

  /** @param token The only permanent key. Without it, the service accepts any key, or none. */
  constructor(token: string | undefined) {
    this.#token = token;
  }

  /** Whether a key is valid. An expired temporary key is refused, even when the service accepts any other key. */
  accepts(key: string): boolean {
    const expiry = this.#expiries.get(key);
    if (expiry !== undefined) return Date.now() < expiry;
    return this.#token === undefined || isSame(key, this.#token);
  }

  /** Makes a temporary key that is valid for some seconds. */
  issue(seconds: number): TemporaryToken {
    const token = `st-${randomBytes(16).toString('hex')}`;
    const expiry = Date.now() + seconds * 1000;
    this.#expiries.set(token, expiry);
    const [oldest] = this.#expiries.keys();
    if (this.#expiries.size > MAX_TEMPORARY_KEYS && oldest !== undefined) this.#expiries.delete(oldest);
    return { token, expires_at: Math.floor(expiry / 1000) };
  }
}

/** Compares in constant time, also for different lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
