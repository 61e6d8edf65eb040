/** Tries after which audio that always fails is given up. Source of the number: our own choice. */
const MAX_TRIES = 3;

/**
 * Tells audio that makes every task fail from failures that have nothing to do with it: tasks that all failed before
 * any audio after one place was final have failed in the same span.
 */
export class FailingSpan {
  #start = -1;
  #tries = 0;
  #reach = 0;

  /** Whether the next try at this position is the last: then it pays to learn how far into the span the task gets. */
  isLastTryAt(start: number): boolean {
    return start === this.#start && this.#tries === MAX_TRIES - 1;
  }

  /**
   * A task failed.
   * @param start Up to where the input was final.
   * @param reach Up to where the task was given audio.
   * @returns Where the audio ends that must be given up; undefined when it may be tried again.
   */
  failed(start: number, reach: number): number | undefined {
    // Without audio of its own the failure says nothing about any.
    if (reach <= start) return undefined;
    if (start !== this.#start) this.#begin(start, reach);
    this.#tries += 1;
    this.#reach = Math.min(this.#reach, reach);
    return this.#tries === MAX_TRIES ? this.#reach : undefined;
  }

  #begin(start: number, reach: number): void {
    this.#start = start;
    this.#tries = 0;
    this.#reach = reach;
  }
}
