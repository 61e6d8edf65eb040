import { FunAsrError } from '../core/errors.ts';
import { checkOptions, integer } from '../core/options.ts';
import { TEMPORARY_KEY_PATH } from '../protocol/addresses.ts';
import { DEFAULT_TEMPORARY_KEY_SECONDS, MAX_TEMPORARY_KEY_SECONDS } from '../protocol/service-limits.ts';
import { ACCOUNT_RULES, type AccountOptions, resolveAccount } from './account.ts';
import { call } from './call.ts';

/** Options of {@link createTemporaryKey}. */
export interface TemporaryKeyOptions extends AccountOptions {
  /** Time for which the key is valid, 1 to 1800 seconds. @default 60 */
  readonly expiresInSeconds?: number | undefined;
}

/** A key that can be used to connect until it expires. It cannot be revoked before. */
export interface TemporaryKey {
  readonly token: string;
  readonly expiresAt: Date;
}

/** The rule of {@link TemporaryKeyOptions.expiresInSeconds}. */
export const EXPIRES_IN_SECONDS: ReturnType<typeof integer> = integer(1, MAX_TEMPORARY_KEY_SECONDS, 's');

/**
 * Creates a temporary key with the rights of the permanent key, for places where the permanent key must not be, such as a
 * browser. Each connection needs a key that is valid when it is opened: pass an async function that creates a key as the
 * `apiKey` of `recognize`.
 *
 * Source: the official page on temporary API keys.
 *
 * @example
 * ```ts
 * recognize({ apiKey: async () => (await createTemporaryKey()).token });
 * ```
 * @throws {FunAsrError} `E_OPTION`, `E_NO_KEY`, `E_AUTH`, and the errors of a connection.
 */
export async function createTemporaryKey(options: TemporaryKeyOptions = {}): Promise<TemporaryKey> {
  checkOptions('createTemporaryKey', options, { ...ACCOUNT_RULES, expiresInSeconds: EXPIRES_IN_SECONDS });
  const { expiresInSeconds = DEFAULT_TEMPORARY_KEY_SECONDS } = options;
  const path = `${TEMPORARY_KEY_PATH}?expire_in_seconds=${expiresInSeconds}`;
  const response = await call(resolveAccount(options), { path, isRepeatable: true }, options);
  const { token, expires_at } = response as { readonly token?: unknown; readonly expires_at?: unknown };
  if (typeof token !== 'string' || typeof expires_at !== 'number') {
    throw new FunAsrError('E_PROTOCOL', 'the response of the service has no temporary key');
  }
  return { token, expiresAt: new Date(expires_at * 1000) };
}
