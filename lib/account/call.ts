import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError } from '../core/errors.ts';
import { retryDelay } from '../core/retry-delay.ts';
import type { Account, AccountOptions } from './account.ts';
import { post } from './post.ts';

const MAX_ATTEMPTS = 4;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 2000;

/** A request to the HTTP API. */
export interface ApiRequest {
  /** Appended to the base URL. */
  readonly path: string;
  readonly body?: object;
  /**
   * Whether the request may be sent twice without harm. Otherwise it is sent again only after the service has refused
   * it.
   */
  readonly isRepeatable: boolean;
}

/**
 * Sends a request, and sends it again after a delay when the failure is temporary. The key function is called for each
 * attempt.
 * @throws {FunAsrError} The error of the last attempt.
 */
export async function call(account: Account, request: ApiRequest, options: AccountOptions): Promise<object> {
  const { signal, requestTimeoutMs = 10_000 } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post({
        url: `${account.baseUrl}${request.path}`,
        headers: await account.headers(),
        body: request.body,
        timeoutMs: requestTimeoutMs,
        signal,
      });
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !mayRepeat(error, request)) throw error;
    }
    await wait(retryDelay(FIRST_DELAY_MS, attempt - 1, MAX_DELAY_MS), undefined, { signal });
  }
}

function mayRepeat(error: unknown, { isRepeatable }: ApiRequest): boolean {
  if (!(error instanceof FunAsrError) || !error.retryable) return false;
  return isRepeatable || error.code === 'E_THROTTLED';
}
