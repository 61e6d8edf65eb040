import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { abortable, Deadline } from '../../core/deadline.ts';
import { FunAsrError } from '../../core/errors.ts';
import { publishWire } from '../events/diagnostics.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { CLOSE_CODES } from '../../protocol/errors/close-codes.ts';
import { networkError } from '../../protocol/errors/network-errors.ts';
import { upgradeError } from '../../protocol/errors/http-errors.ts';
import { MAX_SERVICE_MESSAGE_BYTES } from '../../protocol/service-limits.ts';
import { PingMonitor } from './ping-monitor.ts';
import { proxyAgent } from './proxy.ts';

/** What the socket may hold before `send` waits: two seconds of audio at 16 kHz. */
const MAX_BUFFERED_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 8 * 1024;
const CLOSE_MS = 3_000;

/** Callbacks of the user of a {@link Connection}. */
export interface ConnectionUser {
  /** A text message of the service. */
  onMessage(message: string): void;
  /** The connection has ended: with the code and reason of a close frame, with 1006, or with an error. */
  onClose(end: ConnectionEnd): void;
}

/** How a {@link Connection} ended. */
export interface ConnectionEnd {
  readonly code: number;
  readonly reason: string;
  readonly cause: unknown;
}

/** Options of a {@link Connection}. */
export interface ConnectionOptions {
  readonly endpoint: Endpoint;
  /** Limit for DNS, TCP, TLS and upgrade together, in ms. */
  readonly connectTimeoutMs: number;
  /** Time between two pings, in ms. */
  readonly pingIntervalMs: number;
  readonly signal: AbortSignal;
  /** Whether to accept a certificate that nobody vouches for. Never for a service that is sent a key. @default false */
  readonly trustAnyCertificate?: boolean | undefined;
}

let opened = 0;

/** One WebSocket to the service, for one user after another. It knows nothing about tasks. */
export class Connection {
  /** 1, 2, 3 … in this process, for traces. */
  readonly id: number;
  readonly url: string;
  readonly #socket: WebSocket;
  readonly #network: Socket | undefined;
  readonly #monitor: PingMonitor;
  #user: ConnectionUser | undefined;
  /** Number of the last ping, and of the last one that was answered. */
  #pings = 0;
  #answered = 0;
  #cause: unknown;
  #end: ConnectionEnd | undefined;

  private constructor(
    socket: WebSocket,
    network: Socket | undefined,
    { endpoint, pingIntervalMs }: ConnectionOptions,
  ) {
    opened += 1;
    this.id = opened;
    this.url = endpoint.url;
    this.#socket = socket;
    this.#network = network;
    this.#monitor = new PingMonitor({
      intervalMs: pingIntervalMs,
      ping: () => void this.ping(),
      onDead: () => this.#lose(pingIntervalMs),
    });
    this.#listen();
  }

  /**
   * Resolves when the WebSocket is open. Nothing is read before {@link use}.
   * @throws {FunAsrError} naming the host and the reason; an `AbortError` when the signal aborts first.
   */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { endpoint, connectTimeoutMs, signal } = options;
    signal.throwIfAborted();
    // Ends the attempt at any step: the key function, the proxy, the handshake.
    const attempt = new AbortController();
    const abort = (): void => attempt.abort(signal.reason);
    const deadline = new Deadline(() => attempt.abort(handshakeTimeout(endpoint.url, connectTimeoutMs)));
    signal.addEventListener('abort', abort);
    deadline.start(connectTimeoutMs);
    try {
      return await Connection.#attempt(options, attempt.signal);
    } catch (error) {
      attempt.abort();
      throw error;
    } finally {
      deadline.clear();
      signal.removeEventListener('abort', abort);
    }
  }

  static async #attempt(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
    const { endpoint, trustAnyCertificate = false } = options;
    const headers = await abortable(endpoint.headers(), signal);
    const socket = new WebSocket(endpoint.url, {
      headers,
      agent: proxyAgent(endpoint.url, signal),
      maxPayload: MAX_SERVICE_MESSAGE_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
      ...(trustAnyCertificate && { rejectUnauthorized: false }),
    });
    try {
      const network = await abortable(upgraded(socket, endpoint.url), signal);
      signal.throwIfAborted();
      return new Connection(socket, network, options);
    } catch (error) {
      socket.terminate();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Whether the service has answered a ping. */
  get answersPings(): boolean {
    return this.#monitor.hasAnswered;
  }

  /** Starts to read, for this user. */
  use(user: ConnectionUser): void {
    this.#user = user;
    this.#network?.ref();
    this.#socket.resume();
    if (this.#end) user.onClose(this.#end);
    else this.#monitor.start();
  }

  /** The connection has no user. While idle it is unref'd; any message closes it. */
  leave(): void {
    this.#user = undefined;
    this.#monitor.stop();
    // A paused socket does not notice that the service closes it.
    this.#socket.resume();
    this.#network?.unref();
  }

  /** Whether a message can be sent without waiting. */
  get hasRoom(): boolean {
    return this.#socket.bufferedAmount < MAX_BUFFERED_BYTES;
  }

  /**
   * Sends a message. Undefined while little is buffered in the socket; otherwise it resolves when this message has left
   * the process. Never rejects: `onClose` reports the end of the connection.
   */
  send(message: string | Buffer): Promise<void> | undefined {
    publishWire(this, 'sent', message);
    if (this.hasRoom) {
      this.#socket.send(message);
      return undefined;
    }
    return new Promise((resolve) => this.#socket.send(message, () => resolve()));
  }

  /** Sends a ping after everything that was sent before. @returns Number of the ping. */
  ping(): number {
    this.#pings += 1;
    this.#socket.ping(String(this.#pings));
    return this.#pings;
  }

  /** Whether a ping was answered, or this service answers none. */
  hasAnswered(ping: number): boolean {
    return !this.answersPings || this.#answered >= ping;
  }

  /** Stops reading, so that a slow reader slows the service. */
  pause(): void {
    this.#monitor.pause();
    this.#socket.pause();
  }

  resume(): void {
    this.#monitor.resume();
    this.#socket.resume();
  }

  /** Closes the connection, and terminates it when the other side does not answer soon. */
  async close(): Promise<void> {
    if (this.#end) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(() => this.#socket.terminate(), CLOSE_MS);
      this.#socket.once('close', () => {
        clearTimeout(limit);
        resolve();
      });
      // A paused socket does not read the answer.
      this.#socket.resume();
      this.#socket.close(CLOSE_CODES.normal);
    });
  }

  /** Ends the connection at once. */
  async terminate(): Promise<void> {
    if (this.#end) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.terminate();
    });
  }

  #listen(): void {
    this.#socket.on('error', (error) => {
      this.#cause ??= error;
    });
    this.#socket.on('pong', (ping) => {
      this.#answered = Math.max(this.#answered, Number(ping.toString()) || 0);
      this.#monitor.answered();
    });
    this.#socket.on('message', (data, isBinary) => {
      this.#monitor.reset();
      // The service sends no binary messages; ws delivers text as a Buffer, too.
      if (isBinary || !Buffer.isBuffer(data)) return;
      const message = data.toString('utf8');
      publishWire(this, 'received', message);
      if (this.#user) this.#user.onMessage(message);
      else this.#socket.terminate();
    });
    this.#socket.once('close', (code, reason) => {
      this.#monitor.stop();
      this.#end = { code, reason: reason.toString('utf8'), cause: this.#cause };
      this.#user?.onClose(this.#end);
    });
  }

  #lose(pingIntervalMs: number): void {
    const { host } = new URL(this.url);
    const seconds = (pingIntervalMs * 2) / 1000;
    this.#cause = new FunAsrError('E_CONNECTION_LOST', `${host} has not answered for ${seconds} s`, {
      retryable: true,
      hint: 'Check the network: the connection is broken on the way.',
    });
    this.#socket.terminate();
  }
}

/** Resolves when the WebSocket is open, with the socket below it. */
async function upgraded(socket: WebSocket, url: string): Promise<Socket | undefined> {
  return await new Promise((resolve, reject) => {
    let network: Socket | undefined;
    socket.once('upgrade', (response) => {
      network = response.socket;
    });
    socket.once('open', () => {
      // A message or an end in the same packet as the upgrade waits for the first user.
      socket.pause();
      resolve(network);
    });
    socket.on('error', (cause) => reject(networkError(cause, url)));
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      const retryAfter = response.headers['retry-after'];
      readBody(response).then(
        (body) => reject(upgradeError(response.statusCode ?? 0, body, url, retryAfter)),
        (cause: unknown) => reject(networkError(cause, url)),
      );
    });
  });
}

function handshakeTimeout(url: string, ms: number): FunAsrError {
  return new FunAsrError(
    'E_TIMEOUT',
    `${new URL(url).host} did not open a connection within ${ms / 1000} s`,
    {
      retryable: true,
      hint: 'Check the network, a proxy or firewall on the way, and the base URL.',
    },
  );
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
