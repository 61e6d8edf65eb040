import {
  abortSignal,
  anyOf,
  anyText,
  checkArgument,
  checkOptions,
  integer,
  number,
  oneOf,
  type Rule,
  type Rules,
  text,
} from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { TypedReadable } from '../core/typed-stream.ts';
import { DEFAULT_SAMPLE_RATE, sampleRateRule } from '../media/pcm.ts';
import { decoderOf } from './ffmpeg/decode-audio.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import type { AudioSourceEvents } from './source/audio-events.ts';
import { withSource } from './source/audio-source.ts';
import { readableFrom } from './source/generator-stream.ts';

/** The stream that {@link decodeFile} makes: a file as PCM. */
export interface DecodeFileStream extends TypedReadable<AudioSourceEvents> {}

/** Options of `decode` and `decodeFile`. */
export interface DecodeOptions extends StageOptions {
  /** Samples per second of the PCM: 8000, 16000, 22050, 24000, 32000, 44100 or 48000. @default 16000 */
  readonly sampleRate?: number | undefined;
  /**
   * The mix of all channels, or one channel, counted from 0. Where channels cancel each other out, the mix is
   * replaced by the loudest one. Channels without named speakers are equal.
   * @default 'mix'
   */
  readonly channels?: 'mix' | number | undefined;
  /**
   * How a mix treats the centre channel of a surround layout such as 5.1: `auto` prefers it, because films have their
   * dialogue there; `off` mixes as FFmpeg does.
   * @default 'auto'
   */
  readonly centre?: 'auto' | 'off' | undefined;
  /** The audio track, by its number from 1 or by its language (`eng`, `zh`). @default the one that FFmpeg prefers */
  readonly audioTrack?: number | string | undefined;
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
  /**
   * Maximum duration in ms of the decoded audio, whatever the header states. The stream gives the audio before the
   * limit, then fails. @default unlimited
   */
  readonly maxDurationMs?: number | undefined;
}

/** A channel, counted from 0. */
export const channelRule: Rule = integer(0, 63);

/** The rules of the options that select the audio of a recording. */
export const SELECTION_RULES: { readonly centre: Rule; readonly audioTrack: Rule } = {
  centre: oneOf('auto', 'off'),
  audioTrack: anyOf(integer(1, 999), text),
};

export const DECODE_RULES: Rules<DecodeOptions> = {
  ...SELECTION_RULES,
  channels: anyOf(oneOf('mix'), channelRule),
  sampleRate: sampleRateRule,
  ffmpegPath: text,
  maxDurationMs: number(1, Number.MAX_SAFE_INTEGER, 'ms'),
  signal: abortSignal,
};

/**
 * A recording in any container and codec → s16le mono PCM. FFmpeg opens the file itself: the right way for
 * files of any size.
 *
 * Sound keeps the times that a player shows: where the timestamps have a gap, or the sound starts later than the picture,
 * there is silence. Several recordings that were appended to each other in one file are decoded one after the other.
 *
 * Emits `warning` with a FunAsrError for each loss that is not a failure: `W_DECODE_TAIL`, `W_TRUNCATED`,
 * `W_NO_AUDIO`, `W_CLOCK`, `W_LOUDEST_CHANNEL`, `W_TRACKS`, `W_SILENT_TRACK`. Fails with `E_READ`, `E_URL_REFUSED`,
 * `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA`, `E_TRACK`,
 * `E_DURATION_LIMIT`, `E_DECODE_TIMEOUT`, `E_DECODE_KILLED`, `E_FFMPEG_MISSING`.
 * @param path A regular file.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function decodeFile(path: string, options: DecodeOptions = {}): DecodeFileStream {
  checkOptions('decodeFile', options, DECODE_RULES);
  checkArgument('decodeFile', 'the path', path, anyText);
  const { sampleRate = DEFAULT_SAMPLE_RATE, ffmpegPath, signal, ...others } = options;
  return readableFrom(async function* (context) {
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    yield* withSource(path, context.signal, decoderOf(ffmpeg, context, { ...others, sampleRate }));
  }, signal);
}
