import type { Usage, WireSentence } from '../../protocol/messages/service-events.ts';

/** A result of the service. */
export interface Result {
  readonly sentence: WireSentence;
  readonly usage: Usage | null;
}

/**
 * Gives the final sentences of a task in the order of the service's own numbers. One that came before its predecessor
 * waits for it, but only until something later shows that the number was left out; a service that leaves out numbers is
 * not waited for again.
 */
export class ResultOrder {
  #next = 1;
  #held: Result | undefined;
  #isNumbered = true;

  /** Takes the next result. @returns What may be given out now. */
  take(result: Result): readonly Result[] {
    const { sentence_id: number, sentence_end: isFinal } = result.sentence;
    if (!this.#isNumbered || number === undefined || !isFinal) return [result];
    if (number > this.#next) {
      if (this.#held) {
        this.#isNumbered = false;
        return [...this.end(), result];
      }
      this.#held = result;
      return [];
    }
    // A smaller number repeats a sentence; whoever places it drops it.
    if (number < this.#next) return [result];
    this.#next += 1;
    if (this.#held?.sentence.sentence_id !== this.#next) return [result];
    this.#next += 1;
    return [result, ...this.end()];
  }

  /** Nothing more comes. @returns What was still held back. */
  end(): readonly Result[] {
    const held = this.#held ? [this.#held] : [];
    this.#held = undefined;
    return held;
  }
}
