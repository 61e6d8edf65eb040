import { riffChunks, riffForm } from './riff.ts';

/**
 * Data sizes from here on are placeholders (0x7fffffff, 0xffffffff and similar values) that programs leave in the
 * header when they write a WAV to a pipe.
 */
export const PLACEHOLDER_BYTES = 0x7ff0_0000;

/** Bytes that fill space which was reserved for a longer recording. */
export const FILLERS: readonly number[] = [0, 0xff];

/** The `fmt ` chunk of a WAV file. */
export interface WavFormat {
  readonly isPcm16: boolean;
  /** Speakers of the channels; 0 when the file does not name them. */
  readonly channelMask: number;
  /** In Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

const PCM = 1;
/** The codec is the first field of the extension. */
const EXTENSIBLE = 0xfffe;

export function isWav(head: Buffer): boolean {
  return riffForm(head) === 'WAVE';
}

/** Reads the format of a WAV file from its first bytes; undefined when they do not contain it. */
export function wavFormat(head: Buffer): WavFormat | undefined {
  const chunk = chunkOf(head, 'fmt ');
  if (!chunk || chunk.offset + 16 > head.length) return undefined;
  const format = head.subarray(chunk.offset);
  const tag = format.readUInt16LE(0);
  const codec = tag === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : tag;
  return {
    isPcm16: codec === PCM && format.readUInt16LE(14) === 16,
    channelMask: tag === EXTENSIBLE && format.length >= 24 ? format.readUInt32LE(20) : 0,
    channels: format.readUInt16LE(2),
    sampleRate: format.readUInt32LE(4),
  };
}

/**
 * The audio data of a WAV file: its offset, and its length as the header states it. Undefined when the first
 * bytes do not contain the header of the data, or when its length is a placeholder.
 */
export function wavData(head: Buffer): { readonly offset: number; readonly bytes: number } | undefined {
  const chunk = chunkOf(head, 'data');
  const isRf64 = head.toString('latin1', 0, 4) !== 'RIFF';
  return chunk && (isRf64 ? chunk.size !== 0xffff_ffff : chunk.size < PLACEHOLDER_BYTES)
    ? { offset: chunk.offset, bytes: chunk.size }
    : undefined;
}

function chunkOf(head: Buffer, id: string): { offset: number; size: number } | undefined {
  if (!isWav(head)) return undefined;
  for (const chunk of riffChunks(head)) if (chunk.id === id) return chunk;
  return undefined;
}
