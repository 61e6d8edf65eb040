import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ClientAction, readClientAction } from '../../lib/protocol/messages/client-actions.ts';
import {
  resultGenerated,
  taskFailed,
  taskFinished,
  taskStarted,
} from '../../lib/protocol/messages/service-events.ts';
import type { Word } from '../../lib/sentence.ts';

/** One client of a scripted service. */
export class ScriptedClient {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  /** All received messages, in order: actions, and the sizes of audio frames. */
  readonly received: (ClientAction | number)[] = [];
  readonly #audio: Buffer[] = [];
  readonly #waiting: { isMet: () => boolean; resolve: () => void }[] = [];
  #taskId = '';

  constructor(request: IncomingMessage, socket: WebSocket) {
    this.request = request;
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      if (isBinary) this.#audio.push(bytes);
      const item = isBinary ? bytes.length : readClientAction(bytes.toString());
      if (typeof item !== 'number') this.#taskId = item.taskId;
      this.received.push(item);
      for (const wait of this.#waiting.filter(({ isMet }) => isMet())) wait.resolve();
    });
  }

  get taskId(): string {
    return this.#taskId;
  }

  /** The audio received so far. */
  get audio(): Buffer {
    return Buffer.concat(this.#audio);
  }

  /** Waits for an action of the client and returns it. */
  async action<Name extends ClientAction['action']>(name: Name): Promise<ClientAction & { action: Name }> {
    const find = () =>
      this.received.findLast(
        (item): item is ClientAction & { action: Name } => typeof item !== 'number' && item.action === name,
      );
    await this.#until(() => find() !== undefined);
    return find() as ClientAction & { action: Name };
  }

  /** Waits until the client has sent at least this much audio. */
  async audioBytes(minBytes: number): Promise<void> {
    await this.#until(() => this.#audio.reduce((sum, { length }) => sum + length, 0) >= minBytes);
  }

  send(message: string): void {
    this.socket.send(message);
  }

  async startTask(): Promise<void> {
    await this.action('run-task');
    this.send(taskStarted(this.#taskId));
  }

  /** Stops answering pings. */
  ignorePings(): void {
    this.socket.pong = (_data?: unknown, _mask?: boolean, written?: (error: Error) => void) => {
      // Calls back with an error, or ws would close the connection after many pings.
      written?.(new Error('not written'));
    };
  }

  partial(text: string, begin_time: number, fields: object = {}): void {
    this.#result({ text, begin_time, end_time: null, words: [], sentence_end: false, ...fields }, null);
  }

  final(text: string, begin_time: number, end_time: number, fields: object = {}): void {
    const words: Word[] = [{ begin_time, end_time, text, punctuation: '' }];
    const duration = Math.ceil(end_time / 1000);
    this.#result({ text, begin_time, end_time, words, sentence_end: true, ...fields }, { duration });
  }

  fail(code: string, message: string): void {
    this.send(taskFailed(this.#taskId, code, message));
    this.socket.close();
  }

  /** Finishes the task and closes the connection: each client runs one task. */
  async finishTask(): Promise<void> {
    await this.action('finish-task');
    this.send(taskFinished(this.#taskId));
    this.socket.close(1000);
  }

  #result(sentence: Parameters<typeof resultGenerated>[1], usage: { duration: number } | null): void {
    this.send(resultGenerated(this.#taskId, sentence, usage));
  }

  async #until(isMet: () => boolean): Promise<void> {
    if (!isMet()) await new Promise<void>((resolve) => this.#waiting.push({ isMet, resolve }));
  }
}

export interface ScriptedService extends AsyncDisposable {
  readonly url: string;
  /** All clients so far, in order. */
  readonly clients: ScriptedClient[];
  close(): Promise<void>;
}

/** The behaviour of a scripted service for each client, or for its upgrade request. */
export interface ServiceScript {
  readonly client?: (client: ScriptedClient, index: number) => unknown;
  /** Answers the upgrade request instead of the service, if it returns true. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex) => boolean;
}

/** Starts a service on a free port that runs a script for each client. */
export async function startScriptedService({
  client: script,
  upgrade,
}: ServiceScript): Promise<ScriptedService> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const open = new Set<Socket>();
  const clients: ScriptedClient[] = [];
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    if (upgrade?.(request, socket)) return;
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new ScriptedClient(request, webSocket);
      clients.push(client);
      void script?.(client, clients.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api-ws/v1/inference`,
    clients,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Creates a {@link ServiceScript.upgrade} that answers with an HTTP response. */
export function respond(status: number, body: string, headers: Record<string, string> = {}) {
  return (_request: IncomingMessage, socket: Duplex): true => {
    const lines = Object.entries({ 'content-length': Buffer.byteLength(body), ...headers });
    socket.end(
      `HTTP/1.1 ${status} Scripted\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    );
    return true;
  };
}
