import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { finishTask, runTask } from '../../../lib/protocol/messages/client-actions.ts';
import type { Script } from '../../../lib/testing/audio/script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';
import { parseServiceEvent } from '../../../lib/testing/faults/message-parser.ts';

/** A client without any recovery, which keeps all the messages that it receives. */
export class PlainClient {
  readonly socket: WebSocket;
  /** The TCP connection of the WebSocket. */
  readonly raw: Socket;
  readonly messages: (string | Buffer)[] = [];
  /** Close code, once the connection has ended. */
  readonly closed: Promise<number>;
  pongs = 0;
  taskId = '';
  #wake: () => void = () => {};

  private constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.raw = connect({ host: hostname, port: Number(port) });
    this.socket = new WebSocket(url, { createConnection: () => this.raw });
    this.socket.on('message', (data, isBinary) => {
      this.messages.push(isBinary ? (data as Buffer) : (data as Buffer).toString());
      this.#wake();
    });
    this.socket.on('pong', () => {
      this.pongs += 1;
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    onTestFinished(() => this.socket.terminate());
  }

  static async connect({ url }: { readonly url: string }): Promise<PlainClient> {
    const client = new PlainClient(url);
    await once(client.socket, 'open');
    return client;
  }

  /** Requests a connection and returns the outcome: `open`, the HTTP status with `Retry-After`, or the close code. */
  static async attempt({ url }: { readonly url: string }): Promise<string> {
    const client = new PlainClient(url);
    return await new Promise((resolve) => {
      client.socket.once('open', () => resolve('open'));
      client.socket.once('unexpected-response', (_request, { statusCode, headers }) =>
        resolve(`${statusCode} ${headers['retry-after'] ?? ''}`.trim()),
      );
      void client.closed.then((code) => resolve(`closed ${code}`));
    });
  }

  /** The names of the events so far; `invalid` for other messages. */
  get events(): string[] {
    return this.messages.map((message) => parseServiceEvent(message)?.event ?? 'invalid');
  }

  /** The texts of the results so far, partial and final. */
  get texts(): string[] {
    return this.messages.flatMap((message) => {
      const event = parseServiceEvent(message);
      return event?.event === 'result-generated' ? [event.sentence.text] : [];
    });
  }

  start(sampleRate = 16_000): void {
    this.taskId = randomUUID().replaceAll('-', '');
    this.socket.send(runTask(this.taskId, 'fun-asr-realtime', { format: 'pcm', sample_rate: sampleRate }));
  }

  /** Sends a part of a script, from and to in ms, in frames of 100 ms. */
  sendAudio(script: Script, from: number, to: number): void {
    for (let at = from; at < to; at += 100) {
      this.socket.send(renderAudio(script, at * 16, Math.min(at + 100, to) * 16));
    }
  }

  finish(): void {
    this.socket.send(finishTask(this.taskId));
  }

  /** Waits until a condition holds, which is checked after each message. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits until the service has answered a ping. It has then read everything that was sent before. */
  async ping(): Promise<void> {
    const before = this.pongs;
    this.socket.ping();
    await this.until(() => this.pongs > before);
  }
}
