import type { Link } from '../../service/session/link.ts';

interface QueuedMessage {
  readonly message: string | Buffer;
  readonly written: () => void;
}

/** Sends messages to a client, at once or, while they are held, later in the same order. */
export class DelayedSender {
  readonly #link: Link;
  readonly #queue: QueuedMessage[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  send(message: string | Buffer, written: () => void): void {
    if (this.#timer) this.#queue.push({ message, written });
    else this.#link.send(message, written);
  }

  /** Holds all messages from now on, for a duration in ms. */
  hold(durationMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const { message, written } of this.#queue.splice(0)) this.#link.send(message, written);
    }, durationMs);
  }

  /** Drops the messages that are held and stops holding. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { written } of this.#queue.splice(0)) written();
  }
}
