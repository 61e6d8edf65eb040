import { oneOf, type Rule } from '../core/options.ts';

/** Bytes of one s16le mono sample. */
export const BYTES_PER_SAMPLE = 2;

/** In Hz. */
export const DEFAULT_SAMPLE_RATE = 16_000;

/** Rates at which 100 ms are a whole number of samples. */
export const sampleRateRule: Rule = oneOf(8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000);

/** Sample formats of raw PCM, in FFmpeg's names: type, bits, byte order. */
export const SAMPLE_FORMATS = [
  's16le',
  's16be',
  'u8',
  's8',
  's24le',
  's24be',
  's32le',
  's32be',
  'f32le',
  'f32be',
  'f64le',
  'f64be',
  'alaw',
  'mulaw',
] as const;

/** One of {@link SAMPLE_FORMATS}. */
export type SampleFormat = (typeof SAMPLE_FORMATS)[number];

/** Shape of raw PCM. */
export interface PcmShape {
  /** Samples per second and channel. */
  readonly sampleRate: number;
  /** Interleaved channels. */
  readonly channels: number;
  readonly format: SampleFormat;
}

/** Bytes of one sample of all channels. */
export function bytesPerFrame({ channels, format }: Omit<PcmShape, 'sampleRate'>): number {
  // alaw and mulaw have 8 bits.
  const [bits = '8'] = /\d+/.exec(format) ?? [];
  return (channels * Number(bits)) / 8;
}

/** Length in bytes of a duration of s16le mono, rounded to whole samples. */
export function bytesOf(durationMs: number, sampleRate: number): number {
  return Math.round((durationMs * sampleRate) / 1000) * BYTES_PER_SAMPLE;
}

/** Duration in ms of some bytes of s16le mono. */
export function durationOf(bytes: number, sampleRate: number): number {
  return (bytes / BYTES_PER_SAMPLE / sampleRate) * 1000;
}
