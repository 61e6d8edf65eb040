import { asFunAsrError, type ErrorCode, type FunAsrError } from '../core/errors.ts';
import type { Rejection } from '../service/admission.ts';

/** Properties of an {@link ApiError} beside status, code and message. */
export interface ApiErrorDetails {
  /** The field of the form that is wrong. */
  readonly param?: string | undefined;
  /** How long the client should wait before it tries again. */
  readonly retryAfterSeconds?: number | undefined;
  /** Whether another try of the same request may succeed. @default decided by the client, from the status */
  readonly shouldRetry?: boolean | undefined;
  /** The text that was recognised before a failure. */
  readonly partialText?: string | undefined;
  /** The method that the path accepts. */
  readonly allow?: string | undefined;
  readonly cause?: unknown;
}

/** An error in the format of OpenAI's API: the status, and the object `error` of the body. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: ApiErrorDetails;

  constructor(status: number, code: string, message: string, details: ApiErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** The body of the answer. */
  get body(): object {
    const { param = null, partialText } = this.details;
    return {
      error: {
        message: this.message,
        type: typeOf(this.status),
        code: this.code,
        param,
        ...(partialText && { partial_text: partialText }),
      },
    };
  }

  get headers(): Record<string, string> {
    const { retryAfterSeconds, shouldRetry, allow } = this.details;
    return {
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      // The clients of OpenAI read it. Otherwise they send the file again after each status of the server.
      ...(shouldRetry !== undefined && { 'x-should-retry': String(shouldRetry) }),
      ...(allow !== undefined && { allow }),
    };
  }
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

/** Makes the error of a request with invalid content. @param param The field of the form that is wrong. */
export function badRequest(message: string, param?: string): ApiError {
  return new ApiError(400, 'invalid_request', message, { param });
}

/** The answer to a request that the service refuses: its key, its origin or its host name, or because it is not ready. */
export function refused({ status, message, retryAfterSeconds }: Rejection): ApiError {
  if (status === 401) {
    const hint = 'The token is missing or wrong: send it as "Authorization: Bearer …".';
    return new ApiError(401, 'invalid_api_key', hint);
  }
  const code = status === 503 ? 'service_unavailable' : 'access_denied';
  return new ApiError(status, code, message, { retryAfterSeconds });
}

/** Statuses of the errors that are about the request, and the field of the form that is wrong. */
const OF_REQUEST: Partial<Record<ErrorCode, { readonly status: number; readonly param?: string }>> = {
  E_LANGUAGE: { status: 400, param: 'language' },
  E_BAD_MEDIA: { status: 400, param: 'file' },
  E_TRACK: { status: 400, param: 'file' },
  E_PLAYLIST_REFUSED: { status: 400, param: 'file' },
  E_DURATION_LIMIT: { status: 413, param: 'file' },
  W_NO_AUDIO: { status: 400, param: 'file' },
};

/** Statuses of the errors of the server. All others are 500. */
const OF_SERVER: Partial<Record<ErrorCode, number>> = {
  E_THROTTLED: 429,
  E_AUTH: 502,
  E_CONNECT: 502,
  E_CONNECTION_LOST: 502,
  E_DNS: 502,
  E_ENDPOINT: 502,
  E_FORBIDDEN: 502,
  E_PROTOCOL: 502,
  E_PROXY: 502,
  E_SERVER: 502,
  E_SERVER_SPAN: 502,
  E_TLS: 502,
  E_UPGRADE: 502,
  E_INTERRUPTED: 503,
  E_TIMEOUT: 504,
  E_DISK_FULL: 507,
};

/**
 * Converts what a transcription threw.
 * @param partialText The text that was recognised before.
 */
export function failed(cause: unknown, partialText?: string): ApiError {
  if (cause instanceof ApiError) return cause;
  const error = asFunAsrError(cause);
  const { code, retryable, retryAfterMs } = error;
  const request = OF_REQUEST[code];
  if (request)
    return new ApiError(request.status, code, sentenceOf(error), { ...request, partialText, cause });
  return new ApiError(OF_SERVER[code] ?? 500, code, sentenceOf(error), {
    partialText,
    cause,
    shouldRetry: retryable || code === 'E_THROTTLED' || code === 'E_INTERRUPTED',
    retryAfterSeconds: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000),
  });
}

/** What happened and what to do, in one text. */
export function sentenceOf({ message, hint }: FunAsrError): string {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return hint === undefined ? sentence : `${sentence} ${hint}`;
}
