import type { LimitFunction } from 'p-limit';

/** The turn of one recording. Turns come in the order in which they are made. */
export class Turn {
  readonly #come: Promise<boolean>;
  #hasCome = false;
  #end = (): void => {};

  /**
   * @param limit Limits how many recordings have their turn at a time.
   * @param ends Aborts when the recording no longer waits for it.
   */
  constructor(limit: LimitFunction, ends: AbortSignal) {
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    this.#come = new Promise((resolve) => {
      const stop = (): void => resolve(false);
      if (ends.aborted) stop();
      ends.addEventListener('abort', stop, { once: true });
      void limit(async () => {
        if (ends.aborted) return;
        this.#hasCome = true;
        resolve(true);
        await ended;
        ends.removeEventListener('abort', stop);
      });
    });
  }

  /** Resolves when it is the turn of the recording, with false when it no longer waits. Its channels have one turn. */
  async take(): Promise<boolean> {
    return await this.#come;
  }

  /** Whether it was the turn of the recording. */
  get hasCome(): boolean {
    return this.#hasCome;
  }

  /** Lets the next recording have its turn. */
  end(): void {
    this.#end();
  }
}
