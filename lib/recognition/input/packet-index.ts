import { OPUS_RATE } from '../../media/containers/opus.ts';

const SAMPLES_PER_MS = OPUS_RATE / 1000;
/** Released packets are removed in blocks: removing one moves all others. */
const BLOCK = 1024;

/** Where packets begin: in bytes of the packets alone, and in samples of 48 kHz. */
export class PacketIndex {
  /** Where each packet begins, and at the end where the next one will begin. */
  readonly #positions: number[] = [0];
  readonly #samples: number[] = [0];
  /** Number of packets that are released and not removed yet. */
  #released = 0;
  readonly #startMs: number;
  /** Samples that a decoder drops at the start. */
  #preSkip = 0;

  /** @param startMs Time of the start of the input, in ms. */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  set preSkip(samples: number) {
    this.#preSkip = samples;
  }

  /** Position after the last packet. */
  get end(): number {
    return this.#positions.at(-1) ?? 0;
  }

  /** Samples of all packets. */
  get samples(): number {
    return this.#samples.at(-1) ?? 0;
  }

  add(bytes: number, samples: number): void {
    this.#positions.push(this.end + bytes);
    this.#samples.push(this.samples + samples);
  }

  /** Samples before the packet at a position, counted from the first packet of the input. */
  samplesAt(position: number): number {
    return this.#samples[this.#find(this.#positions, position)] ?? 0;
  }

  msAt(position: number): number {
    return this.#startMs + Math.max(0, this.samplesAt(position) - this.#preSkip) / SAMPLES_PER_MS;
  }

  /** The sample that is heard at a time in ms, counted from the first packet of the input. */
  sampleAt(ms: number): number {
    return Math.round((ms - this.#startMs) * SAMPLES_PER_MS) + this.#preSkip;
  }

  /** Where the packet begins that is heard at a time in ms. */
  positionAt(ms: number): number {
    return this.#positions[this.#find(this.#samples, this.sampleAt(ms))] ?? 0;
  }

  /** Where the packet begins that a position lies in. */
  floor(position: number): number {
    return this.#positions[this.#find(this.#positions, position)] ?? 0;
  }

  /** The ends of the packets from a position on. */
  *endsFrom(position: number): Generator<number> {
    for (let at = this.#find(this.#positions, position) + 1; at < this.#positions.length; at += 1) {
      yield this.#positions[at] ?? 0;
    }
  }

  /** Nothing before a position is asked for any more. */
  release(position: number): void {
    this.#released = this.#find(this.#positions, position);
    if (this.#released < BLOCK) return;
    this.#positions.splice(0, this.#released);
    this.#samples.splice(0, this.#released);
    this.#released = 0;
  }

  /** Index of the last value that is not greater than a value, and of the first one if all are. Values increase. */
  #find(values: readonly number[], value: number): number {
    let low = this.#released;
    let high = values.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((values[middle] ?? Infinity) <= value) low = middle;
      else high = middle;
    }
    return low;
  }
}
