import type { Step } from '../../core/stage.ts';

const FULL_SCALE = 32_767;

/** The gain rises by this factor per block after a loud passage: about 0.2 dB. */
const RELEASE = 1.02;

/** Loudest sample of f32le audio, as a multiple of full scale. */
export function peakOf(audio: Buffer): number {
  let peak = 0;
  for (let at = 0; at + 4 <= audio.length; at += 4) peak = Math.max(peak, Math.abs(audio.readFloatLE(at)));
  return peak;
}

/**
 * Blocks of f32le audio → the same in 16 bits. Recorders with 32-bit float write samples far above full scale, which
 * FFmpeg would clip. A known peak lowers the whole recording evenly; an unknown one lowers each block as far as it
 * needs, and the gain recovers slowly.
 */
export class FullScale implements Step<Buffer, Int16Array> {
  readonly #fixedGain: number | undefined;
  #gain = 1;

  /** @param peak Loudest sample of the whole source, as a multiple of full scale. @default unknown */
  constructor(peak?: number) {
    this.#fixedGain = peak === undefined ? undefined : gainFor(peak);
  }

  *feed(block: Buffer): Iterable<Int16Array> {
    const gain = this.#fixedGain ?? this.#limit(block);
    const samples = new Int16Array(block.length >> 2);
    for (let at = 0; at < samples.length; at += 1) {
      const value = Math.round(block.readFloatLE(at * 4) * gain * FULL_SCALE);
      samples[at] = Math.max(-32_768, Math.min(FULL_SCALE, value));
    }
    yield samples;
  }

  *end(): Iterable<Int16Array> {}

  #limit(block: Buffer): number {
    this.#gain = Math.min(1, this.#gain * RELEASE, gainFor(peakOf(block)));
    return this.#gain;
  }
}

function gainFor(peak: number): number {
  return peak > 1 ? 1 / peak : 1;
}
