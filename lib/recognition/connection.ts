import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { FunAsrError } from '../errors.ts';
import { Deadline } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { networkFailure, upgradeFailure } from './failures.ts';
import { proxyAgent } from './proxy.ts';

/** Results grow with the sentence, yet never near this: more is an attack or a defect. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** What the socket may hold before `send` waits: two seconds of audio at 16 kHz. */
const MAX_BUFFERED_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 8 * 1024;
const CLOSE_MS = 3_000;

/** What a {@link Connection} tells. */
export interface ConnectionEvents {
  /** A text message of the service. */
  onMessage(message: string): void;
  /** The connection has ended, however it ended: a close frame's code and reason, or 1006, or an error. */
  onClose(code: number, reason: string, cause: unknown): void;
}

/** What a {@link Connection} is opened with. */
export interface ConnectionOptions extends ConnectionEvents {
  readonly endpoint: Endpoint;
  /** Limit in ms for name, TCP, TLS and upgrade together. */
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** One WebSocket to the service. It knows nothing of tasks. */
export class Connection {
  readonly #socket: WebSocket;
  readonly url: string;

  private constructor(socket: WebSocket, url: string) {
    this.#socket = socket;
    this.url = url;
  }

  /**
   * Resolves when the WebSocket is open. It reads nothing yet: that begins with {@link resume}.
   * @throws {FunAsrError} naming the host and the reason; an `AbortError` when the signal aborts first.
   */
  static async open({
    endpoint,
    connectTimeoutMs,
    signal,
    ...events
  }: ConnectionOptions): Promise<Connection> {
    signal.throwIfAborted();
    // Ends the attempt wherever it is: at the key function, in a proxy, in the handshake.
    const attempt = new AbortController();
    const abort = (): void => attempt.abort(signal.reason);
    const deadline = new Deadline(() => attempt.abort(handshakeTimeout(endpoint.url, connectTimeoutMs)));
    signal.addEventListener('abort', abort);
    deadline.start(connectTimeoutMs);
    try {
      return await Connection.#attempt(endpoint, events, attempt.signal);
    } catch (error) {
      attempt.abort();
      throw error;
    } finally {
      deadline.clear();
      signal.removeEventListener('abort', abort);
    }
  }

  static async #attempt(
    endpoint: Endpoint,
    events: ConnectionEvents,
    signal: AbortSignal,
  ): Promise<Connection> {
    const headers = await within(endpoint.headers(), signal);
    const socket = new WebSocket(endpoint.url, {
      headers,
      agent: proxyAgent(endpoint.url, signal),
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    try {
      await within(opened(socket, endpoint.url, events), signal);
      signal.throwIfAborted();
    } catch (error) {
      socket.terminate();
      throw error;
    }
    return new Connection(socket, endpoint.url);
  }

  /**
   * Sends a message. Nothing to wait for while little is waiting in the socket; else it resolves when this message
   * has left the process. Never rejects: a connection that ends says so by `onClose`.
   */
  send(message: string | Buffer): Promise<void> | undefined {
    if (this.#socket.bufferedAmount < MAX_BUFFERED_BYTES) {
      this.#socket.send(message);
      return undefined;
    }
    return new Promise((resolve) => this.#socket.send(message, () => resolve()));
  }

  /** Stops reading, so that a slow reader slows the service. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says goodbye, waits a little for the answer, and then ends the connection anyhow. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(() => this.#socket.terminate(), CLOSE_MS);
      this.#socket.once('close', () => {
        clearTimeout(limit);
        resolve();
      });
      // A paused socket would never read the answer.
      this.#socket.resume();
      this.#socket.close(1000);
    });
  }

  /** Ends the connection at once. */
  async terminate(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.terminate();
    });
  }
}

async function opened(socket: WebSocket, url: string, events: ConnectionEvents): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => {
      // A message, or an end, in the same packet as the upgrade waits until somebody is there to hear it.
      socket.pause();
      listen(socket, events);
      resolve();
    });
    socket.on('error', (cause) => reject(networkFailure(cause, url)));
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      readBody(response).then(
        (body) => reject(upgradeFailure(response.statusCode ?? 0, body, url)),
        (cause: unknown) => reject(networkFailure(cause, url)),
      );
    });
  });
}

/** Waits for something, but not longer than a signal allows. */
async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
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

function listen(socket: WebSocket, events: ConnectionEvents): void {
  let cause: unknown;
  socket.on('error', (error) => {
    cause = error;
  });
  socket.on('message', (data, isBinary) => {
    // The service sends no binary messages; ws hands text over as a Buffer too.
    if (!isBinary && Buffer.isBuffer(data)) events.onMessage(data.toString('utf8'));
  });
  socket.once('close', (code, reason) => events.onClose(code, reason.toString('utf8'), cause));
}
