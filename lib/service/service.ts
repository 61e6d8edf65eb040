import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { boolean, callback, checkOptions, integer, listOf, type Rule, text } from '../core/options.ts';
import { SERVICE_PATH } from '../protocol/addresses.ts';
import { SERVICE_CODES } from '../protocol/errors/service-codes.ts';
import {
  HEARTBEAT_INTERVAL_MS,
  IDLE_TIMEOUT_MS,
  MAX_CLIENT_MESSAGE_BYTES,
  NO_AUDIO_TIMEOUT_MS,
  SILENCE_TIMEOUT_MS,
} from '../protocol/service-limits.ts';
import {
  type AdmissionRules,
  checkClient,
  checkPage,
  checkUpgrade,
  originOf,
  type Rejection,
  urlOf,
} from './admission.ts';
import type { OpenDoor } from './door.ts';
import type { Engine } from './engine.ts';
import { checkToken, publicAddress } from './exposure.ts';
import { httpApi } from './http-api.ts';
import { listen, OpenSockets } from './http-server.ts';
import { ignoresUpgrade } from './ignored-upgrade.ts';
import { Keys } from './keys.ts';
import { limitRequest, refuse } from './refusal.ts';
import type { Interceptor } from './session/interceptor.ts';
import { Session, type SessionTimers } from './session/session.ts';
import { webSocketLink } from './session/web-socket-link.ts';
import { sitesOf, urlHost } from './sites.ts';
import { Vocabularies } from './vocabularies.ts';

/** Time limits of a service, in ms. */
export interface ServiceTimers extends SessionTimers {
  /** Limit for the header of a request; the answer to a slower client is 408. @default 5000 */
  readonly headersMs: number;
  /** Limit for a whole request, unless a door has its own; the answer to a slower client is 408. @default 30_000 */
  readonly requestMs: number;
}

/** Options of {@link startService}. */
export interface ServiceOptions {
  /**
   * The recogniser, or a function that opens it, which is called once the port is open. Until then clients get a 503.
   * The service does not close it.
   */
  readonly engine: Engine | (() => Promise<Engine>);
  /** Port to listen on; 0 chooses a free one. @default 8710 */
  readonly port?: number | undefined;
  /** Address to listen on. Any address but a loopback address needs a `token`. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /**
   * Address of a reverse proxy in front of the service, such as `https://captions.example.com`: its host name and its pages are
   * accepted too. Needs a `token`.
   * @default none
   */
  readonly publicUrl?: string | undefined;
  /**
   * The only key that clients may use; at least 22 characters unless `host` is loopback and there is no `publicUrl`.
   * @default none, and every key is accepted
   */
  readonly token?: string | undefined;
  /** Whether to recognise and send partial results. @default true */
  readonly partials?: boolean | undefined;
  /**
   * Whether to send speech that the engine detected and did not recognise: a final sentence with `text: ''` and
   * `unrecognized: true`, which Fun-ASR's protocol does not have.
   * @default false
   */
  readonly reportUnrecognized?: boolean | undefined;
  /**
   * Called when the engine, or FFmpeg in front of it, makes a task fail: with what it threw, and the id of the task. The
   * client receives only the message.
   * @default nothing
   */
  readonly onEngineError?: ((error: unknown, taskId: string) => void) | undefined;
  /** Most clients at the same time. Further ones are answered with 503 and `Retry-After`. @default 1000 */
  readonly maxConnections?: number | undefined;
  /** Other time limits, for tests. @default those of the cloud service */
  readonly timers?: Partial<ServiceTimers> | undefined;
  /** Other protocols on the same port, by the path of a request. @default none */
  readonly doors?: readonly OpenDoor[] | undefined;
  /** Changes what sessions work with, for tests. @default none */
  readonly interceptor?: Interceptor | undefined;
}

/** A running service. */
export interface Service {
  /** The `baseUrl` for clients. */
  readonly url: string;
  /** Address for HTTP, without a path: the public one, if there is one. */
  readonly origin: string;
  readonly port: number;
  /** Closes all connections and frees the port. */
  close(): Promise<void>;
}

const anything: Rule = () => undefined;

/** Most fragments of one message. */
const MAX_FRAGMENTS = 64;
/** Largest header of a request. It is read before the key is checked. */
const MAX_HEADER_BYTES = 8 * 1024;
/** Interval of the check for slow requests, in ms. */
const REQUEST_CHECK_MS = 1000;
const TOO_MANY_CONNECTIONS: Rejection = {
  status: 503,
  code: SERVICE_CODES.serviceUnavailable,
  message: 'Too many connections.',
  retryAfterSeconds: 5,
};

const DEFAULT_TIMERS: ServiceTimers = {
  noAudioMs: NO_AUDIO_TIMEOUT_MS,
  idleMs: IDLE_TIMEOUT_MS,
  silenceMs: SILENCE_TIMEOUT_MS,
  heartbeatMs: HEARTBEAT_INTERVAL_MS,
  unreadMs: 30_000,
  headersMs: 5000,
  requestMs: 30_000,
};
const milliseconds = integer(1, 86_400_000, 'ms');
const TIMER_RULES = {
  noAudioMs: milliseconds,
  idleMs: milliseconds,
  silenceMs: milliseconds,
  heartbeatMs: milliseconds,
  unreadMs: milliseconds,
  headersMs: milliseconds,
  requestMs: milliseconds,
};

/**
 * Starts a local service that speaks Fun-ASR's WebSocket protocol and recognises with an {@link Engine}.
 * @throws {FunAsrError} `E_PORT` when the port cannot be opened, `E_OPTION`; what the function throws that opens the
 * engine.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  checkOptions('startService', options, {
    engine: anything,
    port: integer(0, 65_535),
    host: text,
    publicUrl: publicAddress,
    token: text,
    partials: boolean,
    reportUnrecognized: boolean,
    onEngineError: callback,
    maxConnections: integer(1, 100_000),
    timers: anything,
    doors: listOf(callback),
    interceptor: anything,
  });
  const {
    host = '127.0.0.1',
    port = 8710,
    publicUrl,
    token,
    partials = true,
    reportUnrecognized = false,
    onEngineError,
    maxConnections = 1000,
    doors: doorFactories = [],
    interceptor,
  } = options;
  checkToken({ host, publicUrl }, token);
  const timers = { ...DEFAULT_TIMERS, ...options.timers };
  checkOptions('startService: timers', timers, TIMER_RULES);
  const keys = new Keys(token);
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: timers.headersMs,
    // The path decides on the limit: an upload may take longer than other requests.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(REQUEST_CHECK_MS, timers.headersMs),
  });
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
  });
  const open = new OpenSockets(server);
  const bound = await listen(server, port, host);
  const sites = sitesOf({ host, port: bound, publicUrl });
  const address = `${urlHost(host)}:${bound}`;
  let engine = typeof options.engine === 'function' ? undefined : options.engine;
  const readyEngine = (): Engine => {
    // All requests that need it are refused before.
    if (!engine) throw new Error('The engine of the service is not open yet.');
    return engine;
  };
  const rules: AdmissionRules = { sites, keys, isReady: () => engine !== undefined };
  const doors = doorFactories.map((openDoor) =>
    openDoor({
      get engine() {
        return readyEngine();
      },
      checkClient: (request, url) => checkClient(request, url, rules),
      checkPage: (request) => checkPage(request, rules),
      originOf: (request) => originOf(request, sites),
      acceptsKey: (key) => keys.accepts(key),
    }),
  );
  const vocabularies = new Vocabularies();
  const answerApi = httpApi({ ...rules, vocabularies });
  server.on('request', (request, response) => {
    const url = urlOf(request);
    const door = url && doors.find((one) => one.hasPath(url.pathname));
    limitRequest(request, response, door?.requestMs ?? timers.requestMs);
    if (url && door) door.request(request, response, url);
    else answerApi(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    if (ignoresUpgrade(server, request, socket, head)) return;
    socket.on('error', () => socket.destroy());
    const path = urlOf(request)?.pathname;
    const door = doors.find((one) => path !== undefined && one.upgrade !== undefined && one.hasPath(path));
    if (door?.upgrade) return door.upgrade(request, socket, head);
    const rejection =
      checkUpgrade(request, rules) ??
      (sockets.clients.size < maxConnections ? undefined : TOO_MANY_CONNECTIONS) ??
      interceptor?.admit?.(request);
    if (rejection === 'ignore') return;
    if (rejection) return refuse(socket, rejection);
    sockets.handleUpgrade(request, socket, head, (client) => {
      const parts = { link: webSocketLink(client, socket), engine: readyEngine() };
      const session = interceptor?.connect?.(parts) ?? parts;
      return new Session(session.link, {
        engine: session.engine,
        vocabularies,
        partials,
        reportUnrecognized,
        onEngineError,
        timers,
      });
    });
  });
  const close = async (): Promise<void> => {
    await open.close();
    await Promise.all(doors.map((door) => door.close()));
  };
  try {
    if (typeof options.engine === 'function') engine = await options.engine();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: `ws://${address}${SERVICE_PATH}`,
    origin: sites.publicOrigin ?? `http://${address}`,
    port: bound,
    close,
  };
}
