import { asFunAsrError, type FunAsrError } from '../core/errors.ts';
import type { Backend } from '../engines/backend.ts';
import { type BackendOptions, backendNameFor } from '../engines/choose-backend.ts';
import { endsEngine, isOfEngine } from '../engines/engine-failures.ts';
import { GivenUpEngines } from './given-up-engines.ts';
import type { RunEvent } from './recording/run-events.ts';

/** An engine of a run that is open. */
export interface OpenEngine {
  readonly backend: Backend;
}

/**
 * The engines of a run, in the order in which they are tried. Each is opened when it is first needed. One that can do no
 * recording, such as with a refused key, is given up for the rest of the run.
 */
export class RunEngines<Choice extends BackendOptions, Opened extends OpenEngine> {
  readonly #choices: readonly Choice[];
  readonly #open: (choice: Choice) => Promise<Opened>;
  readonly #onEvent: (event: RunEvent) => void;
  readonly #opened = new Map<number, Promise<Opened>>();
  readonly #positions = new Map<Opened, number>();
  readonly #givenUp: GivenUpEngines;
  /** Position of the first engine that is not given up. */
  #first: number;

  /** @param givenUp Engines that other runs have given up, to which this one adds. The last engine is tried in any case. */
  constructor(
    choices: readonly Choice[],
    open: (choice: Choice) => Promise<Opened>,
    onEvent: (event: RunEvent) => void,
    givenUp: GivenUpEngines = new GivenUpEngines(),
  ) {
    this.#choices = choices;
    this.#open = open;
    this.#onEvent = onEvent;
    this.#givenUp = givenUp;
    const left = choices.findIndex((choice) => !givenUp.leavesOut(backendNameFor(choice)));
    this.#first = left < 0 ? choices.length - 1 : left;
  }

  /**
   * The first engine that is not given up.
   * @throws What the last engine cannot be opened with, or the error of one that no other engine can replace.
   */
  async current(): Promise<Opened> {
    return await this.#openFrom(this.#first);
  }

  /**
   * The engine that continues a recording.
   * @param input Name of the recording.
   * @returns Undefined when there is none, or the error is not about the engine.
   * @throws As {@link current} does.
   */
  async after(engine: Opened, error: FunAsrError, input: string): Promise<Opened | undefined> {
    const position = this.#positions.get(engine) ?? 0;
    if (!this.#canFollow(position, error)) return undefined;
    if (endsEngine(error)) this.#giveUp(position, error);
    // Those that fail because the engine was given up while they were recognised are not reported one by one.
    else if (position >= this.#first) this.#report(position, error, input);
    return await this.#openFrom(Math.max(position + 1, this.#first));
  }

  /** Whether an engine can do no recording of the run. */
  isGivenUp(engine: Opened): boolean {
    return (this.#positions.get(engine) ?? 0) < this.#first;
  }

  /** Closes all that were opened. */
  async close(): Promise<void> {
    for (const opening of this.#opened.values())
      await (await opening.catch(() => undefined))?.backend.close();
  }

  async #openFrom(from: number): Promise<Opened> {
    for (let position = from; ; position += 1) {
      try {
        return await this.#openAt(position);
      } catch (cause) {
        const error = asFunAsrError(cause);
        if (!this.#canFollow(position, error)) throw error;
        this.#giveUp(position, error);
      }
    }
  }

  async #openAt(position: number): Promise<Opened> {
    const opening = this.#opened.get(position) ?? this.#open(this.#choices[position] as Choice);
    this.#opened.set(position, opening);
    const opened = await opening;
    this.#positions.set(opened, position);
    return opened;
  }

  #canFollow(position: number, error: FunAsrError): boolean {
    return position + 1 < this.#choices.length && isOfEngine(error);
  }

  #giveUp(position: number, error: FunAsrError): void {
    if (position < this.#first) return;
    this.#first = position + 1;
    const name = backendNameFor(this.#choices[position] as Choice);
    // If not, another run has reported it.
    if (this.#givenUp.add(name)) this.#report(position, error);
  }

  #report(position: number, error: FunAsrError, input?: string): void {
    const [from, to] = this.#choices.slice(position, position + 2).map(backendNameFor);
    if (!from || !to) return;
    this.#onEvent({ type: 'fallback', ...(input !== undefined && { input }), detail: { from, to, error } });
  }
}
