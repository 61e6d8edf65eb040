import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { SERVICE_PATH } from '../protocol/addresses.ts';
import { SERVICE_CODES, SERVICE_MESSAGES } from '../protocol/errors/service-codes.ts';
import type { Keys } from './keys.ts';
import type { Sites } from './sites.ts';

/** The answer to a request that is refused: HTTP status, `code` and `message` of the body, and a header. */
export interface Rejection {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** How long the client should wait before it tries again. */
  readonly retryAfterSeconds?: number;
}

/** What a request is checked against. */
export interface AdmissionRules {
  readonly sites: Sites;
  readonly keys: Keys;
  /** Whether the engine of the service is open. */
  readonly isReady: () => boolean;
}

const NOT_READY: Rejection = {
  status: 503,
  code: SERVICE_CODES.serviceUnavailable,
  message: 'The service is starting.',
  retryAfterSeconds: 5,
};

/** Checks a request to open a WebSocket. @returns Why it is refused; undefined when it is accepted. */
export function checkUpgrade(request: IncomingMessage, rules: AdmissionRules): Rejection | undefined {
  const url = urlOf(request);
  if (url?.pathname.replace(/\/$/, '') !== SERVICE_PATH) {
    return { status: 404, code: SERVICE_CODES.notFound, message: `The service is at ${SERVICE_PATH}.` };
  }
  return checkClient(request, url, rules);
}

/**
 * Checks a request of a program: its origin, host name and key, and whether the service is ready.
 * @returns Why the request is refused; undefined when it is accepted.
 */
export function checkClient(
  request: IncomingMessage,
  url: URL,
  { sites, keys, isReady }: AdmissionRules,
): Rejection | undefined {
  const rejection = checkSite(request, sites);
  if (rejection) return rejection;
  if (!keys.accepts(keyOf(request, url))) {
    return { status: 401, code: SERVICE_CODES.invalidApiKey, message: SERVICE_MESSAGES.invalidApiKey };
  }
  return isReady() ? undefined : NOT_READY;
}

/**
 * Checks a request of a page: its origin and host name, and whether the service is ready.
 * @returns Why the request is refused; undefined when it is accepted.
 */
export function checkPage(
  request: IncomingMessage,
  { sites, isReady }: AdmissionRules,
): Rejection | undefined {
  return checkSite(request, sites, true) ?? (isReady() ? undefined : NOT_READY);
}

/**
 * Checks origin and host name of a request. A web page can reach a service on loopback: its browser sends an
 * `Origin`, and after DNS rebinding a foreign `Host`. Clients of this service send no `Origin`, so every origin is
 * refused, except for the pages of the service itself.
 * @param ownPages Whether pages that come from this service are accepted.
 * @returns Why the request is refused; undefined when it is accepted.
 */
export function checkSite(
  { headers }: IncomingMessage,
  { origins, publicOrigin }: Sites,
  ownPages = false,
): Rejection | undefined {
  const code = SERVICE_CODES.accessDenied;
  const own = origins.get(hostOf(headers));
  const origin = headers.origin?.toLowerCase();
  if (origin !== undefined && !(ownPages && [own, publicOrigin].includes(origin))) {
    return { status: 403, code, message: 'Web pages may not connect to this service.' };
  }
  if (own === undefined) {
    return { status: 403, code, message: 'This service does not answer to that host name.' };
  }
  return undefined;
}

/** The origin of the pages at the address that a request names, once it is checked; an empty text before. */
export function originOf({ headers }: IncomingMessage, { origins }: Sites): string {
  return origins.get(hostOf(headers)) ?? '';
}

function hostOf({ host = '' }: IncomingHttpHeaders): string {
  return host.toLowerCase();
}

/** The target of a request; undefined when it is not a valid URL. */
export function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  return URL.canParse(url, 'ws://service') ? new URL(url, 'ws://service') : undefined;
}

function keyOf(request: IncomingMessage, url: URL): string {
  const bearer = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? url.searchParams.get('api_key') ?? '';
}
