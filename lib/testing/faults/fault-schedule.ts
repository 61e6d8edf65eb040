import { type Fault, type Occasion, occasionOf } from './fault-kinds.ts';

/** Tells which faults of a schedule are due, by the audio received and never by the clock. */
export class FaultSchedule {
  readonly #pending: Fault[];
  #audioMs = 0;

  constructor(faults: readonly Fault[]) {
    this.#pending = faults.toSorted((a, b) => a.atMs - b.atMs);
  }

  /** Those that have not fired, the next one first. */
  get pending(): readonly Fault[] {
    return [...this.#pending];
  }

  /** Audio received so far, in ms. */
  get audioMs(): number {
    return this.#audioMs;
  }

  receive(ms: number): void {
    this.#audioMs += ms;
  }

  /** The first fault that is due at such an occasion, if any: it is taken from the schedule. */
  take(occasion: Occasion): Fault | undefined {
    const index = this.#pending.findIndex(
      (fault) => fault.atMs <= this.#audioMs && occasionOf(fault) === occasion,
    );
    return index < 0 ? undefined : this.#pending.splice(index, 1)[0];
  }
}
