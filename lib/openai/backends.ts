import type { FunAsrError } from '../core/errors.ts';
import { pick } from '../core/options.ts';
import type { Backend } from '../engines/backend.ts';
import {
  backendNameFor,
  type BackendOptions,
  checkBackend,
  chooseBackend,
} from '../engines/choose-backend.ts';
import { isOfEngine } from '../engines/engine-failures.ts';
import { findCloudModel } from '../protocol/cloud-models.ts';
import { ENDPOINT_RULES, resolveEndpoint } from '../protocol/endpoint.ts';
import type { DoorService } from '../service/door.ts';

/**
 * Checks engines before a service is started with them.
 * @throws {FunAsrError} `E_OPTION`, `E_NO_KEY`
 */
export function checkChoices(choices: readonly BackendOptions[]): void {
  for (const choice of choices) {
    checkBackend(choice);
    if (backendNameFor(choice) === 'cloud') resolveEndpoint(pick(choice, ENDPOINT_RULES));
  }
}

/** The engines of a door, in the order in which they are tried. Each is opened when it is first needed, and stays open. */
export class Backends {
  readonly #choices: readonly BackendOptions[];
  readonly #service: Pick<DoorService, 'engine'>;
  /** By the position of the engine, and the name of another model of the cloud. */
  readonly #opened = new Map<string, Promise<Backend>>();

  /** @param service Its engine is the local engine, unless another local model is chosen. */
  constructor(choices: readonly BackendOptions[], service: Pick<DoorService, 'engine'>) {
    this.#choices = choices;
    this.#service = service;
  }

  /**
   * An engine, for the model that a client names. A name that it does not know means its default model.
   * @param position Counts from 0, the engine that is tried first.
   */
  async at(position: number, model?: string): Promise<Backend> {
    const backend = await this.#open(position);
    const isOther = model !== undefined && model !== backend.model && findCloudModel(model);
    return backend.name === 'cloud' && isOther ? await this.#open(position, model) : backend;
  }

  /** Whether the next engine continues what one could not do. */
  canFollow(position: number, error: FunAsrError): boolean {
    return position + 1 < this.#choices.length && isOfEngine(error);
  }

  async close(): Promise<void> {
    for (const opening of this.#opened.values()) await (await opening.catch(() => undefined))?.close();
  }

  async #open(position: number, model?: string): Promise<Backend> {
    const key = `${position} ${model ?? ''}`;
    const opening = this.#opened.get(key) ?? chooseBackend(this.#choiceAt(position, model));
    this.#opened.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      // The next request tries again.
      this.#opened.delete(key);
      throw error;
    }
  }

  #choiceAt(position: number, model: string | undefined): BackendOptions {
    const choice = { ...this.#choices[position], ...(model !== undefined && { model }) };
    const isOfService =
      choice.model === undefined && typeof choice.engine === 'string' && backendNameFor(choice) === 'local';
    return isOfService ? { engine: this.#service.engine } : choice;
  }
}
