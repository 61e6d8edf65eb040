import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { FunAsrError } from '../core/errors.ts';
import { HTTP_API_PATH } from '../protocol/addresses.ts';
import { httpError } from '../protocol/errors/http-errors.ts';
import { networkError } from '../protocol/errors/network-errors.ts';
import { proxyAgent } from '../recognition/connection/proxy.ts';

/** Answers are short: more is not from the service. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; nothing is sent without one. */
  readonly body?: object | undefined;
  /** Limit in ms for the request and its answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One POST, answered with a JSON object. Goes through the user's proxy; redirects are not followed, because the
 * key would go with them.
 * @throws {FunAsrError} naming host and reason, never the key; whatever the signal was aborted with.
 */
export async function post({ url, headers, body, timeoutMs, signal }: Post): Promise<object> {
  signal?.throwIfAborted();
  const { host } = new URL(url);
  const attempt = new AbortController();
  const abort = () => attempt.abort(signal?.reason);
  const deadline = setTimeout(() => attempt.abort(timeout(host, timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', abort);
  try {
    const answer = await exchange(url, headers, body, attempt.signal);
    return readAnswer(host, answer);
  } catch (error) {
    attempt.signal.throwIfAborted();
    throw networkError(error, url);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', abort);
    attempt.abort();
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function exchange(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object | undefined,
  signal: AbortSignal,
): Promise<Answer> {
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
    // Stays: an error after the response is one of the response, and must not be thrown here.
    request.on('error', reject);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const ERROR_CONTEXT = {
  notFoundHint: `The base URL ends in ${HTTP_API_PATH}.`,
  unknownServerCode: 'E_ENDPOINT',
} as const;

function readAnswer(host: string, { status, text }: Answer): object {
  if (status !== 200) throw httpError(`${host} refused the request`, status, text, ERROR_CONTEXT);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Said below.
  }
  throw new FunAsrError('E_ENDPOINT', `${host} answered with something else than the service does`, {
    hint: 'A proxy or another server seems to answer in its place: check the base URL.',
  });
}

function timeout(host: string, ms: number): FunAsrError {
  return new FunAsrError('E_TIMEOUT', `${host} did not answer within ${ms / 1000} s`, {
    retryable: true,
    hint: 'Check the network, a proxy or firewall on the way, and the base URL.',
  });
}
