import type { ClientMessage, Link } from './link.ts';

/** Most messages that wait before the link is paused. This slows the client down to the speed of the engine. */
const MAX_WAITING = 8;

/** Handles the messages of one client one after another, so that audio and actions keep their order. */
export class ReceiveQueue {
  readonly #link: Link;
  readonly #handle: (message: ClientMessage) => Promise<void>;
  readonly #waiting: ClientMessage[] = [];
  #isBusy = false;
  #isClosed = false;

  /** @param handle Handles one message; must not reject. */
  constructor(link: Link, handle: (message: ClientMessage) => Promise<void>) {
    this.#link = link;
    this.#handle = handle;
    link.onMessage((message) => this.#receive(message));
  }

  /** Drops messages that wait, and messages that arrive later. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  #receive(message: ClientMessage): void {
    if (this.#isClosed) return;
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_WAITING) this.#link.pause();
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      await this.#handle(message);
      if (this.#waiting.length === 0) this.#link.resume();
    }
    this.#isBusy = false;
  }
}
