/** Twenty frames of 100 ms at 16 kHz, so that no usual frame lies across two slabs. */
const SLAB_BYTES = 64_000;
/** Released slabs that are kept for later audio: about as many as one sentence releases. */
const MAX_SPARE_SLABS = 2;

/**
 * A ring buffer of audio, addressed by the position in the whole input, in bytes. It copies what is appended, so that the
 * caller may reuse its buffer.
 */
export class AudioRing {
  readonly #slabs: Buffer[] = [];
  /**
   * Released slabs. They are used again, because the allocation of large buffers makes the garbage collector run often.
   */
  readonly #spare: Buffer[] = [];
  /** Position of the first byte of the first slab. */
  #origin: number;
  #start: number;
  #end: number;

  /** @param start Position of the first byte. */
  constructor(start: number = 0) {
    this.#origin = start;
    this.#start = start;
    this.#end = start;
  }

  /** Position of the first byte held. */
  get start(): number {
    return this.#start;
  }

  /** Position after the last byte held. */
  get end(): number {
    return this.#end;
  }

  append(audio: Uint8Array): void {
    for (let taken = 0; taken < audio.length; ) {
      const at = (this.#end - this.#origin) % SLAB_BYTES;
      if (this.#origin + this.#slabs.length * SLAB_BYTES === this.#end) {
        this.#slabs.push(this.#spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES));
      }
      const piece = audio.subarray(taken, taken + SLAB_BYTES - at);
      this.#slabs.at(-1)?.set(piece, at);
      taken += piece.length;
      this.#end += piece.length;
    }
  }

  /**
   * Reads at most `maxBytes` at a position; fewer at the end of the audio and of a slab. The result must not be
   * changed, and is valid until it is released.
   */
  read(position: number, maxBytes: number): Buffer {
    const offset = position - this.#origin;
    const slab = this.#slabs[Math.floor(offset / SLAB_BYTES)];
    if (position < this.#start || !slab) throw new RangeError(`no audio is held at ${position}`);
    const at = offset % SLAB_BYTES;
    return slab.subarray(at, at + Math.min(maxBytes, this.#end - position));
  }

  /** Reads what is held between two positions, as {@link read} does; copies it when it lies in several slabs. */
  readWhole(from: number, to: number): Buffer {
    const first = this.read(from, to - from);
    const second = from + first.length;
    return second < Math.min(to, this.#end) ? Buffer.concat([first, this.readWhole(second, to)]) : first;
  }

  /** Releases what lies before a position. */
  release(position: number): void {
    this.#start = Math.max(this.#start, Math.min(position, this.#end));
    const unused = Math.floor((this.#start - this.#origin) / SLAB_BYTES);
    if (unused === 0) return;
    const released = this.#slabs.splice(0, unused);
    this.#spare.push(...released.slice(0, MAX_SPARE_SLABS - this.#spare.length));
    this.#origin += unused * SLAB_BYTES;
  }
}
