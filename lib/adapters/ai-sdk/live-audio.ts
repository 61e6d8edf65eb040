import type { Duplex } from 'node:stream';
import { decode } from '../../audio/decode.ts';
import { resample } from '../../audio/resample.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { SampleFormat } from '../../media/pcm.ts';
import type { StreamOptions } from './specification.ts';

/** Media types of raw PCM, mono, with the sample rate in Hz when none is given. */
const RAW_TYPES: Readonly<Record<string, { readonly format: SampleFormat; readonly sampleRate?: number }>> = {
  'audio/pcm': { format: 's16le' },
  'audio/pcmu': { format: 'mulaw', sampleRate: 8000 },
  'audio/pcma': { format: 'alaw', sampleRate: 8000 },
};

/** Options of {@link pcmStages}. */
export interface PcmOptions {
  readonly ffmpegPath?: string | undefined;
  /** In Hz. */
  readonly sampleRate: number;
}

/**
 * The stages that make s16le mono of live audio in a format of the AI SDK. Any other media type stands for a container.
 * @throws {FunAsrError} `E_OPTION`
 */
export function pcmStages(
  { type, rate }: StreamOptions['inputAudioFormat'],
  { ffmpegPath, sampleRate }: PcmOptions,
): Duplex[] {
  const raw = RAW_TYPES[type.toLowerCase()];
  if (!raw) return [decode({ sampleRate, ffmpegPath })];
  const from = { sampleRate: rate ?? raw.sampleRate ?? 0, channels: 1, format: raw.format };
  if (from.sampleRate === 0) {
    throw new FunAsrError('E_OPTION', `inputAudioFormat: ${type} has no rate`, {
      hint: "Add the sample rate in Hz: { type: 'audio/pcm', rate: 16000 }.",
    });
  }
  if (from.format === 's16le' && from.sampleRate === sampleRate) return [];
  return [resample({ from, sampleRate, ffmpegPath })];
}

/** The bytes of live audio. Its reader is released at the end, and the source is cancelled when it is not read to its end. */
export async function* bytesOf(audio: StreamOptions['audio']): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of audio) {
    yield typeof chunk === 'string'
      ? Buffer.from(chunk, 'base64')
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}
