import { Deadline } from '../../core/deadline.ts';
import type { Link } from './link.ts';

/** What may wait for a client that reads slowly, in bytes. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Close code for a client that may come back later. */
const TRY_AGAIN_LATER = 1013;

/**
 * The messages to one client. It need not be quick to read them, but then it is not heard either; one that reads
 * nothing at all loses its connection.
 */
export class Outbox {
  readonly #link: Link;
  readonly #unreadMs: number;
  readonly #deadline: Deadline;
  #waiting = 0;
  #whenRead: (() => void) | undefined;

  /** @param unreadMs How long to wait for a client that reads nothing. */
  constructor(link: Link, unreadMs: number) {
    this.#link = link;
    this.#unreadMs = unreadMs;
    this.#deadline = new Deadline(() => link.close(TRY_AGAIN_LATER));
  }

  send(message: string): void {
    const bytes = Buffer.byteLength(message);
    this.#waiting += bytes;
    this.#link.send(message, () => {
      this.#waiting -= bytes;
      if (this.#whenRead) this.#look(this.#whenRead);
    });
  }

  /** Resolves when the client has read enough for more to be made ready. */
  async room(): Promise<void> {
    if (this.#waiting <= MAX_WAITING_BYTES) return;
    this.#deadline.start(this.#unreadMs);
    await new Promise<void>((resolve) => {
      this.#whenRead = resolve;
    });
  }

  /** Something was read: either that is enough, or there is new hope. */
  #look(whenRead: () => void): void {
    if (this.#waiting > MAX_WAITING_BYTES) return this.#deadline.start(this.#unreadMs);
    this.#deadline.clear();
    this.#whenRead = undefined;
    whenRead();
  }
}
