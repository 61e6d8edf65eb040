import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { FunAsrError } from '../core/errors.ts';
import { HTTP_API_PATH } from '../protocol/addresses.ts';
import { httpError } from '../protocol/errors/http-errors.ts';
import { networkError } from '../protocol/errors/network-errors.ts';
import { proxyAgent } from '../recognition/connection/proxy.ts';

/** The responses of the service are short: a longer one is from another server. */
const MAX_RESPONSE_BYTES = 1024 * 1024;

/** A POST request. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. @default none: the request has no body */
  readonly body?: object | undefined;
  /** Time limit for the request and its response, in ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a POST request and returns the JSON object of the response. Uses the proxy of the environment. Redirects are not
 * followed, because the key would be sent with them.
 * @throws {FunAsrError} With host and reason, without the key. Throws the reason of the signal when it is aborted.
 */
export async function post({ url, headers, body, timeoutMs, signal }: Post): Promise<object> {
  signal?.throwIfAborted();
  const { host } = new URL(url);
  const attempt = new AbortController();
  const abort = () => attempt.abort(signal?.reason);
  const deadline = setTimeout(() => attempt.abort(timeout(host, timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', abort);
  try {
    const response = await exchange(url, headers, body, attempt.signal);
    return readObject(host, response);
  } catch (error) {
    attempt.signal.throwIfAborted();
    throw networkError(error, url);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', abort);
    attempt.abort();
  }
}

interface HttpResponse {
  readonly status: number;
  readonly text: string;
}

async function exchange(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object | undefined,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const send = url.startsWith('http:') ? requestHttp : requestHttps;
  const text = body === undefined ? '' : JSON.stringify(body);
  const request = send(url, {
    method: 'POST',
    agent: proxyAgent(url, signal) ?? false,
    signal,
    headers: {
      ...headers,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      'content-length': Buffer.byteLength(text),
    },
  });
  request.end(text);
  const response = await responseTo(request);
  return { status: response.statusCode ?? 0, text: await readText(response) };
}

async function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // This listener stays: a later error is emitted by the response too, and must not be uncaught here.
    request.on('error', reject);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const ERROR_CONTEXT = {
  notFoundHint: `The base URL ends in ${HTTP_API_PATH}.`,
  unknownServerCode: 'E_ENDPOINT',
} as const;

function readObject(host: string, { status, text }: HttpResponse): object {
  if (status !== 200) throw httpError(`${host} refused the request`, status, text, ERROR_CONTEXT);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Reported below.
  }
  throw new FunAsrError('E_ENDPOINT', `${host} did not respond like the service`, {
    hint: 'Check the base URL: this may be a proxy or another server.',
  });
}

function timeout(host: string, ms: number): FunAsrError {
  return new FunAsrError('E_TIMEOUT', `${host} did not respond within ${ms / 1000} s`, {
    retryable: true,
    hint: 'Check the network, a proxy or firewall on the way, and the base URL.',
  });
}
