import type { Duplex } from 'node:stream';
import { abortSignal, checkOptions, number, type Rules, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import { type Conversion, convertAudio } from './ffmpeg/conversion.ts';
import { checkEncoding, ENCODING_RULES, type EncodingOptions } from './encoding.ts';
import { findFfmpeg } from './ffmpeg/ffmpeg.ts';
import { duplexFrom } from './source/pull.ts';
import type { AudioEvents } from './source/audio-events.ts';
import type { TypedDuplex } from '../core/typed-stream.ts';
import { STREAM_NAME, streamedRecording } from './source/streamed-recording.ts';

/** The stage that {@link convert} makes: bytes of a recording in, bytes of the result out. */
export interface ConvertStream extends TypedDuplex<AudioEvents> {}

export interface ConvertOptions extends EncodingOptions, StageOptions {
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
  /** Longest audio in ms, by what was converted and not by what a header says. @default unlimited */
  readonly maxDurationMs?: number | undefined;
}

export const CONVERT_RULES: Rules<ConvertOptions> = {
  ...ENCODING_RULES,
  ffmpegPath: text,
  maxDurationMs: number(1, Number.MAX_SAFE_INTEGER, 'ms'),
  signal: abortSignal,
};

/**
 * The bytes of a recording in any container → the bytes of its sound in another format. Of several tracks FFmpeg
 * chooses one; titles and the like are kept where the format has room for them.
 *
 * As it is a stream, the header of a WAV says nothing true about its length, which most programs understand;
 * `convertFile` writes it. Containers that need seeking are first copied to a private temporary file, as
 * `decode()` does. To see whether the audio can be taken over, or how it is to be mixed, 64 KB are waited for before
 * anything is given: `copy: false` and the channels of the source spare a live stream that.
 *
 * Emits `warning` with a FunAsrError for what is lost without being a failure: `W_DECODE_TAIL`, `W_TRUNCATED`,
 * `W_NO_AUDIO`, `W_LOUDEST_CHANNEL`.
 * Fails with `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA`, `E_DURATION_LIMIT`, `E_DECODE_TIMEOUT`, `E_DECODE_KILLED`,
 * `E_FFMPEG_MISSING` (also when FFmpeg lacks the encoder), `E_DISK_FULL`, `E_WRITE`.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function convert(options: ConvertOptions): ConvertStream {
  checkConvert('convert', options);
  return convertBytes(options);
}

/** @throws {FunAsrError} `E_OPTION`. */
export function checkConvert(owner: string, options: ConvertOptions): void {
  checkOptions(owner, options, CONVERT_RULES);
  checkEncoding(owner, options);
}

/** A file that FFmpeg writes itself, and who is told when it is done. */
export interface ConvertTarget {
  readonly path: string;
  readonly onEnd: (conversion: Conversion) => void;
}

/** With a target the stream gives the reports of FFmpeg's progress in place of the bytes. */
export function convertBytes(options: ConvertOptions, target?: ConvertTarget): Duplex {
  const { ffmpegPath, maxDurationMs, signal } = options;
  return duplexFrom(async function* (source, context) {
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    yield* streamedRecording(source, async function* (streamed) {
      const job = {
        ffmpeg,
        name: STREAM_NAME,
        encoding: options,
        output: target?.path,
        maxDurationMs,
        ...streamed,
      };
      const conversion = yield* convertAudio(job, context);
      target?.onEnd(conversion);
    });
  }, signal);
}
