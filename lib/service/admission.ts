import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why an upgrade is refused: the HTTP status and the body's `code` and `message`. */
export interface Rejection {
  readonly status: 401 | 403 | 404;
  readonly code: string;
  readonly message: string;
}

/** The path of the real service. */
export const SERVICE_PATH = '/api-ws/v1/inference';

export interface AdmissionRules {
  /** Names by which this service may be called, with its port. */
  readonly hosts: ReadonlySet<string>;
  /** When given, the only key that is accepted. */
  readonly token?: string | undefined;
}

/**
 * Decides on a request to open a WebSocket; undefined lets it in. A web page can reach a service on loopback:
 * its browser sends an `Origin`, and after DNS rebinding a foreign `Host`. Clients of this service send no
 * `Origin`, so any is refused.
 */
export function rejection(request: IncomingMessage, { hosts, token }: AdmissionRules): Rejection | undefined {
  const url = new URL(request.url ?? '/', 'ws://service');
  if (url.pathname.replace(/\/$/, '') !== SERVICE_PATH) {
    return { status: 404, code: 'NotFound', message: `The service is at ${SERVICE_PATH}.` };
  }
  if (request.headers.origin !== undefined) {
    return { status: 403, code: 'AccessDenied', message: 'Web pages may not connect to this service.' };
  }
  if (!hosts.has((request.headers.host ?? '').toLowerCase())) {
    return { status: 403, code: 'AccessDenied', message: 'This service does not answer to that host name.' };
  }
  if (token !== undefined && !isSame(offeredKey(request, url), token)) {
    return { status: 401, code: 'InvalidApiKey', message: 'Invalid API-key provided.' };
  }
  return undefined;
}

function offeredKey(request: IncomingMessage, url: URL): string {
  const bearer = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? url.searchParams.get('api_key') ?? '';
}

/** Compares in constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
