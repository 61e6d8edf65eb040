import { FunAsrError } from '../core/errors.ts';
import { boolean, integer, oneOf, type Rules } from '../core/options.ts';
import type { AudioTrack } from '../media/media-info.ts';
import { DEFAULT_SAMPLE_RATE } from '../media/pcm.ts';

/** What a recording can be converted to. The names are the extensions of the files, too. */
export type ConversionFormat = 'pcm' | 'wav' | 'mp3' | 'aac' | 'opus';

/** How a recording is encoded. */
export interface EncodingOptions {
  /**
   * `pcm`: raw s16le. `wav`: the same in a WAV file. `mp3`. `aac`: an ADTS stream. `opus`: in Ogg.
   * All of them are formats that the service takes undecoded, when they are mono.
   */
  readonly to: ConversionFormat;
  /**
   * Samples per second, in Hz; each format has its own list.
   * @default 16000 for `pcm`, which cannot say what it has; else that of the source, or the next that the format has
   */
  readonly sampleRate?: number | undefined;
  /**
   * 1 mixes all channels into one; where they cancel each other out at the beginning, the loudest is taken alone.
   * 2 is stereo.
   * @default 1 for `pcm`, else those of the source
   */
  readonly channels?: number | undefined;
  /**
   * Bits per second, of `mp3`, `aac` and `opus`.
   * @default for `mp3` a variable one of the best quality, else what the encoder takes for rate and channels
   */
  readonly bitrate?: number | undefined;
  /**
   * Takes the audio over as it is, without loss and at almost no cost, when it is in this format already and
   * nothing else is to change: AAC out of M4A or a video, Opus out of WebM.
   * @default true
   */
  readonly copy?: boolean | undefined;
}

/** How FFmpeg makes a format. */
export interface Encoding {
  /** FFmpeg's name of what is inside. */
  readonly codec: string;
  readonly encoder: string;
  /** FFmpeg's name of the container. */
  readonly muxer: string;
  /** Bits per second at most; undefined where it follows from rate and channels. */
  readonly maxBitrate?: number;
  /** Rates that the encoder has; undefined when it takes any. */
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
 * Refuses what a format does not have.
 * @param owner Name of the function, for the message.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function checkEncoding(owner: string, { to, sampleRate, bitrate }: EncodingOptions): void {
  const refuse = (message: string): FunAsrError => new FunAsrError('E_OPTION', `${owner}: ${message}`);
  if (to === undefined) throw refuse(`option to is missing: one of ${CONVERSION_FORMATS.join(', ')}`);
  const { sampleRates, maxBitrate } = ENCODINGS[to];
  if (sampleRate !== undefined && sampleRates && !sampleRates.includes(sampleRate)) {
    throw refuse(
      `option sampleRate must be one of ${sampleRates.join(', ')} Hz for ${to}, got ${sampleRate}`,
    );
  }
  if (bitrate === undefined) return;
  if (maxBitrate === undefined) throw refuse(`option bitrate has no meaning for ${to}`);
  if (bitrate > maxBitrate) {
    throw refuse(`option bitrate must be at most ${maxBitrate} bits per second for ${to}, got ${bitrate}`);
  }
}

/** The shape that is asked for. Raw PCM cannot say what it has: it has what the service takes unless told otherwise. */
export function shapeOf({ to, sampleRate, channels }: EncodingOptions): {
  readonly sampleRate: number | undefined;
  readonly channels: number | undefined;
} {
  if (to !== 'pcm') return { sampleRate, channels };
  return { sampleRate: sampleRate ?? DEFAULT_SAMPLE_RATE, channels: channels ?? 1 };
}

/** Whether audio can be in the format already, so that a look at it is worth while before it is encoded. */
export function mayCopy({ to, bitrate, copy = true }: EncodingOptions): boolean {
  // Encoding PCM loses nothing and costs nothing.
  return copy && bitrate === undefined && ENCODINGS[to].maxBitrate !== undefined;
}

/** Whether a stream is all that is asked for already. */
export function isEncodedAs({ to, sampleRate, channels }: EncodingOptions, stream: AudioTrack): boolean {
  return (
    stream.codec === ENCODINGS[to].codec &&
    (sampleRate ?? stream.sampleRate) === stream.sampleRate &&
    (channels ?? stream.channels) === stream.channels
  );
}
