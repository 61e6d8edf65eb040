import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Deadline } from '../../../core/deadline.ts';
import { FunAsrError, messageOf } from '../../../core/errors.ts';
import { networkError } from '../../../protocol/errors/network-errors.ts';
import { proxyAgent } from '../../../recognition/connection/proxy.ts';
import { isAllowed } from '../catalogue/hosts.ts';
import { HostError } from './host-error.ts';

const MAX_REDIRECTS = 5;

/** A response to a GET request. Read its body, or close it. */
export interface GetResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /**
   * The body.
   * @throws {HostError} When the connection breaks, or sends nothing for too long. Throws the reason of the signal when it is aborted.
   */
  body(): AsyncGenerator<Buffer, void>;
  /** Closes the connection. */
  close(): void;
}

/** A GET request. */
export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Limit of the time without any byte, also while connecting, in ms. */
  readonly stallTimeoutMs: number;
}

/**
 * Sends a GET request through the proxy of the environment, and follows redirects: from HTTPS to HTTPS only, and with HTTP
 * to this machine only.
 * @throws {HostError} With the reason. Throws the reason of the signal when it is aborted.
 */
export async function httpGet(
  address: string,
  { headers, signal, stallTimeoutMs }: GetOptions,
): Promise<GetResponse> {
  signal.throwIfAborted();
  const attempt = new AbortController();
  const abort = (): void => attempt.abort(signal.reason);
  signal.addEventListener('abort', abort);
  const deadline = new Deadline(() => {
    attempt.abort(new HostError(`sent no data for ${stallTimeoutMs / 1000} s`));
  });
  const close = (): void => {
    deadline.clear();
    signal.removeEventListener('abort', abort);
    attempt.abort();
  };
  let url = new URL(address);
  try {
    for (let redirects = 0; ; redirects += 1) {
      deadline.start(stallTimeoutMs);
      const response = await send(url, headers, attempt.signal);
      const target = redirectOf(response, url);
      if (!target) {
        const refresh = (): void => deadline.start(stallTimeoutMs);
        return {
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: () => bodyOf(response, attempt.signal, refresh),
          close,
        };
      }
      response.destroy();
      if (redirects === MAX_REDIRECTS) throw new HostError(`redirects more than ${MAX_REDIRECTS} times`);
      url = target;
    }
  } catch (error) {
    const reason = attempt.signal.aborted ? attempt.signal.reason : error;
    close();
    signal.throwIfAborted();
    throw hostError(reason, url, address);
  }
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const get = url.protocol === 'http:' ? requestHttp : requestHttps;
  const request: ClientRequest = get(url, {
    agent: proxyAgent(url.href, signal) ?? false,
    signal,
    headers: { ...headers, 'user-agent': 'fun-asr-streams', 'accept-encoding': 'identity' },
  });
  request.end();
  return await new Promise((resolve, reject) => {
    request.once('response', (response: IncomingMessage) => {
      // It fails after the request was aborted, also when nobody reads it.
      response.on('error', () => {});
      resolve(response);
    });
    // This listener stays: a later error is emitted by the response too, and must not be uncaught here.
    request.on('error', reject);
  });
}

/** The target of a redirect; undefined for a response that is not one. */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const { location = '' } = headers;
  if (!URL.canParse(location, from.href)) throw new HostError(`redirects to an address that is not valid`);
  const target = new URL(location, from);
  // The user and password in an address are for its own host.
  if (target.host !== from.host) Object.assign(target, { username: '', password: '' });
  const isDowngrade = from.protocol === 'https:' && target.protocol !== 'https:';
  if (isDowngrade || !isAllowed(target))
    throw new HostError(`redirects to ${target.protocol}//${target.host}, which is not HTTPS`);
  return target;
}

async function* bodyOf(
  response: IncomingMessage,
  signal: AbortSignal,
  onData: () => void,
): AsyncGenerator<Buffer, void> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    onData();
    let next: IteratorResult<Buffer, unknown>;
    try {
      next = await chunks.next();
    } catch (cause) {
      signal.throwIfAborted();
      throw new HostError(`the connection broke: ${messageOf(cause)}`, { cause, isBroken: true });
    }
    if (next.done) return;
    yield next.value;
  }
}

function hostError(error: unknown, url: URL, address: string): Error {
  // The host is not at fault when a proxy variable is not valid.
  if (error instanceof HostError) return error;
  if (error instanceof FunAsrError && error.code === 'E_OPTION') return error;
  const reached = url.host === new URL(address).host ? '' : `, to which it redirects`;
  const cause = networkError(error, url.href);
  return new HostError(`${cause.message}${reached}`, { cause });
}
