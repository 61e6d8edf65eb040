import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { captionPage, type CaptionPageOptions } from '../../lib/caption-page/caption-page.ts';
import type { ServerMessage } from '../../lib/caption-page/page-messages.ts';
import { type Service, type ServiceOptions, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';

/** Starts a service with a caption page. Both use the same engine: a counting engine unless another is given. */
export async function servingPage(
  page: CaptionPageOptions = {},
  options: Partial<ServiceOptions> = {},
): Promise<Service> {
  const engine = typeof options.engine === 'object' ? options.engine : countingEngine();
  const service = await startService({
    port: 0,
    ...options,
    engine,
    doors: [captionPage(page)],
  });
  onTestFinished(() => service.close());
  return service;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends a request with any headers. */
export async function send(
  port: number,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  // A kept connection would be one to the server before a restart.
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** The page token that the server gives a page. */
export async function pageToken(port: number, headers: Record<string, string> = {}): Promise<string> {
  const { body } = await send(port, '/captions/config', { headers });
  return (JSON.parse(body) as { token: string }).token;
}

export interface ConnectOptions {
  readonly token?: string;
  readonly origin?: string;
  readonly host?: string;
  readonly cookie?: string;
  readonly path?: string;
}

/** A client of the WebSocket of a page, which sends what a test passes in. */
export class PageClient {
  readonly socket: WebSocket;
  readonly received: ServerMessage[] = [];
  /** Close code and reason. */
  readonly closed: Promise<string>;

  /** @param socket The port of the service, or a socket that is connecting. */
  constructor(socket: number | WebSocket, options: ConnectOptions = {}) {
    this.socket = typeof socket === 'number' ? connectTo(socket, options) : socket;
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as ServerMessage;
      // Signs of life come at any time.
      if (message.type !== 'alive') this.received.push(message);
    });
    this.closed = new Promise((resolve) =>
      this.socket.once('close', (code, reason) => resolve(`${code} ${String(reason)}`)),
    );
    onTestFinished(() => this.socket.terminate());
  }

  /** Connects as a page does. */
  static async open(port: number): Promise<PageClient> {
    const client = new PageClient(port, { token: await pageToken(port) });
    await once(client.socket, 'open');
    return client;
  }

  /** The HTTP status with which the connection is refused; 101 when it is opened. */
  static async status(port: number, options: ConnectOptions): Promise<number> {
    const { socket } = new PageClient(port, options);
    return await new Promise((resolve) => {
      socket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
      socket.once('open', () => resolve(101));
    });
  }

  say(message: object | Buffer): void {
    this.socket.send(Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** The texts of the final sentences so far. */
  get texts(): string[] {
    return this.received.flatMap((message) => (message.type === 'sentence' ? [message.sentence.text] : []));
  }

  get types(): string[] {
    return this.received.map(({ type }) => type);
  }
}

function connectTo(
  port: number,
  { token = '', origin, host, cookie, path = '/captions/socket' }: ConnectOptions,
): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, ['fun-asr-captions', token], {
    origin: origin ?? `http://127.0.0.1:${port}`,
    headers: { ...(host !== undefined && { host }), ...(cookie !== undefined && { cookie }) },
  });
}

export const SIZE = { lines: 2, width: 40 };
/** The secret of a session. */
export const SECRET = '0123456789abcdef0123456789abcdef';
