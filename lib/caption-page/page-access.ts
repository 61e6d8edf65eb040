import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Rejection } from '../service/admission.ts';
import type { DoorService } from '../service/door.ts';

/** Name of the header with the page token, in requests other than WebSockets. */
export const TOKEN_HEADER = 'x-page-token';

/** How long a page token may be used, in ms. A page gets a new one for each connection. */
const TOKEN_LIFETIME_MS = 300_000;

/** Why a request is refused. */
export type Refusal = Pick<Rejection, 'status' | 'message' | 'retryAfterSeconds'>;

/**
 * Decides who may use the caption page. Each request must name a host of the service and come from no foreign page. When
 * the service has a token, the page is opened with it once, as `/?token=…`, and then the browser keeps it in a cookie
 * that scripts cannot read. Everything that the page does needs a page token, which pages of other origins cannot read.
 */
export class PageAccess {
  readonly #service: Pick<DoorService, 'acceptsKey' | 'checkPage' | 'originOf'>;
  readonly #secret = randomBytes(32);

  constructor(service: Pick<DoorService, 'acceptsKey' | 'checkPage' | 'originOf'>) {
    this.#service = service;
  }

  /** Whether the service asks for a token. */
  get needsToken(): boolean {
    return !this.#service.acceptsKey('');
  }

  /** Checks the request for a file of the page. @param token The one in the address, if any. */
  checkVisit(request: IncomingMessage, token?: string | null): Refusal | undefined {
    const rejection = this.#service.checkPage(request);
    if (rejection) return rejection;
    if (this.#service.acceptsKey(token ?? this.#cookieOf(request))) return undefined;
    return { status: 401, message: 'This page needs the token of the service: open it as /?token=…' };
  }

  /** Checks a request that the page makes: also its page token. */
  checkPageRequest(request: IncomingMessage, pageToken: string | undefined): Refusal | undefined {
    const refusal = this.checkVisit(request);
    if (refusal) return refusal;
    return this.#isValid(pageToken)
      ? undefined
      : { status: 403, message: 'The page token is missing or has expired.' };
  }

  /** Makes a page token. */
  issue(): string {
    const claim = `${Date.now() + TOKEN_LIFETIME_MS}.${randomBytes(16).toString('hex')}`;
    return `${claim}.${this.#sign(claim)}`;
  }

  /** The value of a `Set-Cookie` header that keeps the token of the service in the browser. */
  cookieWith(request: IncomingMessage, token: string): string {
    const isEncrypted = this.#service.originOf(request).startsWith('https:');
    const attributes = `Path=/; HttpOnly; SameSite=Strict${isEncrypted ? '; Secure' : ''}`;
    return `${this.#cookieName(request)}=${encodeURIComponent(token)}; ${attributes}`;
  }

  #isValid(pageToken = ''): boolean {
    const end = pageToken.lastIndexOf('.');
    const claim = pageToken.slice(0, Math.max(end, 0));
    const [given, right] = [pageToken.slice(end + 1), this.#sign(claim)].map((text) => Buffer.from(text));
    if (given === undefined || right === undefined || given.length !== right.length) return false;
    return timingSafeEqual(given, right) && Date.now() < Number.parseInt(claim, 10);
  }

  #sign(claim: string): string {
    return createHmac('sha256', this.#secret).update(claim).digest('hex');
  }

  /** Cookies of all ports of a host are sent to each of them. */
  #cookieName(request: IncomingMessage): string {
    const { protocol, port } = new URL(this.#service.originOf(request));
    return `fun-asr-captions-${port || protocol.slice(0, -1)}`;
  }

  #cookieOf(request: IncomingMessage): string {
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const start = `${this.#cookieName(request)}=`;
    const value = pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
    try {
      return decodeURIComponent(value ?? '');
    } catch {
      return '';
    }
  }
}
