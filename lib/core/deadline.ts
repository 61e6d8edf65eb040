/**
 * One wait with a limit. When the event loop was blocked, the timer fires before the socket was read: what
 * arrived in the meantime gets one turn to call the deadline off.
 */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #lastTurn: NodeJS.Immediate | undefined;
  readonly #onMissed: () => void;

  constructor(onMissed: () => void) {
    this.#onMissed = onMissed;
  }

  /** Starts the wait, or starts it anew. */
  start(ms: number): void {
    this.clear();
    this.#timer = setTimeout(() => {
      this.#lastTurn = setImmediate(this.#onMissed);
    }, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastTurn);
  }
}
