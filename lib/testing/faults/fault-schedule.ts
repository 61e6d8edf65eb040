import { type Fault, type FaultTrigger, triggerOf } from './fault-kinds.ts';

/** Decides which faults are due, from the amount of audio received and never from the clock. */
export class FaultSchedule {
  readonly #pending: Fault[];
  #audioMs = 0;

  constructor(faults: readonly Fault[]) {
    this.#pending = faults.toSorted((a, b) => a.atMs - b.atMs);
  }

  /** The faults that have not fired, the next one first. */
  get pending(): readonly Fault[] {
    return [...this.#pending];
  }

  /** Audio received so far, in ms. */
  get audioMs(): number {
    return this.#audioMs;
  }

  addAudio(ms: number): void {
    this.#audioMs += ms;
  }

  /** Removes and returns the first fault that is due and has this trigger. */
  take(trigger: FaultTrigger): Fault | undefined {
    const index = this.#pending.findIndex(
      (fault) => fault.atMs <= this.#audioMs && triggerOf(fault) === trigger,
    );
    return index < 0 ? undefined : this.#pending.splice(index, 1)[0];
  }
}
