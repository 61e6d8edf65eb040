/** Half the length of the filter, in samples of the lower of both rates. */
const HALF_LENGTH = 32;
/** The end of the range that passes, as a part of half the lower rate. */
const PASS = 0.9;
/** Shape of the Kaiser window: aliases are about 80 dB below. */
const KAISER_BETA = 8;
const BUFFER_SAMPLES = 8192;

/**
 * Converts mono samples from one rate to another, with a low-pass filter against aliases. The result does not depend on how
 * the input is divided.
 */
export class Resampler {
  #up;
  #down;
  #half;
  #phases;
  #buffer;
  /** Samples in the buffer. */
  #length = 0;
  /** The next output sample lies after the sample at `#at` of the buffer, by `#phase / #up`. */
  #at = 0;
  #phase = 0;

  /** @param {number} fromRate @param {number} toRate Both in Hz. */
  constructor(fromRate, toRate) {
    const divisor = greatestCommonDivisor(Math.round(fromRate), Math.round(toRate));
    this.#up = Math.round(toRate) / divisor;
    this.#down = Math.round(fromRate) / divisor;
    this.#half = Math.ceil(HALF_LENGTH * Math.max(1, this.#down / this.#up));
    this.#phases = this.#up === this.#down ? undefined : filter(this.#up, this.#down, this.#half);
    this.#buffer = new Float32Array(BUFFER_SAMPLES + 2 * this.#half);
    // The filter reaches back from the first sample.
    this.#length = this.#half - 1;
    this.#at = this.#half - 1;
  }

  /** @param {Float32Array} input At most 8192 samples. @returns {Float32Array} What can be computed so far. */
  push(input) {
    if (!this.#phases) return input.slice();
    if (this.#length + input.length > this.#buffer.length) this.#discard();
    this.#buffer.set(input, this.#length);
    this.#length += input.length;
    const output = new Float32Array(Math.ceil(((this.#length - this.#at) * this.#up) / this.#down) + 1);
    let count = 0;
    while (this.#at + this.#half < this.#length) {
      output[count] = this.#sample();
      count += 1;
      this.#phase += this.#down;
      this.#at += Math.floor(this.#phase / this.#up);
      this.#phase %= this.#up;
    }
    return output.subarray(0, count);
  }

  /** @returns {Float32Array} The rest, when the input has ended. */
  end() {
    return this.#phases ? this.push(new Float32Array(this.#half)) : new Float32Array(0);
  }

  #sample() {
    const taps = 2 * this.#half;
    const from = this.#at - this.#half + 1;
    const phase = this.#phase * taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) sum += this.#phases[phase + tap] * this.#buffer[from + tap];
    return sum;
  }

  /** Drops what no further output sample needs. */
  #discard() {
    const unused = this.#at - this.#half + 1;
    this.#buffer.copyWithin(0, unused, this.#length);
    this.#length -= unused;
    this.#at -= unused;
  }
}

/** A windowed sinc, for each phase of the output between two input samples. */
function filter(up, down, half) {
  const taps = 2 * half;
  const cutoff = Math.min(1, up / down) * PASS;
  const phases = new Float32Array(up * taps);
  for (let phase = 0; phase < up; phase += 1) {
    const weights = new Float64Array(taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - half + 1 - phase / up;
      weights[tap] = cutoff * sinc(cutoff * distance) * kaiser(distance / half);
      sum += weights[tap];
    }
    // All phases have the same gain, or the rate would be audible as a tone.
    for (let tap = 0; tap < taps; tap += 1) phases[phase * taps + tap] = weights[tap] / sum;
  }
  return phases;
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param {number} x From -1 to 1. */
function kaiser(x) {
  return bessel(KAISER_BETA * Math.sqrt(Math.max(0, 1 - x * x))) / bessel(KAISER_BETA);
}

/** The modified Bessel function of order 0. */
function bessel(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
