import { frequencyOf, LANGUAGES, MARKER_BINS, TONE_BINS } from '../../../fixtures/models/tones.mjs';

const SAMPLE_RATE = 16_000;

/** Makes audio that the models of `fixtures/models` recognise: each tone for 0.3 s, then silence for 0.1 s. */
export function toneAudio(tones: readonly number[]): Float32Array<ArrayBuffer> {
  const length = 0.4 * SAMPLE_RATE;
  const samples = new Float32Array(tones.length * length);
  for (const [position, tone] of tones.entries()) {
    const frequency = frequencyOf(TONE_BINS[tone] ?? 0);
    for (let n = 0; n < 0.3 * SAMPLE_RATE; n += 1) samples[position * length + n] = 0.3 * sine(frequency, n);
  }
  return samples;
}

/** Adds the marker tone of a language, with which the SenseVoice test model detects it, to audio at 16 kHz. */
export function withMarker(samples: Float32Array, language: string): Float32Array<ArrayBuffer> {
  const frequency = frequencyOf(MARKER_BINS[LANGUAGES.findIndex(({ code }) => code === language)] ?? 0);
  return Float32Array.from(samples, (sample, n) => sample + 0.02 * sine(frequency, n));
}

function sine(frequency: number, n: number): number {
  return Math.sin((2 * Math.PI * frequency * n) / SAMPLE_RATE);
}
