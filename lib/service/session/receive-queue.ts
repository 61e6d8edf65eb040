import type { ClientMessage, Link } from './link.ts';

/** Messages that may wait before the link is read no further: the engine's pace reaches the client this way. */
const MAX_WAITING = 8;

/** The messages of one client, taken one after another: audio and actions keep their order, however slow the engine. */
export class Inbox {
  readonly #link: Link;
  readonly #take: (message: ClientMessage) => Promise<void>;
  readonly #waiting: ClientMessage[] = [];
  #isBusy = false;
  #isClosed = false;

  /** @param take Deals with one message; must not reject. */
  constructor(link: Link, take: (message: ClientMessage) => Promise<void>) {
    this.#link = link;
    this.#take = take;
    link.onMessage((message) => this.#receive(message));
  }

  /** Drops what waits and what is still to come. */
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
      await this.#take(message);
      if (this.#waiting.length === 0) this.#link.resume();
    }
    this.#isBusy = false;
  }
}
