import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { parseUntrustedJson } from '../protocol/messages/untrusted-json.ts';
import { type AdmissionRules, SERVICE_PATH, strangerRejection } from './admission.ts';
import type { Keys } from './keys.ts';
import { invalidParameter, RequestError } from './request-error.ts';
import type { Vocabularies } from './vocabularies.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_TOKEN_SECONDS = 1800;

export interface HttpApiOptions extends AdmissionRules {
  readonly keys: Keys;
  readonly vocabularies: Vocabularies;
}

/** The body of the answer to a granted request. */
type Route = (request: IncomingMessage, url: URL, requestId: string) => object | Promise<object>;

/** What the service answers to plain HTTP requests: hot-word lists and temporary keys. */
export function httpApi(options: HttpApiOptions): RequestListener {
  const routes: Readonly<Record<string, Route>> = {
    '/api/v1/services/audio/asr/customization': async (request, _url, requestId) => ({
      output: options.vocabularies.act(await readInput(request)),
      usage: { count: 1 },
      request_id: requestId,
    }),
    '/api/v1/tokens': (_request, url) => options.keys.issue(readSeconds(url)),
  };
  return (request, response) => {
    const requestId = randomUUID();
    const reply = (status: number, body: object) =>
      response
        // What else comes of somebody who was refused is not read.
        .writeHead(status, {
          'content-type': 'application/json',
          ...(status !== 200 && { connection: 'close' }),
        })
        .end(JSON.stringify(body));
    grant(request, routes, options, requestId).then(
      (body) => reply(200, body),
      (error: unknown) => {
        const { status, code, message } = error instanceof RequestError ? error : INTERNAL;
        reply(status, { code, message, request_id: requestId });
      },
    );
  };
}

const INTERNAL = new RequestError(500, 'InternalError', 'The service failed.');

async function grant(
  request: IncomingMessage,
  routes: Readonly<Record<string, Route>>,
  rules: AdmissionRules,
  requestId: string,
): Promise<object> {
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://service')) throw invalidParameter('the target is no URL');
  const url = new URL(target, 'http://service');
  const rejected = strangerRejection(request, url, rules);
  if (rejected) throw new RequestError(rejected.status, rejected.code, rejected.message);
  const route = routes[url.pathname];
  if (!route) throw new RequestError(426, 'UpgradeRequired', `Connect a WebSocket to ${SERVICE_PATH}.`);
  if (request.method !== 'POST') {
    throw new RequestError(405, 'MethodNotAllowed', 'Only POST is answered here.');
  }
  return route(request, url, requestId);
}

async function readInput(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new RequestError(413, 'InvalidParameter', 'The body is too large.');
    chunks.push(chunk);
  }
  const { model, input } = asFields(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (model !== 'speech-biasing') throw new RequestError(404, 'ModelNotFound', 'Model can not be found.');
  return asFields(input);
}

function parseJson(text: string): unknown {
  try {
    return parseUntrustedJson(text);
  } catch {
    throw invalidParameter('the body is no JSON');
  }
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw invalidParameter('the body lacks an object');
  return value as Readonly<Record<string, unknown>>;
}

function readSeconds(url: URL): number {
  const seconds = Number(url.searchParams.get('expire_in_seconds') ?? 60);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TOKEN_SECONDS) return seconds;
  throw invalidParameter(`expire_in_seconds must be an integer from 1 to ${MAX_TOKEN_SECONDS}`);
}
