import { FunAsrError } from '../core/errors.ts';
import { checkOptions, integer } from '../core/options.ts';
import { TEMPORARY_KEY_PATH } from '../protocol/addresses.ts';
import { DEFAULT_TEMPORARY_KEY_SECONDS, MAX_TEMPORARY_KEY_SECONDS } from '../protocol/limits.ts';
import { ACCOUNT_RULES, type AccountOptions, resolveAccount } from './account.ts';
import { call } from './call.ts';

export interface TemporaryKeyOptions extends AccountOptions {
  /** How long the key is valid, 1 to 1800 seconds. @default 60 */
  readonly expiresInSeconds?: number | undefined;
}

/** A key that is valid for a while, and then cannot be used to connect any more. It cannot be revoked before. */
export interface TemporaryKey {
  readonly token: string;
  readonly expiresAt: Date;
}

/** The rule of {@link TemporaryKeyOptions.expiresInSeconds}. */
export const EXPIRES_IN_SECONDS: ReturnType<typeof integer> = integer(1, MAX_TEMPORARY_KEY_SECONDS, 's');

/**
 * Makes a temporary key with the rights of the permanent one, for places that the permanent one must not reach,
 * such as a browser. Every connection needs a key that is valid when it is opened: as `apiKey` of `recognize`,
 * an async function that makes one each time does that.
 *
 * Source: the official page on temporary API keys.
 *
 * @example
 * ```ts
 * recognize({ apiKey: async () => (await createTemporaryKey()).token });
 * ```
 * @throws {FunAsrError} `E_OPTION`, `E_NO_KEY`, `E_AUTH`, and every code of the connection.
 */
export async function createTemporaryKey(options: TemporaryKeyOptions = {}): Promise<TemporaryKey> {
  checkOptions('createTemporaryKey', options, { ...ACCOUNT_RULES, expiresInSeconds: EXPIRES_IN_SECONDS });
  const { expiresInSeconds = DEFAULT_TEMPORARY_KEY_SECONDS } = options;
  const path = `${TEMPORARY_KEY_PATH}?expire_in_seconds=${expiresInSeconds}`;
  const answer = await call(resolveAccount(options), { path, isRepeatable: true }, options);
  const { token, expires_at } = answer as { readonly token?: unknown; readonly expires_at?: unknown };
  if (typeof token !== 'string' || typeof expires_at !== 'number') {
    throw new FunAsrError('E_PROTOCOL', 'the service answered without a temporary key');
  }
  return { token, expiresAt: new Date(expires_at * 1000) };
}
