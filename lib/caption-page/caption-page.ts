import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { FunAsrError, systemCode } from '../core/errors.ts';
import { anyObject, checkOptions, integer, type Rules } from '../core/options.ts';
import { wireModelFor } from '../engines/choose-backend.ts';
import { cloudModelSampleRate } from '../protocol/cloud-models.ts';
import { recognize, type RecognizeOptions } from '../recognize.ts';
import type { Sentence } from '../sentence.ts';
import type { Door, DoorService, OpenDoor } from '../service/door.ts';
import { answerAndClose } from '../service/refusal.ts';
import { CaptionHub } from './caption-hub.ts';
import { PageAccess, type Refusal, TOKEN_HEADER } from './page-access.ts';
import { type ConnectionRules, PageConnection } from './page-connection.ts';
import { FILES_PATH, pageFileAt, pageHeaders, sendPageFile } from './page-files.ts';
import { DOWNLOAD_FORMATS, sendSubtitles } from './subtitle-download.ts';

/** Options of the recognition of a browser's microphone. */
export type CaptionRecognition = Omit<
  RecognizeOptions,
  'format' | 'keepAlive' | 'live' | 'sampleRate' | 'signal'
>;

/** Options of {@link captionPage}. */
export interface CaptionPageOptions {
  /**
   * Options of `recognize` for the microphones of browsers. Without `engine`, the recogniser of the service is used.
   * @default none
   */
  readonly recognition?: CaptionRecognition | undefined;
  /**
   * Sentences to show, partial and final, as `recognize` returns them. Then the page only shows captions, and does not use
   * the microphone of its browser.
   * @default none: the page uses the microphone of its browser
   */
  readonly sentences?: AsyncIterable<Sentence> | undefined;
  /** Microphones at the same time. @default 8 */
  readonly maxSources?: number | undefined;
  /** Open pages at the same time. @default 100 */
  readonly maxPages?: number | undefined;
}

const RULES: Rules<CaptionPageOptions> = {
  recognition: anyObject,
  sentences: (value) =>
    typeof (Object(value) as Partial<AsyncIterable<Sentence>>)[Symbol.asyncIterator] === 'function'
      ? undefined
      : 'must be an async iterable of sentences',
  maxSources: integer(1, 1000),
  maxPages: integer(1, 10_000),
};

/** The subprotocol of the WebSocket. The page names its page token after it. */
const SUBPROTOCOL = 'fun-asr-captions';
/** Largest message of a page: 2 s of audio. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** How long a page may take to close its connection, in ms. */
const CLOSE_MS = 1000;
/** Subtitles that are made at the same time. */
const MAX_DOWNLOADS = 4;

/**
 * Live captions in a browser, as a door of `startService`: the page at `/` sends the microphone of the browser to this
 * process, which recognises it and sends back captions. The page offers what it has shown as SRT, WebVTT and text. With
 * `?overlay` it shows nothing but captions on a transparent ground.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function captionPage(options: CaptionPageOptions = {}): OpenDoor {
  checkOptions('captionPage', options, RULES);
  if (options.recognition) checkRecognition(options.recognition);
  return (service) => new CaptionPage(service, options);
}

/** Refuses wrong options at once. A key may be set later, and the languages of the service are not known yet. */
function checkRecognition(recognition: CaptionRecognition): void {
  const { engine = 'local' } = recognition;
  const known = recognition.engine === undefined ? { languageHints: undefined } : {};
  try {
    recognize({ ...recognition, ...known, engine }).destroy();
  } catch (error) {
    if (!(error instanceof FunAsrError) || error.code !== 'E_NO_KEY') throw error;
  }
}

/** What the page must know about its server. The recogniser is for microphones of browsers only. */
export type PageServer = Pick<DoorService, 'checkPage' | 'originOf' | 'acceptsKey'> &
  Partial<Pick<DoorService, 'engine'>>;

/** The page on a server. */
export class CaptionPage implements Door {
  readonly #service: PageServer;
  readonly #access: PageAccess;
  readonly #rules: ConnectionRules;
  readonly #sampleRate: number;
  readonly #maxPages: number;
  #downloads = 0;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => SUBPROTOCOL,
  });

  constructor(
    service: PageServer,
    { recognition = {}, sentences, maxSources = 8, maxPages = 100 }: CaptionPageOptions,
  ) {
    this.#service = service;
    this.#access = new PageAccess(service);
    this.#maxPages = maxPages;
    const sampleRate = cloudModelSampleRate(
      wireModelFor({ ...recognition, engine: recognition.engine ?? 'local' }),
    );
    this.#sampleRate = sampleRate;
    const hub = new CaptionHub();
    this.#rules = {
      hub,
      recognition: sentences
        ? undefined
        : () => ({ ...recognition, engine: recognition.engine ?? service.engine, sampleRate }),
      bytesPerSecond: sampleRate * 2,
      needsSession: this.#access.needsToken && sentences === undefined,
      sources: new Map(),
      maxSources,
      open: new Set(),
    };
    if (sentences) void showAll(sentences, hub);
  }

  hasPath(path: string): boolean {
    return path === '/' || path.startsWith(FILES_PATH);
  }

  request(request: IncomingMessage, response: ServerResponse, url: URL): void {
    this.#answer(request, response, url).catch((error: unknown) => {
      const message =
        systemCode(error) === 'ERR_MODULE_NOT_FOUND'
          ? 'The files of this page are missing: fun-asr-streams may not be part of a bundle.'
          : 'The service failed.';
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 500, message });
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [protocol, token] = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((one) => one.trim());
    const refusal =
      request.url === `${FILES_PATH}socket` && protocol === SUBPROTOCOL
        ? this.#access.checkPageRequest(request, token)
        : { status: 404, message: 'There is no such WebSocket.' };
    if (refusal) return refuseUpgrade(socket, refusal);
    if (this.#sockets.clients.size >= this.#maxPages) {
      return refuseUpgrade(socket, { status: 503, message: 'Too many pages are open.' });
    }
    this.#sockets.handleUpgrade(request, socket, head, (client: WebSocket) => {
      const connection = new PageConnection(client, this.#rules);
      void connection;
    });
  }

  async close(): Promise<void> {
    const clients = [...this.#sockets.clients];
    await Promise.all(clients.map((client) => closeGently(client)));
    await Promise.all(this.#rules.open);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname;
    const token = path === '/' ? url.searchParams.get('token') : null;
    const refusal = this.#access.checkVisit(request, token);
    if (refusal) return refuse(response, refusal);
    const headers = pageHeaders(this.#service.originOf(request));
    const format = DOWNLOAD_FORMATS.find((name) => path === `${FILES_PATH}download/${name}`);
    if (format) return await this.#download(request, response, format);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response, 'GET, HEAD');
    if (path === `${FILES_PATH}config`) {
      const { recognition } = this.#rules;
      const config = JSON.stringify({
        token: this.#access.issue(),
        sampleRate: this.#sampleRate,
        hasMicrophone: recognition !== undefined,
      });
      const length = Buffer.byteLength(config);
      response.writeHead(200, { ...headers, 'content-type': 'application/json', 'content-length': length });
      response.end(config);
      return;
    }
    const name = pageFileAt(path);
    if (!name) return refuse(response, { status: 404, message: 'There is no such page.' });
    if (token) response.setHeader('set-cookie', this.#access.cookieWith(request, token));
    await sendPageFile(response, name, headers);
  }

  async #download(
    request: IncomingMessage,
    response: ServerResponse,
    format: (typeof DOWNLOAD_FORMATS)[number],
  ): Promise<void> {
    const refusal = this.#access.checkPageRequest(request, String(request.headers[TOKEN_HEADER] ?? ''));
    if (refusal) return refuse(response, refusal);
    if (request.method !== 'POST') return refuseMethod(response, 'POST');
    if (this.#downloads >= MAX_DOWNLOADS)
      return refuse(response, { status: 503, message: 'Too many downloads.' });
    this.#downloads += 1;
    try {
      await sendSubtitles(request, response, format);
    } finally {
      this.#downloads -= 1;
    }
  }
}

/** Shows the sentences of a source of the server. Its errors are for the one who reads it first. */
async function showAll(sentences: AsyncIterable<Sentence>, hub: CaptionHub): Promise<void> {
  const session = hub.sessionOf(randomUUID());
  hub.setCurrent(session);
  try {
    for await (const sentence of sentences) session.add(sentence);
  } catch {
    // The captions stay as they are.
  }
}

/** Closes a connection after what was sent, unless the page does not read it. */
async function closeGently(client: WebSocket): Promise<void> {
  if (client.readyState === client.CLOSED) return;
  const timer = setTimeout(() => client.terminate(), CLOSE_MS);
  client.close(1001);
  await once(client, 'close');
  clearTimeout(timer);
}

function refuse(response: ServerResponse, { status, message, retryAfterSeconds }: Refusal): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(`${message}\n`);
}

function refuseMethod(response: ServerResponse, allowed: string): void {
  response.setHeader('allow', allowed);
  refuse(response, { status: 405, message: `This path accepts ${allowed} only.` });
}

function refuseUpgrade(socket: Duplex, { status, message }: Refusal): void {
  answerAndClose(socket, status, message, ['Content-Type: text/plain; charset=utf-8']);
}
