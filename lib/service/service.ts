import { randomUUID } from 'node:crypto';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { FunAsrError, systemCode } from '../errors.ts';
import { boolean, checkOptions, integer, type Rule, text } from '../options.ts';
import { type Rejection, rejection, SERVICE_PATH } from './admission.ts';
import type { Engine } from './engine.ts';
import { httpApi } from './http-api.ts';
import type { Interceptor } from './interceptor.ts';
import { Keys } from './keys.ts';
import { webSocketLink } from './web-socket-link.ts';
import { Session, type SessionTimers } from './session.ts';
import { Vocabularies } from './vocabularies.ts';

/** How long a service waits for its clients, in ms. */
export interface ServiceTimers extends SessionTimers {
  /** A client that has not sent the whole header of its request is answered with 408. @default 5000 */
  readonly headersMs: number;
}

/** Options of {@link startService}. */
export interface ServiceOptions {
  /** What recognises; the service does not close it. */
  readonly engine: Engine;
  /** 0 takes any that is free. @default 8710 */
  readonly port?: number | undefined;
  /** Any address but this machine's own needs a `token` of at least 22 characters. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** The only key that clients may use. @default none: on loopback any key is accepted */
  readonly token?: string | undefined;
  /** Whether partial results are recognised and sent. @default true */
  readonly partials?: boolean | undefined;
  /**
   * Whether to send speech that the engine detected and did not recognise: a final sentence with `text: ''` and
   * `unrecognized: true`, which Fun-ASR's protocol does not have.
   * @default false
   */
  readonly reportUnrecognized?: boolean | undefined;
  /** Clients at a time; further ones are told to come back. @default 1000 */
  readonly maxConnections?: number | undefined;
  /** Waits for the client, for tests that cannot wait as long as the real service does. */
  readonly timers?: Partial<ServiceTimers> | undefined;
  /** Stands between the clients and the service. @default none */
  readonly interceptor?: Interceptor | undefined;
}

/** A service that is running. */
export interface Service {
  /** What clients take as `baseUrl`. */
  readonly url: string;
  readonly port: number;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const anything: Rule = () => undefined;

/** Controls are small, audio frames are at most 16 KB: more is refused before it is read. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** A message may come in this many pieces. */
const MAX_FRAGMENTS = 64;
/** What is read of a client before it is known who it is. */
const MAX_HEADER_BYTES = 8 * 1024;
/** How long a client may take over a whole request, in ms. */
const REQUEST_MS = 30_000;
/** How often it is looked for clients that are late, in ms. */
const CHECKING_MS = 1000;
const TOO_MANY: Rejection = {
  status: 503,
  code: 'ServiceUnavailable',
  message: 'Too many connections.',
  retryAfter: 5,
};

const DEFAULT_TIMERS: ServiceTimers = {
  noAudioMs: 23_000,
  idleMs: 60_000,
  silenceMs: 60_000,
  heartbeatMs: 1000,
  unreadMs: 30_000,
  headersMs: 5000,
};
const milliseconds = integer(1, 86_400_000, 'ms');
const TIMER_RULES = {
  noAudioMs: milliseconds,
  idleMs: milliseconds,
  silenceMs: milliseconds,
  heartbeatMs: milliseconds,
  unreadMs: milliseconds,
  headersMs: milliseconds,
};
/** 128 bits in base64. */
const LEAST_TOKEN_LENGTH = 22;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Starts the local service: Fun-ASR's WebSocket protocol on this machine, with an {@link Engine} behind it.
 * @throws {FunAsrError} `E_PORT` when the port cannot be had, `E_OPTION`.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  checkOptions('startService', options, {
    engine: anything,
    port: integer(0, 65_535),
    host: text,
    token: text,
    partials: boolean,
    reportUnrecognized: boolean,
    maxConnections: integer(1, 100_000),
    timers: anything,
    interceptor: anything,
  });
  const {
    engine,
    host = '127.0.0.1',
    port = 8710,
    token,
    partials = true,
    reportUnrecognized = false,
    maxConnections = 1000,
    interceptor,
  } = options;
  if (isOpenToNetwork(host)) checkToken(host, token);
  const timers = { ...DEFAULT_TIMERS, ...options.timers };
  checkOptions('startService: timers', timers, TIMER_RULES);
  const keys = new Keys(token);
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: timers.headersMs,
    requestTimeout: Math.max(REQUEST_MS, timers.headersMs),
    connectionsCheckingInterval: Math.min(CHECKING_MS, timers.headersMs),
  });
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
  });
  const bound = await listen(server, port, host);
  const hosts = hostNames(host, bound);
  const vocabularies = new Vocabularies();
  // The server itself forgets a socket with the upgrade.
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', httpApi({ hosts, keys, vocabularies }));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused =
      rejection(request, { hosts, keys }) ??
      (sockets.clients.size < maxConnections ? undefined : TOO_MANY) ??
      interceptor?.admit?.(request);
    if (refused === 'ignore') return;
    if (refused) return refuse(socket, refused);
    sockets.handleUpgrade(request, socket, head, (client) => {
      const own = { link: webSocketLink(client, socket), engine };
      const { link, engine: chosen } = interceptor?.connect?.(own) ?? own;
      return new Session(link, { engine: chosen, vocabularies, partials, reportUnrecognized, timers });
    });
  });
  return {
    url: `ws://${bracketed(host)}:${bound}${SERVICE_PATH}`,
    port: bound,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Whether others than programs on this machine can reach a service that listens on an address. */
export function isOpenToNetwork(host: string): boolean {
  return !LOOPBACK.has(host);
}

function checkToken(host: string, token = ''): void {
  if (token.length >= LEAST_TOKEN_LENGTH) return;
  const lacking = `a service on ${host} is open to the network and needs a token`;
  throw new FunAsrError(
    'E_OPTION',
    token === '' ? lacking : `${lacking} of at least ${LEAST_TOKEN_LENGTH} characters`,
    { hint: 'Give a random --token, or stay on 127.0.0.1.' },
  );
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new FunAsrError(
          'E_PORT',
          `port ${port} on ${host} cannot be opened (${systemCode(cause) ?? cause.message})`,
          {
            cause,
            hint: 'Choose another with --port; 0 takes any that is free.',
          },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** What a client may call this service: not only by the address that it was given, when that stands for all. */
function hostNames(host: string, port: number): ReadonlySet<string> {
  const own = ['0.0.0.0', '::'].includes(host)
    ? [hostname(), ...Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address))]
    : [];
  const names = ['127.0.0.1', 'localhost', '::1', host, ...own].filter((name) => name !== undefined);
  return new Set(names.map((name) => `${bracketed(name).toLowerCase()}:${port}`));
}

/** An address as it stands in a URL. */
function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Answers as the real service's HTTP side does. */
function refuse(socket: Duplex, { status, code, message, retryAfter }: Rejection): void {
  const body = JSON.stringify({ code, message, request_id: randomUUID() });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  // A client that keeps its half open would otherwise keep the service from closing.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
