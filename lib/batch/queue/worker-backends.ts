import type { Backend } from '../../engines/backend.ts';
import { type BackendOptions, chooseBackend } from '../../engines/choose-backend.ts';
import type { StartLimiter } from '../../protocol/service-limits.ts';

/** The backends of a worker: each is opened once, for all jobs that need it. */
export class WorkerBackends {
  readonly #limiter: StartLimiter;
  readonly #opened = new Map<string, Promise<Backend>>();

  /** @param limiter Limits the tasks of all of them. */
  constructor(limiter: StartLimiter) {
    this.#limiter = limiter;
  }

  /**
   * Opens a backend, or returns one that is open. Its `close()` does nothing.
   * @throws What `chooseBackend()` throws. The next call tries again.
   */
  async open(options: BackendOptions = {}): Promise<Backend> {
    const id = JSON.stringify([options.model, options.languageHints]);
    const opening = this.#opened.get(id) ?? chooseBackend({ ...options, signal: undefined });
    this.#opened.set(id, opening);
    opening.catch(() => this.#opened.delete(id));
    return { ...(await opening), limiter: this.#limiter, close: async () => {} };
  }

  async close(): Promise<void> {
    for (const opening of this.#opened.values()) await (await opening.catch(() => undefined))?.close();
    this.#opened.clear();
  }
}
