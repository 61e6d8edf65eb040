import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http';
import {
  HTTP_API_PATH,
  SERVICE_PATH,
  TEMPORARY_KEY_PATH,
  VOCABULARY_MODEL,
  VOCABULARY_PATH,
} from '../protocol/addresses.ts';
import { SERVICE_CODES, SERVICE_MESSAGES } from '../protocol/errors/service-codes.ts';
import { DEFAULT_TEMPORARY_KEY_SECONDS, MAX_TEMPORARY_KEY_SECONDS } from '../protocol/service-limits.ts';
import { parseUntrustedJson } from '../protocol/messages/untrusted-json.ts';
import { type AdmissionRules, checkClient, urlOf } from './admission.ts';
import type { Keys } from './keys.ts';
import { badRequest, RequestError } from './request-error.ts';
import type { Vocabularies } from './vocabularies.ts';

const MAX_BODY_BYTES = 256 * 1024;

export interface HttpApiOptions extends AdmissionRules {
  readonly keys: Keys;
  readonly vocabularies: Vocabularies;
}

/** Returns the body of the answer to a request. */
type Route = (request: IncomingMessage, url: URL, requestId: string) => object | Promise<object>;

/** Answers plain HTTP requests: for hot-word lists and temporary keys. */
export function httpApi(options: HttpApiOptions): RequestListener {
  const routes: Readonly<Record<string, Route>> = {
    [HTTP_API_PATH + VOCABULARY_PATH]: async (request, _url, requestId) => ({
      output: options.vocabularies.handle(await readInput(request)),
      usage: { count: 1 },
      request_id: requestId,
    }),
    [HTTP_API_PATH + TEMPORARY_KEY_PATH]: (_request, url) => options.keys.issue(readSeconds(url)),
  };
  return (request, response) => {
    const requestId = randomUUID();
    const reply = (status: number, body: object, headers: OutgoingHttpHeaders = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    answer(request, routes, options, requestId).then(
      (body) => reply(200, body),
      (error: unknown) => {
        const refusal = error instanceof RequestError ? error : INTERNAL_ERROR;
        const { status, code, message, retryAfterSeconds } = refusal;
        reply(
          status,
          { code, message, request_id: requestId },
          {
            // The rest of the request is not read.
            connection: 'close',
            ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
          },
        );
      },
    );
  };
}

const INTERNAL_ERROR = new RequestError(500, SERVICE_CODES.internalError, 'The service failed.');

async function answer(
  request: IncomingMessage,
  routes: Readonly<Record<string, Route>>,
  rules: AdmissionRules,
  requestId: string,
): Promise<object> {
  const url = urlOf(request);
  if (!url) throw badRequest('the target is not a valid URL');
  const rejection = checkClient(request, url, rules);
  if (rejection) {
    const { status, code, message, retryAfterSeconds } = rejection;
    throw new RequestError(status, code, message, retryAfterSeconds);
  }
  const route = routes[url.pathname];
  if (!route) throw new RequestError(426, 'UpgradeRequired', `Connect a WebSocket to ${SERVICE_PATH}.`);
  if (request.method !== 'POST') {
    throw new RequestError(405, 'MethodNotAllowed', 'This path accepts POST only.');
  }
  return route(request, url, requestId);
}

async function readInput(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      throw new RequestError(413, SERVICE_CODES.invalidParameter, 'The body is too large.');
    }
    chunks.push(chunk);
  }
  const { model, input } = readObject(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (model !== VOCABULARY_MODEL) {
    throw new RequestError(404, SERVICE_CODES.modelNotFound, SERVICE_MESSAGES.modelNotFound);
  }
  return readObject(input);
}

function parseJson(text: string): unknown {
  try {
    return parseUntrustedJson(text);
  } catch {
    throw badRequest('the body is not valid JSON');
  }
}

function readObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw badRequest('the body lacks an object');
  return value as Readonly<Record<string, unknown>>;
}

function readSeconds(url: URL): number {
  const seconds = Number(url.searchParams.get('expire_in_seconds') ?? DEFAULT_TEMPORARY_KEY_SECONDS);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TEMPORARY_KEY_SECONDS) return seconds;
  throw badRequest(`expire_in_seconds must be an integer from 1 to ${MAX_TEMPORARY_KEY_SECONDS}`);
}
