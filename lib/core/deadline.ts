/** Source of the current time, in ms, which only increases. `performance` is one; tests pass in others. */
export interface Clock {
  now(): number;
}

/**
 * A timer for one wait at a time. When the event loop was blocked, the timer is due before the socket is read. So data
 * that arrived in time gets one turn of the event loop to clear the deadline.
 */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #lastTurn: NodeJS.Immediate | undefined;
  readonly #onMissed: () => void;

  constructor(onMissed: () => void) {
    this.#onMissed = onMissed;
  }

  /** Starts the wait, or restarts it. */
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

/**
 * Waits for a promise until a signal aborts. The work of the promise is not stopped.
 * @throws the reason of the signal, when it aborts first.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
