import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError } from '../core/errors.ts';
import type { Account, AccountOptions } from './account.ts';
import { post } from './post.ts';

const MAX_TRIES = 4;
const FIRST_WAIT_MS = 500;

export interface ApiRequest {
  /** After the base URL. */
  readonly path: string;
  readonly body?: object;
  /**
   * Whether a request may be repeated although the first one may have been granted, too. What is not repeatable
   * is only tried again when the service said that it did nothing.
   */
  readonly isRepeatable: boolean;
}

/**
 * Asks an account's service, and again after a pause when that may help. The key is asked for each time.
 * @throws {FunAsrError} of the last try.
 */
export async function call(account: Account, request: ApiRequest, options: AccountOptions): Promise<object> {
  const { signal, requestTimeoutMs = 10_000 } = options;
  for (let tries = 1; ; tries += 1) {
    try {
      return await post({
        url: `${account.baseUrl}${request.path}`,
        headers: await account.headers(),
        body: request.body,
        timeoutMs: requestTimeoutMs,
        signal,
      });
    } catch (error) {
      if (tries === MAX_TRIES || !mayRepeat(error, request)) throw error;
    }
    // Full jitter: clients that failed together do not come back together.
    await wait(Math.random() * FIRST_WAIT_MS * 2 ** (tries - 1), undefined, { signal });
  }
}

function mayRepeat(error: unknown, { isRepeatable }: ApiRequest): boolean {
  if (!(error instanceof FunAsrError) || !error.retryable) return false;
  return isRepeatable || error.code === 'E_THROTTLED';
}
