import { BLOCK, encode, isSamePosition, readPosition, readSentence, WHOLE_BLOCK } from './position-code.ts';

/** Some samples in a row that belong together. */
export interface Stretch {
  readonly samples: number;
  /** Of the first sample in the audio that it was rendered from; undefined for samples that say none. */
  readonly position: number | undefined;
  /** Number of the sentence; 0 for silence, and for samples that do not tell. */
  readonly sentence: number;
}

/** Samples that are compared at a time. */
const WINDOW = 8192;

/**
 * Understands self-describing audio, cut anywhere and begun anywhere: it says for each sample where it comes from. What
 * should come next is rendered and compared, so that no sample goes unchecked. Runs of fewer than eight samples of a
 * sentence, half a millisecond, do not tell which one.
 */
export class Hearing {
  readonly #tell: (stretch: Stretch) => void;
  readonly #samples = new Int16Array(WINDOW);
  readonly #bytes = Buffer.from(this.#samples.buffer);
  readonly #expected = new Int16Array(WINDOW);
  readonly #expectedBytes = Buffer.from(this.#expected.buffer);
  /** Bytes that wait for more: half a sample, or samples that do not tell enough. */
  #held = 0;
  /** Position of the next sample; undefined while it is not known. */
  #position: number | undefined;
  #sentence = 0;

  /** @param tell Given all that was heard, in order. */
  constructor(tell: (stretch: Stretch) => void) {
    this.#tell = tell;
  }

  /** Hears bytes cut anywhere. */
  feed(bytes: Buffer): void {
    for (let taken = 0; taken < bytes.length; ) {
      const copied = bytes.copy(this.#bytes, this.#held, taken);
      taken += copied;
      this.#held += copied;
      this.#hear(false);
    }
  }

  /** Hears what was held back. Half a sample is dropped. */
  end(): void {
    this.#hear(true);
  }

  #hear(isEnd: boolean): void {
    const length = this.#held >> 1;
    let at = 0;
    while (at < length) {
      const heard = this.#next(at, length, isEnd);
      if (heard === 0) break;
      at += heard;
    }
    this.#bytes.copyWithin(0, at * 2, this.#held);
    this.#held -= at * 2;
  }

  /** @returns Samples that were dealt with; 0 when they do not tell enough without more. */
  #next(at: number, end: number, isEnd: boolean): number {
    const samples = this.#samples.subarray(at, end);
    if (this.#position !== undefined) {
      const same = this.#expect(at, end, this.#position);
      if (same > 0) return this.#understand(same, this.#position);
      // The audio does not go on as it should: a part of it was lost, or comes once more.
      if (!isSamePosition(samples[0] ?? 0, this.#expected[0] ?? 0)) this.#position = undefined;
    }
    if (this.#position === undefined) {
      if (samples.length < WHOLE_BLOCK && !isEnd) return 0;
      this.#position = readPosition(samples);
      if (this.#position === undefined) return this.#miss();
    }
    // It does, in another sentence.
    if (samples.length < BLOCK && !isEnd) return 0;
    this.#sentence = readSentence(samples.subarray(0, BLOCK), this.#position);
    const same = this.#expect(at, end, this.#position);
    return same >= BLOCK ? this.#understand(same, this.#position) : this.#miss();
  }

  /** @returns How many samples go on from a position in the present sentence. */
  #expect(at: number, end: number, position: number): number {
    const length = end - at;
    const expected = this.#expected.subarray(0, length);
    encode(expected, position, this.#sentence);
    const bytes = this.#bytes.subarray(at * 2, end * 2);
    if (bytes.equals(this.#expectedBytes.subarray(0, length * 2))) return length;
    return expected.findIndex((sample, index) => sample !== this.#samples[at + index]);
  }

  #understand(samples: number, position: number): number {
    this.#tell({ samples, position, sentence: this.#sentence });
    this.#position = position + samples;
    return samples;
  }

  #miss(): number {
    this.#tell({ samples: 1, position: undefined, sentence: 0 });
    if (this.#position !== undefined) this.#position += 1;
    return 1;
  }
}
