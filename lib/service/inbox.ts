import type { WebSocket } from 'ws';

/** What a client sends: audio, or the text of an action. */
export type ClientMessage = Buffer | string;

/** Messages that may wait before the socket is read no further: the engine's pace reaches the client this way. */
const MAX_WAITING = 8;

/** The messages of one client, taken one after another: audio and actions keep their order, however slow the engine. */
export class Inbox {
  readonly #socket: WebSocket;
  readonly #take: (message: ClientMessage) => Promise<void>;
  readonly #waiting: ClientMessage[] = [];
  #isBusy = false;
  #isClosed = false;

  /** @param take Deals with one message; must not reject. */
  constructor(socket: WebSocket, take: (message: ClientMessage) => Promise<void>) {
    this.#socket = socket;
    this.#take = take;
    socket.on('message', (data, isBinary) => {
      if (Buffer.isBuffer(data)) this.#receive(isBinary ? data : data.toString('utf8'));
    });
  }

  /** Drops what waits and what is still to come. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  #receive(message: ClientMessage): void {
    if (this.#isClosed) return;
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_WAITING) this.#socket.pause();
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      await this.#take(message);
      if (this.#waiting.length === 0) this.#socket.resume();
    }
    this.#isBusy = false;
  }
}
