import type { Backend } from '../engines/backend.ts';
import { type BackendOptions, chooseBackend } from '../engines/choose-backend.ts';
import { findCloudModel } from '../protocol/cloud-models.ts';

/** The backends of a door. Each is opened when it is first needed, and stays open. */
export class Backends {
  readonly #options: BackendOptions;
  /** By the name of the model of the cloud; undefined is the default. */
  readonly #opened = new Map<string | undefined, Promise<Backend>>();

  constructor(options: BackendOptions) {
    this.#options = options;
  }

  /** The backend with its default model. */
  async default(): Promise<Backend> {
    return await this.#open(undefined);
  }

  /** The backend for the model that a client names. A name that it does not know means the default model. */
  async for(model: string | undefined): Promise<Backend> {
    const backend = await this.default();
    const isOther = model !== undefined && model !== backend.model && findCloudModel(model);
    return backend.name === 'cloud' && isOther ? await this.#open(model) : backend;
  }

  async close(): Promise<void> {
    for (const opening of this.#opened.values()) await (await opening.catch(() => undefined))?.close();
  }

  async #open(model: string | undefined): Promise<Backend> {
    const opening =
      this.#opened.get(model) ?? chooseBackend({ ...this.#options, ...(model !== undefined && { model }) });
    this.#opened.set(model, opening);
    try {
      return await opening;
    } catch (error) {
      // The next request tries again.
      this.#opened.delete(model);
      throw error;
    }
  }
}
