import { Deadline } from '../../core/deadline.ts';
import { CLOSE_CODES } from '../../protocol/errors/close-codes.ts';
import type { Link } from './link.ts';

/** Most data that may wait for a client that reads slowly, in bytes. */
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Sends messages to one client and limits how much waits to be sent: while too much waits, the session reads nothing
 * from the client. A client that reads nothing for too long is disconnected.
 */
export class SendQueue {
  readonly #link: Link;
  readonly #unreadMs: number;
  readonly #deadline: Deadline;
  #waitingBytes = 0;
  #whenRoom: (() => void) | undefined;

  /** @param unreadMs How long to wait for a client that reads nothing, in ms. */
  constructor(link: Link, unreadMs: number) {
    this.#link = link;
    this.#unreadMs = unreadMs;
    this.#deadline = new Deadline(() => link.close(CLOSE_CODES.tryAgainLater));
  }

  send(message: string): void {
    const bytes = Buffer.byteLength(message);
    this.#waitingBytes += bytes;
    this.#link.send(message, () => {
      this.#waitingBytes -= bytes;
      if (this.#whenRoom) this.#checkRoom(this.#whenRoom);
    });
  }

  /** Resolves when the client has read enough, so that there is room for more messages. */
  async room(): Promise<void> {
    if (this.#waitingBytes <= MAX_WAITING_BYTES) return;
    this.#deadline.start(this.#unreadMs);
    await new Promise<void>((resolve) => {
      this.#whenRoom = resolve;
    });
  }

  /** Ends the wait for room when there is enough; otherwise restarts the deadline, because the client is reading. */
  #checkRoom(whenRoom: () => void): void {
    if (this.#waitingBytes > MAX_WAITING_BYTES) return this.#deadline.start(this.#unreadMs);
    this.#deadline.clear();
    this.#whenRoom = undefined;
    whenRoom();
  }
}
