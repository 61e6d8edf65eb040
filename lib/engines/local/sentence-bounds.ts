import type { Segment } from './segmenter.ts';

/** Samples after which a sentence ends even if nobody draws breath (60 s). */
const LONGEST = 60 * 16_000;

/** Decides which segments of speech make one sentence: those with no long silence between them. */
export class SentenceBounds {
  readonly #silence: number;
  #begin: number | undefined;
  #end = 0;

  /** @param silence Samples of silence that end a sentence. */
  constructor(silence: number) {
    this.#silence = silence;
  }

  /** Nobody has spoken up to some sample. @returns Whether that ends the open sentence. */
  silentUntil(sample: number): boolean {
    if (this.#begin === undefined || sample - this.#end < this.#silence) return false;
    this.#begin = undefined;
    return true;
  }

  /** Takes the next segment in. @returns Whether the sentence before it had to end, for want of room. */
  add(segment: Segment): boolean {
    const isFull = this.#begin !== undefined && segment.end - this.#begin > LONGEST;
    if (isFull || this.#begin === undefined) this.#begin = segment.begin;
    this.#end = segment.end;
    return isFull;
  }
}
