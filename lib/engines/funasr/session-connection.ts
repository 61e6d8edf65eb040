import { Deadline } from '../../core/deadline.ts';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { optionName } from '../../core/option-names.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { CLOSE_CODES } from '../../protocol/errors/close-codes.ts';
import { brokenConnectionError, isTrustError } from '../../protocol/errors/network-errors.ts';
import { Connection, type ConnectionEnd } from '../../recognition/connection/connection.ts';
import { LastResult, type ServerKnowledge } from './last-result.ts';
import {
  END_MESSAGE,
  FRAME_MS,
  readRuntimeMessage,
  type RuntimeMessage,
  type RuntimeSettings,
  startMessage,
} from './runtime-messages.ts';

/** Where the server is, and what is known about it. Shared by all sessions of an engine. */
export interface RuntimeServer extends ServerKnowledge {
  readonly url: URL;
  readonly trustAnyCertificate: boolean;
  readonly timers: RuntimeTimers;
}

/** How long a session waits for its server, in ms. */
export interface RuntimeTimers {
  readonly connectMs: number;
  /** For the next message after the end of the audio, in addition to the length of the audio. */
  readonly resultMs: number;
  /** For another message after one that may be the last one. */
  readonly settleMs: number;
}

export const RUNTIME_TIMERS: RuntimeTimers = { connectMs: 10_000, resultMs: 60_000, settleMs: 5_000 };

/** A server that computes on its only thread answers pings late. */
const PING_INTERVAL_MS = 30_000;
/** The text of a session is far shorter. */
const MAX_TEXT_LENGTH = 1024 * 1024;

/** One session with the server: one connection, the audio, and the results until the last one. */
export class SessionConnection {
  readonly #server: RuntimeServer;
  readonly #connection: Connection;
  readonly #lastResult: LastResult;
  readonly #onMessage: (message: RuntimeMessage) => void;
  readonly #deadline = new Deadline(() => this.#timeOut());
  readonly #settled: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (reason: FunAsrError) => void = () => {};
  #failure: FunAsrError | undefined;
  #isOver = false;
  #waitMs = 0;
  #audioMs = 0;
  #textLength = 0;
  /** Whether the last message may have been the last one. */
  #mayBeOver = false;

  private constructor(
    server: RuntimeServer,
    connection: Connection,
    onMessage: (message: RuntimeMessage) => void,
  ) {
    this.#server = server;
    this.#connection = connection;
    this.#onMessage = onMessage;
    this.#lastResult = new LastResult(server);
    this.#settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A session may fail while nobody waits for its end: then the next write fails.
    this.#settled.catch(() => {});
    connection.use({
      onMessage: (message) => this.#receive(message),
      onClose: (end) => this.#fail(closed(server.url, end)),
    });
  }

  /**
   * Connects and sends the first message.
   * @param onMessage Called with each message that has a text.
   * @throws {FunAsrError} as for the cloud: `E_CONNECT`, `E_DNS`, `E_TLS`, `E_TIMEOUT`, `E_UPGRADE`, …
   */
  static async open(
    server: RuntimeServer,
    settings: RuntimeSettings & { readonly name: string },
    onMessage: (message: RuntimeMessage) => void,
    signal: AbortSignal,
  ): Promise<SessionConnection> {
    const { url, trustAnyCertificate, timers } = server;
    const connection = await Connection.open({
      endpoint: endpointOf(url),
      connectTimeoutMs: timers.connectMs,
      pingIntervalMs: PING_INTERVAL_MS,
      signal,
      trustAnyCertificate,
    }).catch((error: unknown) => {
      throw explained(error, url);
    });
    const session = new SessionConnection(server, connection, onMessage);
    await connection.send(startMessage(settings, settings.name));
    return session;
  }

  /** Sends a frame. Resolves when the socket has room for more. */
  async write(frame: Buffer): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#audioMs += FRAME_MS;
    await this.#connection.send(frame);
    if (this.#failure) throw this.#failure;
  }

  /** Ends the audio. Resolves when the server has sent its last result, and closes the connection. */
  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#lastResult.audioEnded();
    this.#wait();
    await this.#connection.send(END_MESSAGE);
    await this.#settled;
  }

  /** Ends the session at once. */
  destroy(): void {
    this.#finish();
    void this.#connection.terminate();
  }

  #receive(message: string): void {
    if (this.#isOver) return;
    try {
      const read = readRuntimeMessage(message);
      this.#textLength += read.text.length;
      if (this.#textLength > MAX_TEXT_LENGTH) throw tooMuchText(this.#server.url);
      const verdict = this.#lastResult.read(read);
      this.#onMessage(read);
      this.#mayBeOver = verdict === 'maybe';
      if (verdict === 'last') this.#succeed();
      else if (this.#waitMs > 0) this.#wait();
    } catch (error) {
      this.#fail(
        error instanceof FunAsrError
          ? error
          : new FunAsrError('E_ENGINE', messageOf(error), { cause: error, retryable: true }),
      );
    }
  }

  /** Restarts the wait for the next message after the end of the audio. */
  #wait(): void {
    const { resultMs, settleMs } = this.#server.timers;
    this.#waitMs = this.#mayBeOver ? settleMs : resultMs + this.#audioMs;
    this.#deadline.start(this.#waitMs);
  }

  #timeOut(): void {
    if (this.#mayBeOver) this.#succeed();
    else this.#fail(silent(this.#server.url, this.#waitMs));
  }

  #succeed(): void {
    this.#finish();
    this.#resolve();
    void this.#connection.close();
  }

  #fail(reason: FunAsrError): void {
    if (this.#isOver) return;
    this.#failure = reason;
    this.#finish();
    this.#reject(reason);
    void this.#connection.terminate();
  }

  #finish(): void {
    this.#isOver = true;
    this.#deadline.clear();
  }
}

/** A server that is sent no key. */
function endpointOf({ href }: URL): Endpoint {
  return {
    url: href,
    region: undefined,
    account: href,
    quota: href,
    hasKeyFunction: false,
    headers: async () => ({}),
  };
}

/** Replaces the hint of an error that is about Fun-ASR in the cloud. */
function explained(error: unknown, { host, protocol }: URL): unknown {
  if (!(error instanceof FunAsrError)) return error;
  const hint = hintFor(error, host, protocol);
  const { code, message, retryable, retryAfterMs, cause } = error;
  return hint === undefined
    ? error
    : new FunAsrError(code, message, { hint, retryable, retryAfterMs, cause });
}

function hintFor({ code, cause }: FunAsrError, host: string, protocol: string): string | undefined {
  if (code === 'E_TLS') {
    return isTrustError(cause) && protocol === 'wss:' && !/EPROTO|WRONG_VERSION/.test(String(cause))
      ? `The certificate that comes with FunASR is self-signed. Start the server with one of your own, or without (--certfile 0) and use ws://. In a network that you trust, ${optionName('trustAnyCertificate')} accepts any certificate: then nothing proves that the server is yours.`
      : `The server may have no certificate: try ws://${host}.`;
  }
  if (code === 'E_ENDPOINT' || code === 'E_UPGRADE' || code === 'E_AUTH' || code === 'E_FORBIDDEN') {
    return 'Check that the base URL is that of a FunASR runtime server, such as ws://127.0.0.1:10095.';
  }
  return code === 'E_CONNECT'
    ? 'Check that the server runs, its host and port, and whether it needs wss:// (its default) or ws://.'
    : undefined;
}

function closed(url: URL, { code, reason, cause }: ConnectionEnd): FunAsrError {
  if (cause instanceof FunAsrError) return cause;
  if (cause !== undefined) {
    const { code: errorCode, message, hint } = brokenConnectionError(cause, url.href, '');
    return new FunAsrError(errorCode, message, { hint, retryable: true, cause });
  }
  const about = `${code}${reason && ` ${reason}`}`;
  return new FunAsrError(
    'E_CONNECTION_LOST',
    `the FunASR server ${url.host} closed the connection before its last result (${about})`,
    {
      retryable: true,
      retryAfterMs: code === CLOSE_CODES.tryAgainLater ? 1000 : undefined,
      hint: 'See the log of the server.',
    },
  );
}

function silent({ host }: URL, ms: number): FunAsrError {
  return new FunAsrError(
    'E_TIMEOUT',
    `the FunASR server ${host} sent nothing for ${Math.round(ms / 1000)} s after the end of the audio`,
    {
      retryable: true,
      hint: 'The server may be overloaded, or too old to mark its last result: see the page about the FunASR runtime server.',
    },
  );
}

function tooMuchText({ host }: URL): FunAsrError {
  return new FunAsrError('E_PROTOCOL', `the FunASR server ${host} sent more text than any speech has`, {
    retryable: true,
    hint: 'Check that the base URL is that of a FunASR runtime server.',
  });
}
