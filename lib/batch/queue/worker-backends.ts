import type { Backend } from '../../engines/backend.ts';
import { type BackendOptions, backendNameFor, chooseBackend } from '../../engines/choose-backend.ts';
import type { StartLimiter } from '../../protocol/service-limits.ts';
import { settingsDigest } from '../state/settings.ts';

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
    // A model whose files have changed is opened again.
    const id = settingsDigest(backendNameFor(options), options);
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
