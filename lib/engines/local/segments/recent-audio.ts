/** Samples by which the buffer grows, and at least as many are discarded at once. */
const STEP = 16_000;

/** The latest samples of a stream, addressed by their position in the whole stream. */
export class RecentAudio {
  #samples = new Int16Array(4 * STEP);
  /** Position of the first sample in the buffer. */
  #begin = 0;
  /** Position after the last sample. */
  #end = 0;
  /** First byte of a sample whose second byte is in the next chunk. */
  #half: number | undefined;

  get end(): number {
    return this.#end;
  }

  /** Appends s16le bytes, in chunks of any size. */
  append(pcm: Buffer): void {
    const bytes = this.#half === undefined ? pcm : Buffer.concat([Buffer.of(this.#half), pcm]);
    const count = bytes.length >> 1;
    this.#half = bytes.length % 2 === 1 ? bytes.at(-1) : undefined;
    this.#grow(count);
    const at = this.#end - this.#begin;
    for (let i = 0; i < count; i += 1) this.#samples[at + i] = bytes.readInt16LE(2 * i);
    this.#end += count;
  }

  /**
   * Reads samples as floats from -1 to 1. Positions before the start and after the end of the audio give silence.
   */
  read(from: number, to: number): Float32Array {
    const floats = new Float32Array(to - from);
    const shift = from - this.#begin;
    const count = Math.min(to, this.#end) - from;
    for (let i = 0; i < count; i += 1) floats[i] = (this.#samples[shift + i] ?? 0) / 32_768;
    return floats;
  }

  /** Discards samples before a position. */
  forget(before: number): void {
    // Moving the rest for each window would cost more than some extra samples.
    if (before - this.#begin < STEP) return;
    this.#samples.copyWithin(0, before - this.#begin, this.#end - this.#begin);
    this.#begin = before;
  }

  #grow(count: number): void {
    const needed = this.#end - this.#begin + count;
    if (needed <= this.#samples.length) return;
    const larger = new Int16Array(needed + STEP);
    larger.set(this.#samples);
    this.#samples = larger;
  }
}
