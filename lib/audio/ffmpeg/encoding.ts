import { FunAsrError } from '../../core/errors.ts';
import { boolean, integer, oneOf, type Rules } from '../../core/options.ts';
import type { AudioTrack } from '../../media/media-info.ts';
import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import { optionName } from '../../core/option-names.ts';

/** A format that a recording can be converted to. The names are file extensions, too. */
export type ConversionFormat = 'pcm' | 'wav' | 'mp3' | 'aac' | 'opus';

/** How a recording is encoded. */
export interface EncodingOptions {
  /**
   * `pcm`: raw s16le. `wav`: the same in a WAV file. `mp3`. `aac`: an ADTS stream. `opus`: in Ogg.
   * The service accepts all of them undecoded, when they are mono.
   */
  readonly to: ConversionFormat;
  /**
   * Samples per second, in Hz; each format has its own list.
   * @default 16000 for `pcm`, which has no header; else that of the source, or the next one that the format has
   */
  readonly sampleRate?: number | undefined;
  /**
   * 1 mixes all channels into one; where they cancel each other out, only the loudest is used.
   * 2 is stereo.
   * @default 1 for `pcm`, else those of the source
   */
  readonly channels?: number | undefined;
  /**
   * Bits per second, of `mp3`, `aac` and `opus`.
   * @default for `mp3` a variable bit rate of the best quality, else the encoder's default for rate and channels
   */
  readonly bitrate?: number | undefined;
  /**
   * Copies the audio without loss and at almost no cost when it is in this format already and nothing else is to
   * change: AAC out of M4A or a video, Opus out of WebM.
   * @default true
   */
  readonly copy?: boolean | undefined;
}

/** How FFmpeg encodes a format. */
export interface Encoding {
  /** FFmpeg's name of the codec. */
  readonly codec: string;
  readonly encoder: string;
  /** FFmpeg's name of the container. */
  readonly muxer: string;
  /** Whether the container has timestamps, so that packets that are copied keep their times. @default false */
  readonly isTimed?: boolean;
  /** Maximum of bits per second; undefined for PCM, whose bit rate follows from rate and channels. */
  readonly maxBitrate?: number;
  /** Rates that the encoder supports; undefined when it supports any. */
  readonly sampleRates?: readonly number[];
}

export const ENCODINGS: Readonly<Record<ConversionFormat, Encoding>> = {
  pcm: { codec: 'pcm_s16le', encoder: 'pcm_s16le', muxer: 's16le' },
  wav: { codec: 'pcm_s16le', encoder: 'pcm_s16le', muxer: 'wav' },
  mp3: {
    codec: 'mp3',
    encoder: 'libmp3lame',
    muxer: 'mp3',
    maxBitrate: 320_000,
    sampleRates: [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
  },
  aac: {
    codec: 'aac',
    encoder: 'aac',
    muxer: 'adts',
    maxBitrate: 512_000,
    sampleRates: [
      8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
    ],
  },
  opus: {
    codec: 'opus',
    encoder: 'libopus',
    muxer: 'opus',
    isTimed: true,
    maxBitrate: 256_000,
    sampleRates: [8000, 12_000, 16_000, 24_000, 48_000],
  },
};

export const CONVERSION_FORMATS: readonly ConversionFormat[] = ['pcm', 'wav', 'mp3', 'aac', 'opus'];

export const ENCODING_RULES: Rules<EncodingOptions> = {
  to: oneOf(...CONVERSION_FORMATS),
  sampleRate: integer(1000, 768_000, 'Hz'),
  channels: oneOf(1, 2),
  bitrate: integer(6000, 512_000, 'bits per second'),
  copy: boolean,
};

/**
 * Refuses options that a format does not support.
 * @param owner Name of the function, for the message.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function checkEncoding(owner: string, { to, sampleRate, bitrate }: EncodingOptions): void {
  const refuse = (message: string): FunAsrError => new FunAsrError('E_OPTION', `${owner}: ${message}`);
  if (to === undefined)
    throw refuse(`option ${optionName('to')} is missing: one of ${CONVERSION_FORMATS.join(', ')}`);
  const { sampleRates, maxBitrate } = ENCODINGS[to];
  if (sampleRate !== undefined && sampleRates && !sampleRates.includes(sampleRate)) {
    throw refuse(
      `option ${optionName('sampleRate')} must be one of ${sampleRates.join(', ')} Hz for ${to}, got ${sampleRate}`,
    );
  }
  if (bitrate === undefined) return;
  if (maxBitrate === undefined) throw refuse(`option ${optionName('bitrate')} has no meaning for ${to}`);
  if (bitrate > maxBitrate) {
    throw refuse(
      `option ${optionName('bitrate')} must be at most ${maxBitrate} bits per second for ${to}, got ${bitrate}`,
    );
  }
}

/** Requested rate and channels. Raw PCM has no header, so it has the shape that the service expects by default. */
export function shapeOf({ to, sampleRate, channels }: EncodingOptions): {
  readonly sampleRate: number | undefined;
  readonly channels: number | undefined;
} {
  if (to !== 'pcm') return { sampleRate, channels };
  return { sampleRate: sampleRate ?? DEFAULT_SAMPLE_RATE, channels: channels ?? 1 };
}

/** Whether the source may be in the requested encoding already, so that its header is worth reading. */
export function mayCopy({ to, bitrate, copy = true }: EncodingOptions): boolean {
  // PCM is encoded without loss and without cost.
  return copy && bitrate === undefined && ENCODINGS[to].maxBitrate !== undefined;
}

/** Whether a track is in the requested encoding already. */
export function isEncodedAs({ to, sampleRate, channels }: EncodingOptions, track: AudioTrack): boolean {
  return (
    track.codec === ENCODINGS[to].codec &&
    (sampleRate ?? track.sampleRate) === track.sampleRate &&
    (channels ?? track.channels) === track.channels
  );
}
