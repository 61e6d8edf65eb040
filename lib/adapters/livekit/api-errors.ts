import { asFunAsrError, type ErrorCode } from '../../core/errors.ts';
import { agents } from './load-agents.ts';

/** The status codes of HTTP for errors of the service. */
const STATUS_CODES: { readonly [Code in ErrorCode]?: number } = {
  E_AUTH: 401,
  E_FORBIDDEN: 403,
  E_THROTTLED: 429,
  E_PARAM: 400,
  E_SERVER: 500,
};

const CONNECTION_CODES: readonly ErrorCode[] = [
  'E_DNS',
  'E_CONNECT',
  'E_PROXY',
  'E_TLS',
  'E_UPGRADE',
  'E_ENDPOINT',
  'E_CONNECTION_LOST',
];

/**
 * Converts an error to one of LiveKit Agents, with the original error as its cause. An `AbortError` stays as it is.
 * None is to be tried again: the recognition has retried already, and its audio is gone.
 */
export function apiError(error: unknown): unknown {
  if (error instanceof Error && error.name === 'AbortError') return error;
  const failure = asFunAsrError(error);
  const { code, hint, requestId = null } = failure;
  const message = `${failure.message} [${code}]`;
  const options = { retryable: false, body: { code, hint } };
  return Object.assign(converted(), { cause: failure });

  function converted(): Error {
    const statusCode = STATUS_CODES[code];
    if (statusCode !== undefined)
      return new agents.APIStatusError({ message, options: { ...options, statusCode, requestId } });
    if (code === 'E_TIMEOUT') return new agents.APITimeoutError({ message, options });
    if (CONNECTION_CODES.includes(code)) return new agents.APIConnectionError({ message, options });
    return new agents.APIError(message, options);
  }
}
