/** Duration of the blocks in which channels are compared, in ms. */
export const BLOCK_MS = 100;

/** Every n-th sample is enough for the mean magnitude of a channel. */
const STRIDE = 4;

/** Some interleaved 16-bit audio and the measurements of its channels. */
export interface ChannelBlock {
  readonly samples: Int16Array;
  readonly frames: number;
  /** Sum of squares of the differences between neighbouring samples, of each channel: hum and rumble count little. */
  readonly energies: Float64Array;
  /** The same sum of the weighted mix of the channels. */
  readonly mixEnergy: number;
  /** Mean magnitude of the samples of each channel. */
  readonly magnitudes: Float64Array;
}

/** Measures the channels of consecutive blocks. */
export class ChannelMeter {
  readonly #weights: Float64Array;
  /** Last sample of each channel. */
  readonly #previous: Int16Array;

  /** @param weights Of each channel in the mix. */
  constructor(weights: readonly number[]) {
    this.#weights = Float64Array.from(weights);
    this.#previous = new Int16Array(weights.length);
  }

  measure(samples: Int16Array): ChannelBlock {
    const channels = this.#weights.length;
    const frames = samples.length / channels;
    const energies = new Float64Array(channels);
    const magnitudes = new Float64Array(channels);
    for (let channel = 0; channel < channels; channel += 1) {
      let sum = 0;
      for (let at = channel; at < samples.length; at += channels * STRIDE) sum += Math.abs(samples[at] ?? 0);
      magnitudes[channel] = sum / Math.ceil(frames / STRIDE);
    }
    const mixEnergy = channels === 2 ? this.#stereo(samples, energies) : this.#any(samples, energies);
    return { samples, frames, energies, mixEnergy, magnitudes };
  }

  /** The common case: the energy of the mix follows from the energies and the product of two channels. */
  #stereo(samples: Int16Array, energies: Float64Array): number {
    let [left = 0, right = 0] = this.#previous;
    let [leftEnergy, rightEnergy, product] = [0, 0, 0];
    for (let at = 0; at < samples.length; at += 2) {
      const l = samples[at] ?? 0;
      const r = samples[at + 1] ?? 0;
      const dl = l - left;
      const dr = r - right;
      leftEnergy += dl * dl;
      rightEnergy += dr * dr;
      product += dl * dr;
      left = l;
      right = r;
    }
    this.#previous[0] = left;
    this.#previous[1] = right;
    energies[0] = leftEnergy;
    energies[1] = rightEnergy;
    const [a = 0, b = 0] = this.#weights;
    return Math.max(0, a * a * leftEnergy + b * b * rightEnergy + 2 * a * b * product);
  }

  #any(samples: Int16Array, energies: Float64Array): number {
    const channels = this.#weights.length;
    let mixEnergy = 0;
    for (let at = 0; at < samples.length; at += channels) {
      let mix = 0;
      for (let channel = 0; channel < channels; channel += 1) {
        const sample = samples[at + channel] ?? 0;
        const difference = sample - (this.#previous[channel] ?? 0);
        this.#previous[channel] = sample;
        energies[channel] = (energies[channel] ?? 0) + difference * difference;
        mix += difference * (this.#weights[channel] ?? 0);
      }
      mixEnergy += mix * mix;
    }
    return mixEnergy;
  }
}
