import type { IncomingMessage } from 'node:http';
import type { Keys } from './keys.ts';

/** Why a request is refused: the HTTP status, the body's `code` and `message`, and a header. */
export interface Rejection {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** How long the client should wait before it tries again. */
  readonly retryAfterSeconds?: number;
}

/** The path of the real service. */
export const SERVICE_PATH = '/api-ws/v1/inference';

export interface AdmissionRules {
  /** Names by which this service may be called, with its port. */
  readonly hosts: ReadonlySet<string>;
  readonly keys: Keys;
}

/** Decides on a request to open a WebSocket; undefined lets it in. */
export function rejection(request: IncomingMessage, rules: AdmissionRules): Rejection | undefined {
  const url = urlOf(request);
  if (url?.pathname.replace(/\/$/, '') !== SERVICE_PATH) {
    return { status: 404, code: 'NotFound', message: `The service is at ${SERVICE_PATH}.` };
  }
  return strangerRejection(request, url, rules);
}

/**
 * Decides on who asks; undefined lets it in. A web page can reach a service on loopback: its browser sends an
 * `Origin`, and after DNS rebinding a foreign `Host`. Clients of this service send no `Origin`, so any is
 * refused.
 */
export function strangerRejection(
  request: IncomingMessage,
  url: URL,
  { hosts, keys }: AdmissionRules,
): Rejection | undefined {
  if (request.headers.origin !== undefined) {
    return { status: 403, code: 'AccessDenied', message: 'Web pages may not connect to this service.' };
  }
  if (!hosts.has((request.headers.host ?? '').toLowerCase())) {
    return { status: 403, code: 'AccessDenied', message: 'This service does not answer to that host name.' };
  }
  if (!keys.accepts(offeredKey(request, url))) {
    return { status: 401, code: 'InvalidApiKey', message: 'Invalid API-key provided.' };
  }
  return undefined;
}

/** Undefined for what is no URL: a stranger may ask for anything. */
function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  return URL.canParse(url, 'ws://service') ? new URL(url, 'ws://service') : undefined;
}

function offeredKey(request: IncomingMessage, url: URL): string {
  const bearer = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? url.searchParams.get('api_key') ?? '';
}
