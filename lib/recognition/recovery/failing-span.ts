/** Tries after which audio that always fails is given up. Source of the number: our own choice. */
const MAX_TRIES = 3;
/** What is given up next when the same trouble goes on behind that: half a second at 16 kHz, and twice as much each time. */
const FIRST_STEP_BYTES = 16_000;

/**
 * Tells audio that makes every task fail from failures that have nothing to do with it: tasks that all failed before
 * any audio after one place was final have failed in the same span. Where it begins is known by where they fail, where it
 * ends only by trying behind it.
 */
export class FailingSpan {
  #start = -1;
  #tries = 0;
  #reach = 0;
  /** What was given up last: the next task begins behind it, or within when there was no more audio. */
  #gap = { start: 0, end: 0 };
  #step = FIRST_STEP_BYTES;

  /** Whether it pays to learn how far into the audio at this position a task gets: it is the last try, or just behind a gap. */
  isSuspect(start: number): boolean {
    return this.#isBehindGap(start) || (start === this.#start && this.#tries === MAX_TRIES - 1);
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
    if (this.#isBehindGap(start) && reach <= start + this.#step) return this.#goOn(start);
    if (start !== this.#start) this.#begin(start, reach);
    this.#tries += 1;
    this.#reach = Math.min(this.#reach, reach);
    if (this.#tries < MAX_TRIES) return undefined;
    this.#step = FIRST_STEP_BYTES;
    this.#gap = { start, end: this.#reach };
    return this.#reach;
  }

  #isBehindGap(start: number): boolean {
    return start > this.#gap.start && start <= this.#gap.end;
  }

  #goOn(start: number): number {
    const end = start + this.#step;
    this.#step *= 2;
    this.#gap = { start, end };
    return end;
  }

  #begin(start: number, reach: number): void {
    this.#start = start;
    this.#tries = 0;
    this.#reach = reach;
  }
}
