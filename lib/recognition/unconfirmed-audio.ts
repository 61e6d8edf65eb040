/** Ten minutes at 16 kHz: a sentence without an end for that long is not speech. */
const LIMIT_BYTES = 10 * 60 * 32_000;

/**
 * The audio after the last final sentence, in the buffers in which it came, addressed by its position in the
 * whole input. Bounded: past the limit the oldest goes, and {@link start} says from where on it is whole.
 */
export class UnconfirmedAudio {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #start = 0;
  #end = 0;

  constructor(limitBytes: number = LIMIT_BYTES) {
    this.#limit = limitBytes;
  }

  /** Position of the first byte held. */
  get start(): number {
    return this.#start;
  }

  /** Position after the last byte held. */
  get end(): number {
    return this.#end;
  }

  append(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#end += chunk.length;
    this.#dropBefore(this.#end - this.#limit);
  }

  /** All before this position is final, and let go. */
  confirm(position: number): void {
    this.#dropBefore(Math.min(position, this.#end));
  }

  /** The audio held, in order. */
  held(): readonly Buffer[] {
    return [...this.#chunks];
  }

  #dropBefore(position: number): void {
    // Nearly always, and once for each frame of each stream.
    if (position <= this.#start) return;
    let whole = 0;
    for (const chunk of this.#chunks) {
      if (this.#start + chunk.length > position) break;
      this.#start += chunk.length;
      whole += 1;
    }
    this.#chunks.splice(0, whole);
    const first = this.#chunks[0];
    if (first && position > this.#start) {
      this.#chunks[0] = first.subarray(position - this.#start);
      this.#start = position;
    }
  }
}
