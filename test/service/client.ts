import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Service, type ServiceOptions, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';

/** A message of the service, as it is on the wire. */
export interface Message {
  readonly header: {
    readonly event: string;
    readonly task_id: string;
    readonly error_code?: string;
    readonly error_message?: string;
  };
  readonly payload: {
    readonly output?: { readonly sentence?: Record<string, unknown> };
    readonly usage?: { readonly duration: number } | null;
  };
}

/** Starts a service that is closed when the test ends. Its engine is a counting engine unless another is given. */
export async function running(options: Partial<ServiceOptions> = {}): Promise<Service> {
  const service = await startService({ engine: countingEngine(), port: 0, ...options });
  onTestFinished(() => service.close());
  return service;
}

/** A client without any knowledge of the protocol: it sends what a test passes in, and keeps what it receives. */
export class Client {
  readonly socket: WebSocket;
  readonly received: Message[] = [];
  /** Resolves with the close code when the connection has ended. */
  readonly closed: Promise<number>;
  #wake: () => void = () => {};

  private constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data) => {
      this.received.push(JSON.parse((data as Buffer).toString()) as Message);
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.closed = once(this.socket, 'close').then(([code]) => code as number);
  }

  static async connect({ url }: Pick<Service, 'url'>): Promise<Client> {
    const client = new Client(url);
    await once(client.socket, 'open');
    return client;
  }

  get events(): string[] {
    return this.received.map(({ header }) => header.event);
  }

  /** The sentences received so far. */
  get sentences(): Record<string, unknown>[] {
    return this.received.flatMap(({ payload: { output } }) => (output?.sentence ? [output.sentence] : []));
  }

  send(...messages: readonly (string | Buffer)[]): void {
    for (const message of messages) this.socket.send(message);
  }

  /** Waits until it has received a number of events with a name. */
  async until(event: string, count = 1): Promise<void> {
    while (this.events.filter((name) => name === event).length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
