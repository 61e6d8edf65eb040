import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { asFunAsrError, type FunAsrError } from '../core/errors.ts';
import { callback, checkOptions, integer, listOf, oneOf, pick, type Rules, text } from '../core/options.ts';
import { privateFolder } from '../core/system/private-folder.ts';
import { withWriteErrors } from '../core/system/write-error.ts';
import { BACKEND_RULES, type BackendOptions } from '../engines/choose-backend.ts';
import { engineChoices } from '../engines/engine-list.ts';
import { ENGINE_NAMES, type EngineName, type EngineOption } from '../engines/engine-option.ts';
import type { Door, DoorService, OpenDoor } from '../service/door.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import { type Answer, answerOf } from './answer.ts';
import { ApiError, failed, refused, sendJson } from './api-error.ts';
import { Backends, checkChoices } from './backends.ts';
import { sendEvents } from './event-stream.ts';
import { describeModel, listModels } from './models.ts';
import { receiveUpload } from './receive-upload.ts';
import { sendError } from './send-error.ts';
import { Transcription } from './transcription.ts';
import { readRequest, type TranscriptionRequest } from './transcription-request.ts';

/** Options of {@link openAiDoor}: who recognises, and the limits of uploads. */
export interface OpenAiDoorOptions
  extends Omit<BackendOptions, 'engine' | 'signal' | 'partials' | 'languageHints' | 'onPull'>,
    Pick<TranscribeOptions, 'maxDurationMs' | 'ffmpegPath'> {
  /**
   * Who recognises. `local` without a model is the engine of the service.
   * @default 'local'
   */
  readonly engine?: EngineOption | undefined;
  /** Engines after `engine`: each continues what the one before it cannot do. @default none */
  readonly nextEngines?: readonly EngineName[] | undefined;
  /** Size of the largest file in bytes. The answer to a larger one is 413. @default 512_000_000 */
  readonly maxUploadBytes?: number | undefined;
  /**
   * Most uploads at a time, those that wait for the recogniser included. The answer to further ones is 429.
   * @default 100
   */
  readonly maxUploads?: number | undefined;
  /** Recordings that are recognised at a time. Further ones wait. @default 8 */
  readonly concurrency?: number | undefined;
  /** Longest time without data during an upload, in ms. The answer is 408. @default 30_000 */
  readonly idleMs?: number | undefined;
  /** Longest time of an upload, in ms. The answer is 408. @default 7_200_000 */
  readonly uploadMs?: number | undefined;
  /** Called with each failure of the server: the client receives it too. @default nothing */
  readonly onError?: ((error: FunAsrError) => void) | undefined;
}

const milliseconds = integer(1, 86_400_000, 'ms');
const {
  signal: _signal,
  partials: _partials,
  languageHints: _hints,
  onPull: _pull,
  ...backendRules
} = BACKEND_RULES;

const DOOR_RULES: Rules<OpenAiDoorOptions> = {
  ...backendRules,
  nextEngines: listOf(oneOf(...ENGINE_NAMES)),
  maxDurationMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  ffmpegPath: text,
  maxUploadBytes: integer(1, Number.MAX_SAFE_INTEGER, 'bytes'),
  maxUploads: integer(1, 100_000),
  concurrency: integer(1, 1000),
  idleMs: milliseconds,
  uploadMs: milliseconds,
  onError: callback,
};

/**
 * Makes a door of a service for the clients of OpenAI's API: `POST /v1/audio/transcriptions`, `GET /v1/models` and
 * `GET /v1/models/{model}`.
 * @throws {FunAsrError} `E_OPTION`
 */
export function openAiDoor(options: OpenAiDoorOptions = {}): OpenDoor {
  checkOptions('openAiDoor', options, DOOR_RULES);
  const { engine = 'local', nextEngines } = options;
  const choices = engineChoices({ ...pick(options, backendRules), engine }, nextEngines);
  checkChoices(choices);
  return (service) => new OpenAiDoor(service, options, choices);
}

const BASE = '/v1';
const TRANSCRIPTIONS = `${BASE}/audio/transcriptions`;
const MODELS = `${BASE}/models`;

type Answering = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void>;

class OpenAiDoor implements Door {
  readonly requestMs: number;
  readonly #service: DoorService;
  readonly #options: OpenAiDoorOptions;
  readonly #backends: Backends;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #closed = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #uploads = 0;

  constructor(service: DoorService, options: OpenAiDoorOptions, choices: readonly BackendOptions[]) {
    const { concurrency = 8, idleMs = 30_000, uploadMs = 7_200_000 } = options;
    this.#service = service;
    this.#options = { ...options, idleMs, uploadMs };
    this.#backends = new Backends(choices, service.engine);
    this.#limit = pLimit(concurrency);
    // Later than its own limits, whose answer has the format of this API.
    this.requestMs = uploadMs + idleMs;
  }

  hasPath(path: string): boolean {
    return path === BASE || path.startsWith(`${BASE}/`);
  }

  request(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#closed.signal]);
    const running = this.#answer(request, response, url, signal)
      .catch((error: unknown) => this.#fail(error, request, response, signal))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#running);
    await this.#backends.close();
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    signal: AbortSignal,
  ): Promise<void> {
    const rejection = this.#service.checkClient(request, url);
    if (rejection) throw refused(rejection);
    const [method, answer] = this.#route(url.pathname);
    if (request.method !== method) {
      throw new ApiError(405, 'method_not_allowed', `${url.pathname} accepts ${method} only.`, {
        allow: method,
      });
    }
    await answer(request, response, signal);
  }

  #route(path: string): readonly [method: string, answer: Answering] {
    if (path === TRANSCRIPTIONS) return ['POST', (...args) => this.#transcribe(...args)];
    if (path === MODELS) {
      return ['GET', async (_, response) => sendJson(response, 200, listModels(await this.#backends.at(0)))];
    }
    if (path.startsWith(`${MODELS}/`)) {
      const name = decodeName(path.slice(MODELS.length + 1));
      return [
        'GET',
        async (_, response) => sendJson(response, 200, describeModel(await this.#backends.at(0), name)),
      ];
    }
    throw new ApiError(404, 'not_found', `There are only ${TRANSCRIPTIONS} and ${MODELS}.`);
  }

  async #transcribe(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { maxUploads = 100 } = this.#options;
    if (this.#uploads >= maxUploads) {
      throw new ApiError(429, 'too_many_uploads', 'Too many uploads at a time.', { retryAfterSeconds: 5 });
    }
    this.#uploads += 1;
    const answer = await this.#recognise(request, response, signal).finally(() => {
      this.#uploads -= 1;
    });
    if (answer === undefined) return;
    const { type, body, headers } = answer;
    response
      .writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers })
      .end(body);
  }

  /** Removes the copy of the file before it returns. @returns The answer; undefined when it was sent as events. */
  async #recognise(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const { maxUploadBytes = 512_000_000, idleMs = 0, uploadMs = 0 } = this.#options;
    const limits = { maxBytes: maxUploadBytes, idleMs, totalMs: uploadMs };
    const folder = await withWriteErrors('the upload', privateFolder);
    try {
      const path = join(folder.path, 'upload');
      const asked = readRequest(await receiveUpload(request, path, limits));
      return await this.#inTurn(signal, async () => {
        const onFailure = (error: unknown): void => this.#report(error, signal);
        const transcription = new Transcription({
          request: asked,
          path,
          backends: this.#backends,
          settings: pick(this.#options, SETTING_RULES),
          signal,
          onFallback: onFailure,
        });
        if (!asked.isStream) return await transcribed(transcription, asked);
        return await sendEvents(response, transcription, signal, onFailure);
      });
    } finally {
      await folder.remove();
    }
  }

  /** Waits for a turn. A client that goes away ends the wait, so that its copy does not stay until then. */
  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    let hasBegun = false;
    const gone = new Promise<never>((_, reject) => {
      const leave = (): void => {
        // What has begun reads the copy until it has stopped.
        if (!hasBegun) reject(asFunAsrError(signal.reason));
      };
      signal.addEventListener('abort', leave, { once: true });
    });
    const turn = this.#limit(async () => {
      signal.throwIfAborted();
      hasBegun = true;
      return await work();
    });
    return await Promise.race([turn, gone]);
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse, signal: AbortSignal): void {
    this.#report(error, signal);
    sendError(failed(error), request, response);
  }

  /** A failure after the client has gone, or the door was closed, is a consequence of it. */
  #report(error: unknown, signal: AbortSignal): void {
    const { status, cause } = failed(error);
    if (status >= 500 && !signal.aborted) this.#options.onError?.(asFunAsrError(cause));
  }
}

/** @throws {ApiError} with the text that was recognised before the failure */
async function transcribed(transcription: Transcription, request: TranscriptionRequest): Promise<Answer> {
  try {
    for await (const _ of transcription.run());
  } catch (error) {
    throw failed(error, transcription.text);
  }
  return await answerOf(transcription, request);
}

/** The options of each transcription. */
const SETTING_RULES = { maxDurationMs: DOOR_RULES.maxDurationMs, ffmpegPath: DOOR_RULES.ffmpegPath };

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
