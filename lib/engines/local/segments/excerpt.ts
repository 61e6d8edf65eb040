import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import type { Span } from './segmenter.ts';

/** Audio around the speech in the input of a model, in samples. */
export interface Surroundings {
  /** Audio before and after the speech that is kept, at most. */
  readonly padding: number;
  /** Zeros that are added at the end. */
  readonly silence: number;
}

/** The audio of one segment of speech, with some audio before and after it. */
export class Excerpt {
  readonly #samples: Float32Array;
  readonly #before: number;
  readonly #after: number;
  readonly #pauses: readonly Span[];
  /** Position of the first sample of the speech in the stream. */
  readonly begin: number;

  /**
   * @param samples The speech and its surroundings.
   * @param before How many of the samples are before the speech.
   * @param after How many of them are after it.
   * @param pauses The pauses between its pieces of speech, as positions in the samples.
   * @param begin Position of the first sample of the speech in the stream.
   */
  constructor(
    samples: Float32Array,
    before: number,
    after: number,
    pauses: readonly Span[] = [],
    begin: number = before,
  ) {
    this.begin = begin;
    this.#samples = samples;
    this.#before = before;
    this.#after = after;
    this.#pauses = pauses;
  }

  /** Length of the speech in ms, without its pauses. */
  get durationMs(): number {
    const pauses = this.#pauses.reduce((sum, { begin, end }) => sum + end - begin, 0);
    return (this.#samples.length - this.#before - this.#after - pauses) / (DEFAULT_SAMPLE_RATE / 1000);
  }

  /** Its pieces of speech, each with the pauses around it. */
  get pieces(): readonly Excerpt[] {
    const ends = [...this.#pauses, { begin: this.#samples.length - this.#after, end: this.#samples.length }];
    let last: Span = { begin: 0, end: this.#before };
    return ends.map((next) => {
      const samples = this.#samples.subarray(last.begin, next.end);
      const begin = this.begin - this.#before + last.end;
      const piece = new Excerpt(samples, last.end - last.begin, next.end - next.begin, [], begin);
      last = next;
      return piece;
    });
  }

  /** Root mean square of the speech, in dB below full scale; -Infinity for digital silence. */
  get loudnessDb(): number {
    const speech = this.#samples.subarray(this.#before, this.#samples.length - this.#after);
    const energy = speech.reduce((sum, sample) => sum + sample * sample, 0);
    return 10 * Math.log10(energy / speech.length);
  }

  /** The samples for a model. */
  with({ padding, silence }: Surroundings): Float32Array {
    const from = this.#before - this.beginIn({ padding, silence });
    const to = this.#samples.length - this.#after + Math.min(padding, this.#after);
    const samples = new Float32Array(to - from + silence);
    samples.set(this.#samples.subarray(from, to));
    return samples;
  }

  /** Position of the first sample of the speech in the samples for a model. */
  beginIn({ padding }: Surroundings): number {
    return Math.min(padding, this.#before);
  }

  /** Cuts it in two at the quietest tenth of a second of its middle half. */
  halves(): readonly [Excerpt, Excerpt] {
    const end = this.#samples.length - this.#after;
    const quarter = (end - this.#before) >> 2;
    const cut = quietest(this.#samples, this.#before + quarter, end - quarter);
    return [
      new Excerpt(this.#samples.subarray(0, cut), this.#before, 0, [], this.begin),
      new Excerpt(this.#samples.subarray(cut), 0, this.#after, [], this.begin - this.#before + cut),
    ];
  }
}

/** The middle of the quietest tenth of a second between two places. */
function quietest(samples: Float32Array, from: number, to: number): number {
  const span = DEFAULT_SAMPLE_RATE / 10;
  const step = span >> 2;
  let [best, least] = [(from + to) >> 1, Infinity];
  for (let at = from; at + span <= to; at += step) {
    const energy = samples.subarray(at, at + span).reduce((sum, sample) => sum + sample * sample, 0);
    if (energy < least) [best, least] = [at + (span >> 1), energy];
  }
  return best;
}
