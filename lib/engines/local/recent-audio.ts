/** How much is kept when nobody speaks, and so the step in which the store moves. */
const ROOM = 16_000;

/** The latest samples of a stream, addressed by their place in the whole stream. */
export class RecentAudio {
  #samples = new Int16Array(4 * ROOM);
  /** Place of the first sample that is kept. */
  #begin = 0;
  /** Place after the last sample. */
  #end = 0;
  /** First half of a sample whose second half has not come yet. */
  #half: number | undefined;

  get end(): number {
    return this.#end;
  }

  /** Takes s16le bytes in, cut anywhere. */
  append(pcm: Buffer): void {
    const bytes = this.#half === undefined ? pcm : Buffer.concat([Buffer.of(this.#half), pcm]);
    const count = bytes.length >> 1;
    this.#half = bytes.length % 2 === 1 ? bytes.at(-1) : undefined;
    this.#makeRoom(count);
    const at = this.#end - this.#begin;
    for (let i = 0; i < count; i += 1) this.#samples[at + i] = bytes.readInt16LE(2 * i);
    this.#end += count;
  }

  /**
   * Samples from one place to another as floats from -1 to 1: silence before the start of the stream, and where they
   * are not there yet.
   * @param trailing Samples of silence to put behind them.
   */
  read(from: number, to: number, trailing = 0): Float32Array {
    const floats = new Float32Array(to - from + trailing);
    const shift = from - this.#begin;
    const count = Math.min(to, this.#end) - from;
    for (let i = 0; i < count; i += 1) floats[i] = (this.#samples[shift + i] ?? 0) / 32_768;
    return floats;
  }

  /** What comes before some place is not needed any more. */
  forget(before: number): void {
    // Moving what is left costs more than keeping a little too much.
    if (before - this.#begin < ROOM) return;
    this.#samples.copyWithin(0, before - this.#begin, this.#end - this.#begin);
    this.#begin = before;
  }

  #makeRoom(count: number): void {
    const needed = this.#end - this.#begin + count;
    if (needed <= this.#samples.length) return;
    const larger = new Int16Array(needed + ROOM);
    larger.set(this.#samples);
    this.#samples = larger;
  }
}
