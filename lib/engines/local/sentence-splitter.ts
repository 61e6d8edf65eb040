import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import type { Segment } from './segments/segmenter.ts';

/** Samples after which a sentence ends without silence (60 s). */
const MAX_SAMPLES = 60 * DEFAULT_SAMPLE_RATE;

/** Splits segments of speech into sentences: at a long silence, and at the maximum length of a sentence. */
export class SentenceSplitter {
  readonly #silence: number;
  #begin: number | undefined;
  #end = 0;

  /** @param silence Samples of silence that end a sentence. */
  constructor(silence: number) {
    this.#silence = silence;
  }

  /** Processes silence that reaches to a sample. @returns Whether it ends the open sentence. */
  silentUntil(sample: number): boolean {
    if (this.#begin === undefined || sample - this.#end < this.#silence) return false;
    this.#begin = undefined;
    return true;
  }

  /** Adds the next segment. @returns Whether it begins a new sentence because the one before is too long. */
  add(segment: Segment): boolean {
    const isFull = this.#begin !== undefined && segment.end - this.#begin > MAX_SAMPLES;
    if (isFull || this.#begin === undefined) this.#begin = segment.begin;
    this.#end = segment.end;
    return isFull;
  }
}
