import type { Link } from '../../service/session/link.ts';

interface Waiting {
  readonly message: string | Buffer;
  readonly written: () => void;
}

/** What is said to a client, now or, while it is held back, later in the same order. */
export class HeldMessages {
  readonly #link: Link;
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  send(message: string | Buffer, written: () => void): void {
    if (this.#timer) this.#waiting.push({ message, written });
    else this.#link.send(message, written);
  }

  /** Holds back all that is said from now on, for a time in ms. */
  hold(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const { message, written } of this.#waiting.splice(0)) this.#link.send(message, written);
    }, ms);
  }

  /** Drops what is held: it will not be said. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { written } of this.#waiting.splice(0)) written();
  }
}
