import { writeFile } from 'node:fs/promises';

const SAMPLE_RATE = 16_000;

/** The samples of one channel, from −1 to 1 of full scale. */
export type Channel = readonly number[];

/** A tone, or silence at frequency 0. */
export function tone(hz: number, seconds: number, amplitude = 0.25): number[] {
  return Array.from(
    { length: Math.round(seconds * SAMPLE_RATE) },
    (_, at) => amplitude * Math.sin((2 * Math.PI * hz * at) / SAMPLE_RATE),
  );
}

/** Options of {@link writeWav}. */
export interface WavOptions {
  /** Speakers of the channels. @default none is named */
  readonly mask?: number;
  /** Writes 32-bit float. @default 16-bit PCM */
  readonly isFloat?: boolean;
}

/** Writes a WAV at 16 kHz. Shorter channels end with silence. */
export async function writeWav(
  path: string,
  channels: readonly Channel[],
  { mask, isFloat = false }: WavOptions = {},
): Promise<string> {
  const frames = Math.max(...channels.map(({ length }) => length));
  const sampleBytes = isFloat ? 4 : 2;
  const data = Buffer.alloc(frames * channels.length * sampleBytes);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, frame) => {
      const at = (frame * channels.length + channel) * sampleBytes;
      if (isFloat) data.writeFloatLE(sample, at);
      else data.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))), at);
    });
  });
  await writeFile(path, Buffer.concat([header(channels.length, data.length, sampleBytes, mask), data]));
  return path;
}

function header(channels: number, dataBytes: number, sampleBytes: number, mask: number | undefined): Buffer {
  const codec = sampleBytes === 4 ? 3 : 1;
  const format = Buffer.alloc(mask === undefined ? 16 : 40);
  format.writeUInt16LE(mask === undefined ? codec : 0xfffe, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(SAMPLE_RATE, 4);
  format.writeUInt32LE(SAMPLE_RATE * channels * sampleBytes, 8);
  format.writeUInt16LE(channels * sampleBytes, 12);
  format.writeUInt16LE(sampleBytes * 8, 14);
  if (mask !== undefined) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(sampleBytes * 8, 18);
    format.writeUInt32LE(mask, 20);
    format.writeUInt16LE(codec, 24);
    format.write('000000001000800000aa00389b71', 26, 'hex');
  }
  const head = Buffer.alloc(20);
  head.write('RIFF', 0);
  head.writeUInt32LE(4 + 8 + format.length + 8 + dataBytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(format.length, 16);
  const tail = Buffer.alloc(8);
  tail.write('data', 0);
  tail.writeUInt32LE(dataBytes, 4);
  return Buffer.concat([head, format, tail]);
}

/** Samples of s16le PCM, from −1 to 1 of full scale. */
export function samplesOf(pcm: Buffer): number[] {
  return Array.from({ length: pcm.length / 2 }, (_, at) => pcm.readInt16LE(at * 2) / 32_768);
}

/** Amplitude of a tone within some seconds of s16le PCM at 16 kHz, from 0 to 1 of full scale. */
export function amplitudeOf(pcm: Buffer, hz: number, fromSeconds: number, toSeconds: number): number {
  const [from, to] = [fromSeconds, toSeconds].map((seconds) => Math.round(seconds * SAMPLE_RATE));
  let [sine, cosine] = [0, 0];
  for (let at = from ?? 0; at < (to ?? 0); at += 1) {
    const sample = at * 2 + 1 < pcm.length ? pcm.readInt16LE(at * 2) / 32_768 : 0;
    const phase = (2 * Math.PI * hz * at) / SAMPLE_RATE;
    sine += sample * Math.sin(phase);
    cosine += sample * Math.cos(phase);
  }
  return (2 * Math.hypot(sine, cosine)) / ((to ?? 0) - (from ?? 0));
}
