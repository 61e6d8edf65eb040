/* global AudioWorkletProcessor, registerProcessor, sampleRate */
import { Resampler } from './resampler.js';

/** Turns the sound of a microphone into chunks of 100 ms of mono 16-bit PCM, on the thread of the audio. */
class ChunkProcessor extends AudioWorkletProcessor {
  #resampler;
  #chunk;
  #length = 0;
  #hasEnded = false;

  constructor({ processorOptions }) {
    super();
    const { toRate } = processorOptions;
    this.#resampler = new Resampler(sampleRate, toRate);
    this.#chunk = new Int16Array(toRate / 10);
    this.port.addEventListener('message', () => this.#end());
    this.port.start();
  }

  process([channels]) {
    if (this.#hasEnded) return false;
    if (channels.length > 0) this.#append(this.#resampler.push(mixed(channels)));
    return true;
  }

  /** Sends the rest, filled with silence, and an end mark. */
  #end() {
    this.#append(this.#resampler.end());
    if (this.#length > 0) this.#append(new Float32Array(this.#chunk.length - this.#length));
    this.#hasEnded = true;
    this.port.postMessage(undefined, []);
  }

  #append(samples) {
    for (const sample of samples) {
      this.#chunk[this.#length] = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
      this.#length += 1;
      if (this.#length === this.#chunk.length) this.#send();
    }
  }

  #send() {
    const { buffer } = this.#chunk;
    this.#chunk = new Int16Array(this.#chunk.length);
    this.#length = 0;
    this.port.postMessage(buffer, [buffer]);
  }
}

/** The mean of all channels. */
function mixed(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map(
    (_, at) => channels.reduce((sum, channel) => sum + channel[at], 0) / channels.length,
  );
}

registerProcessor('chunks', ChunkProcessor);
