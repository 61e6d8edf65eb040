import type { BackendName } from '../engines/backend.ts';

/**
 * Engines of a list that can do no recording, such as with a refused key. Runs leave them out. After some time one run tries
 * such an engine again: the service may be reachable by then.
 */
export class GivenUpEngines {
  readonly #retryMs: number;
  readonly #now: () => number;
  /** When each of them is tried again. */
  readonly #retryAt = new Map<BackendName, number>();

  /**
   * @param retryMs Time until an engine is tried again, in ms. @default it is not tried again
   * @param now Returns the current time in ms.
   */
  constructor(retryMs: number = Infinity, now: () => number = () => performance.now()) {
    this.#retryMs = retryMs;
    this.#now = now;
  }

  /** Gives an engine up. @returns Whether it was not given up before. */
  add(name: BackendName): boolean {
    const isNew = !this.#retryAt.has(name);
    this.#retryAt.set(name, this.#now() + this.#retryMs);
    return isNew;
  }

  /** Whether a run that begins now leaves an engine out. When its time has come, the first run tries it, and the others wait. */
  leavesOut(name: BackendName): boolean {
    const retryAt = this.#retryAt.get(name);
    if (retryAt === undefined) return false;
    if (this.#now() < retryAt) return true;
    this.#retryAt.set(name, this.#now() + this.#retryMs);
    return false;
  }

  /** An engine has done a recording: all runs use it again. */
  remove(name: BackendName): void {
    this.#retryAt.delete(name);
  }
}
