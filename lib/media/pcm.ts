import { oneOf, type Rule } from '../core/options.ts';

/** s16le mono. */
export const BYTES_PER_SAMPLE = 2;

export const DEFAULT_SAMPLE_RATE = 16_000;

/** Rates of which 100 ms are a whole number of samples. */
export const sampleRateRule: Rule = oneOf(8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000);

/** Bytes of s16le mono in some ms, in whole samples. */
export function bytesOf(durationMs: number, sampleRate: number): number {
  return Math.round((durationMs * sampleRate) / 1000) * BYTES_PER_SAMPLE;
}

/** Length in ms of some bytes of s16le mono. */
export function durationOf(bytes: number, sampleRate: number): number {
  return (bytes / BYTES_PER_SAMPLE / sampleRate) * 1000;
}

/** Root mean square of s16le samples relative to full scale, in dB; -Infinity for digital silence. */
export function levelOf(pcm: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < pcm.length; at += BYTES_PER_SAMPLE) sum += pcm.readInt16LE(at) ** 2;
  return 10 * Math.log10(sum / Math.floor(pcm.length / BYTES_PER_SAMPLE) / 0x8000 ** 2);
}
