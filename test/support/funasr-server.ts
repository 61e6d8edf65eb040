import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** The first message of a client. */
export type FunasrStart = Readonly<Record<string, unknown>>;

/** One session of a scripted FunASR runtime server. */
export class FunasrSession {
  readonly socket: WebSocket;
  start: FunasrStart = {};
  /** Results that a script has sent. */
  results: number | undefined;
  /** Sizes of the frames of audio. */
  readonly frames: number[] = [];
  #audio: Buffer[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  get audio(): Buffer {
    return Buffer.concat(this.#audio);
  }

  get audioMs(): number {
    return this.audio.length / 32;
  }

  add(frame: Buffer): void {
    this.frames.push(frame.length);
    this.#audio.push(frame);
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** A result of the C++ server, whose times are a string. */
  result(mode: string, text: string, isFinal: boolean, stamps?: readonly (readonly number[])[]): void {
    const timestamp = stamps && { timestamp: JSON.stringify(stamps) };
    this.send({ mode, wav_name: this.start['wav_name'], text, is_final: isFinal, ...timestamp });
  }
}

/** What a scripted server does. */
export interface FunasrScript {
  /** Called after each frame of audio. */
  readonly audio?: (session: FunasrSession, index: number) => void;
  /** Called when the client ends the audio, with its last message. */
  readonly end?: (session: FunasrSession, index: number, message: FunasrStart) => void;
}

export interface FunasrServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly sessions: FunasrSession[];
}

/**
 * Starts a server that behaves as FunASR's protocol page says: one JSON message, binary audio, `is_speaking: false`; its
 * answers are those of the script.
 */
export async function startFunasrServer(script: FunasrScript): Promise<FunasrServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const sessions: FunasrSession[] = [];
  server.on('connection', (socket) => {
    const session = new FunasrSession(socket);
    const index = sessions.push(session) - 1;
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      if (isBinary) {
        session.add(bytes);
        script.audio?.(session, index);
        return;
      }
      const message = JSON.parse(bytes.toString()) as FunasrStart;
      if (message['is_speaking'] === true) session.start = message;
      else script.end?.(session, index, message);
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    sessions,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
