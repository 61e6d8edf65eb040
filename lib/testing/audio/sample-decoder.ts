import {
  BLOCK_SAMPLES,
  encodeSamples,
  isSamePosition,
  readPosition,
  readSentenceNumber,
  SYNC_SAMPLES,
} from './position-code.ts';

/** Consecutive samples of one sentence, or of the silence between two. */
export interface SampleRun {
  /** Number of samples. */
  readonly samples: number;
  /** Position of the first sample in the original audio; undefined if the samples contain no valid code. */
  readonly position: number | undefined;
  /** Number of the sentence; 0 for silence and for samples without a valid code. */
  readonly sentence: number;
}

/** Samples that are compared at a time. */
const WINDOW_SAMPLES = 8192;

/**
 * Decodes self-describing audio that may start anywhere and arrive in chunks of any size: reports the original position
 * of each sample. After the first position is known, the expected samples are rendered and compared, so that every
 * sample is checked. A run of fewer than eight samples of a sentence (half a millisecond) does not identify the
 * sentence.
 */
export class SampleDecoder {
  readonly #onRun: (run: SampleRun) => void;
  readonly #samples = new Int16Array(WINDOW_SAMPLES);
  readonly #bytes = Buffer.from(this.#samples.buffer);
  readonly #expected = new Int16Array(WINDOW_SAMPLES);
  readonly #expectedBytes = Buffer.from(this.#expected.buffer);
  /** Bytes kept until more arrive: half a sample, or too few samples to decode. */
  #bufferedBytes = 0;
  /** Expected position of the next sample; undefined while it is not known. */
  #position: number | undefined;
  #sentence = 0;

  /** @param onRun Called with all decoded samples, in order. */
  constructor(onRun: (run: SampleRun) => void) {
    this.#onRun = onRun;
  }

  /** Decodes a chunk, which may end within a sample. */
  write(bytes: Buffer): void {
    for (let offset = 0; offset < bytes.length; ) {
      const copied = bytes.copy(this.#bytes, this.#bufferedBytes, offset);
      offset += copied;
      this.#bufferedBytes += copied;
      this.#decode(false);
    }
  }

  /** Decodes what is still buffered. Half a sample is dropped. */
  end(): void {
    this.#decode(true);
  }

  #decode(isEnd: boolean): void {
    const length = this.#bufferedBytes >> 1;
    let at = 0;
    while (at < length) {
      const decoded = this.#decodeRun(at, length, isEnd);
      if (decoded === 0) break;
      at += decoded;
    }
    this.#bytes.copyWithin(0, at * 2, this.#bufferedBytes);
    this.#bufferedBytes -= at * 2;
  }

  /** @returns The number of samples decoded; 0 if more are needed. */
  #decodeRun(at: number, end: number, isEnd: boolean): number {
    const samples = this.#samples.subarray(at, end);
    if (this.#position !== undefined) {
      const matching = this.#countMatching(at, end, this.#position);
      if (matching > 0) return this.#report(matching, this.#position);
      // The next position is not the expected one: audio was lost or repeated.
      if (!isSamePosition(samples[0] ?? 0, this.#expected[0] ?? 0)) this.#position = undefined;
    }
    if (this.#position === undefined) {
      if (samples.length < SYNC_SAMPLES && !isEnd) return 0;
      this.#position = readPosition(samples);
      if (this.#position === undefined) return this.#reportUnknown();
    }
    // The position is right but the sentence is another one.
    if (samples.length < BLOCK_SAMPLES && !isEnd) return 0;
    this.#sentence = readSentenceNumber(samples.subarray(0, BLOCK_SAMPLES), this.#position);
    const matching = this.#countMatching(at, end, this.#position);
    return matching >= BLOCK_SAMPLES ? this.#report(matching, this.#position) : this.#reportUnknown();
  }

  /** @returns How many samples continue the current sentence from a position. */
  #countMatching(at: number, end: number, position: number): number {
    const length = end - at;
    const expected = this.#expected.subarray(0, length);
    encodeSamples(expected, position, this.#sentence);
    const bytes = this.#bytes.subarray(at * 2, end * 2);
    if (bytes.equals(this.#expectedBytes.subarray(0, length * 2))) return length;
    return expected.findIndex((sample, index) => sample !== this.#samples[at + index]);
  }

  #report(samples: number, position: number): number {
    this.#onRun({ samples, position, sentence: this.#sentence });
    this.#position = position + samples;
    return samples;
  }

  #reportUnknown(): number {
    this.#onRun({ samples: 1, position: undefined, sentence: 0 });
    if (this.#position !== undefined) this.#position += 1;
    return 1;
  }
}
