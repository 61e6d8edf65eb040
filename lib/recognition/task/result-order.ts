import type { Usage, WireSentence } from '../../protocol/messages/service-events.ts';

/** A result of the service. */
export interface Result {
  readonly sentence: WireSentence;
  readonly usage: Usage | null;
}

/**
 * Puts the final sentences of a task in the order of the service's own numbers. A sentence that arrives before its
 * predecessor is held until the predecessor arrives, or until a later one shows that the number was left out. After that,
 * nothing is held any more.
 */
export class ResultOrder {
  #next = 1;
  #held: Result | undefined;
  #isNumbered = true;

  /** Takes the next result. @returns The results that can be delivered now. */
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
    // A smaller number is a repeat, which the timeline drops.
    if (number < this.#next) return [result];
    this.#next += 1;
    if (this.#held?.sentence.sentence_id !== this.#next) return [result];
    this.#next += 1;
    return [result, ...this.end()];
  }

  /** There are no more results. @returns The result that was still held. */
  end(): readonly Result[] {
    const held = this.#held ? [this.#held] : [];
    this.#held = undefined;
    return held;
  }
}
