import { type ErrorCode, FunAsrError } from '../../core/errors.ts';
import { SERVICE_PATH } from '../addresses.ts';
import { CHECK_KEY_HINT, findServiceErrorKind, THROTTLED_HINT } from './service-errors.ts';

/** Makes the error of a WebSocket upgrade that was answered with another status than 101. */
export function upgradeError(status: number, body: string, url: string, retryAfter?: string): FunAsrError {
  const { host } = new URL(url);
  return httpError(`${host} refused the connection`, status, body, {
    notFoundHint: `The base URL is the whole URL, and ends in ${SERVICE_PATH}.`,
    unknownServerCode: 'E_UPGRADE',
    retryAfter,
  });
}

/** What differs between a refused upgrade and a refused request. */
export interface HttpErrorContext {
  /** What to do about a 404. */
  readonly notFoundHint: string;
  /** Code of the error when the answer does not look like one of the service. */
  readonly unknownServerCode: ErrorCode;
  /** Value of the header `Retry-After`. */
  readonly retryAfter?: string | undefined;
}

/**
 * Makes the error of an HTTP response that is not a success.
 * @param refusal Start of the message: which host refused what.
 */
export function httpError(
  refusal: string,
  status: number,
  body: string,
  { notFoundHint, unknownServerCode, retryAfter }: HttpErrorContext,
): FunAsrError {
  const { code: serviceCode, message: reason, requestId } = readBody(body);
  const details = {
    serviceCode: serviceCode || undefined,
    requestId: requestId || undefined,
    retryAfterMs: readRetryAfter(retryAfter),
  };
  const message = `${refusal} with HTTP ${status}${reason && `: ${reason}`}`;
  if (status === 401) return new FunAsrError('E_AUTH', message, { ...details, hint: CHECK_KEY_HINT });
  const kind = serviceCode ? findServiceErrorKind(serviceCode, reason) : undefined;
  if (kind && status < 500) {
    const { code, hint, retryable } = kind;
    return new FunAsrError(code, message, { ...details, hint, retryable });
  }
  if (status === 403) {
    const hint = 'Check the rights of the key and the workspace.';
    return new FunAsrError('E_FORBIDDEN', message, { ...details, hint });
  }
  if (status === 404) return new FunAsrError('E_ENDPOINT', message, { ...details, hint: notFoundHint });
  if (status === 429) {
    return new FunAsrError('E_THROTTLED', message, { ...details, hint: THROTTLED_HINT, retryable: true });
  }
  if (status >= 500) {
    return new FunAsrError('E_SERVER', message, { ...details, hint: 'Try again later.', retryable: true });
  }
  if (serviceCode) return new FunAsrError('E_SERVER', message, details);
  return new FunAsrError(unknownServerCode, message, {
    ...details,
    hint: 'A proxy or another server seems to answer instead: check the base URL. Redirects are not followed.',
  });
}

/** Reads seconds or a date. Source: RFC 9110, section 10.2.3. */
function readRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function readBody(body: string): { code: string; message: string; requestId: string } {
  const fields = parseFields(body);
  const read = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return { code: read('code'), message: read('message'), requestId: read('request_id') };
}

function parseFields(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
