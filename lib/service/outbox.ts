import type { WebSocket } from 'ws';

/** What may wait for a client that reads slowly, in bytes. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The messages to one client. It need not be quick to read them, but then it is not heard either. */
export class Outbox {
  readonly #socket: WebSocket;
  #waiting = 0;
  #whenRead: () => void = () => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(message: string): void {
    const bytes = Buffer.byteLength(message);
    this.#waiting += bytes;
    // Called when the message has left, and also when the connection was lost with it.
    this.#socket.send(message, () => {
      this.#waiting -= bytes;
      if (this.#waiting <= MAX_WAITING_BYTES) this.#whenRead();
    });
  }

  /** Resolves when the client has read enough for more to be made ready. */
  async room(): Promise<void> {
    if (this.#waiting <= MAX_WAITING_BYTES) return;
    await new Promise<void>((resolve) => {
      this.#whenRead = resolve;
    });
  }
}
