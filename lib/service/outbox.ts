import type { Link } from './link.ts';

/** What may wait for a client that reads slowly, in bytes. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The messages to one client. It need not be quick to read them, but then it is not heard either. */
export class Outbox {
  readonly #link: Link;
  #waiting = 0;
  #whenRead: () => void = () => {};

  constructor(link: Link) {
    this.#link = link;
  }

  send(message: string): void {
    const bytes = Buffer.byteLength(message);
    this.#waiting += bytes;
    this.#link.send(message, () => {
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
