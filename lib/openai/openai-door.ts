import type { IncomingMessage, ServerResponse } from 'node:http';
import { asFunAsrError } from '../core/errors.ts';
import type { Door, DoorService, OpenDoor } from '../service/door.ts';
import { ApiError, failed, refused } from './api-error.ts';
import { Backends } from './backends.ts';
import { type DoorSettings, doorSettings, type OpenAiDoorOptions } from './door-options.ts';
import { describeModel, listModels } from './models.ts';
import { sendError, sendJson } from './send.ts';
import { type Exchange, Uploads } from './uploads.ts';

/**
 * Makes a door of a service for the clients of OpenAI's API: `POST /v1/audio/transcriptions`, `GET /v1/models` and
 * `GET /v1/models/{model}`.
 * @throws {FunAsrError} `E_OPTION`, `E_NO_KEY`
 */
export function openAiDoor(options: OpenAiDoorOptions = {}): OpenDoor {
  const settings = doorSettings(options);
  return (service) => new OpenAiDoor(service, settings);
}

const BASE = '/v1';
const TRANSCRIPTIONS = `${BASE}/audio/transcriptions`;
const MODELS = `${BASE}/models`;

class OpenAiDoor implements Door {
  readonly requestMs: number;
  readonly #service: DoorService;
  readonly #onError: DoorSettings['onError'];
  readonly #backends: Backends;
  readonly #uploads: Uploads;
  readonly #closed = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(service: DoorService, settings: DoorSettings) {
    this.#service = service;
    this.#onError = settings.onError;
    this.#backends = new Backends(settings.choices, service);
    this.#uploads = new Uploads(settings, this.#backends);
    // Later than its own limits, whose answer has the format of this API.
    this.requestMs = settings.uploadMs + settings.idleMs;
  }

  hasPath(path: string): boolean {
    return path === BASE || path.startsWith(`${BASE}/`);
  }

  request(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#closed.signal]);
    const onFailure = (error: unknown): void => {
      const { status, cause } = failed(error);
      // After the client has gone, or the door was closed, a failure is a consequence of it. A refusal has no cause.
      if (status >= 500 && cause !== undefined && !signal.aborted) this.#onError(asFunAsrError(cause));
    };
    const running = this.#answer(url, { request, response, signal, onFailure })
      .catch((error: unknown) => {
        onFailure(error);
        sendError(failed(error), request, response);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#running);
    await this.#backends.close();
  }

  async #answer(url: URL, exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const rejection = this.#service.checkClient(request, url);
    if (rejection) throw refused(rejection);
    const { pathname } = url;
    if (pathname === TRANSCRIPTIONS) {
      checkMethod(request, 'POST');
      return await this.#uploads.answer(exchange);
    }
    if (pathname !== MODELS && !pathname.startsWith(`${MODELS}/`)) {
      throw new ApiError(404, 'not_found', `There are only ${TRANSCRIPTIONS} and ${MODELS}.`);
    }
    checkMethod(request, 'GET', 'HEAD');
    const backend = await this.#backends.at(0);
    const name = pathname.slice(MODELS.length + 1);
    sendJson(response, name === '' ? listModels(backend) : describeModel(backend, decodeName(name)));
  }
}

/** @throws {ApiError} 405 */
function checkMethod({ method = '' }: IncomingMessage, ...accepted: readonly string[]): void {
  if (accepted.includes(method)) return;
  const allow = accepted.join(', ');
  throw new ApiError(405, 'method_not_allowed', `This path accepts ${allow} only.`, { allow });
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
