import type { Clock } from '../../core/deadline.ts';
import type { CountedTask } from '../../protocol/service-limits.ts';

/** After this time without a throttle, one more task is tried. */
const CLEAN_MS = 60_000;

/** Counts the tasks that are running, and limits their number after the service has refused one. */
export class RunningTasks {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #count = 0;
  #max = Infinity;
  /** When the limit was last changed. */
  #changedAt = 0;

  constructor(clock: Clock = performance) {
    this.#clock = clock;
  }

  /**
   * Resolves when one more task may run.
   * @throws the reason of the signal, when it aborts first.
   */
  async free(signal: AbortSignal): Promise<void> {
    for (this.#raise(); this.#count >= this.#max; this.#raise()) await this.#released(signal);
    signal.throwIfAborted();
  }

  /** Counts one more task. */
  begin(): CountedTask {
    this.#count += 1;
    let isRunning = true;
    const end = (): void => {
      if (!isRunning) return;
      isRunning = false;
      this.#count -= 1;
      for (const wake of this.#waiting) wake();
    };
    const refuse = (): void => {
      // The others are as many as the service allows.
      this.#max = Math.max(1, Math.min(this.#max, this.#count - 1));
      this.#changedAt = this.#clock.now();
      end();
    };
    return { end, refuse };
  }

  #raise(): void {
    const now = this.#clock.now();
    if (this.#max === Infinity || now - this.#changedAt < CLEAN_MS) return;
    this.#max += 1;
    this.#changedAt = now;
  }

  async #released(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const settle = (done: () => void) => (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', abort);
        done();
      };
      const wake = settle(resolve);
      const abort = settle(() => reject(signal.reason as Error));
      signal.addEventListener('abort', abort);
      this.#waiting.add(wake);
      if (signal.aborted) abort();
    });
  }
}
