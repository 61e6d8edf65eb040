import { abortSignal, checkOptions, number, type Rules, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { TypedDuplex } from '../core/typed-stream.ts';
import { convertAudio } from './ffmpeg/convert-audio.ts';
import { checkEncoding, ENCODING_RULES, type EncodingOptions } from './ffmpeg/encoding.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from './ffmpeg/job.ts';
import type { AudioEvents } from './source/audio-events.ts';
import { withStreamSource } from './source/audio-source.ts';
import { duplexFrom } from './source/generator-stream.ts';

/** The stage that {@link convert} makes: bytes of a recording in, bytes of the result out. */
export interface ConvertStream extends TypedDuplex<AudioEvents> {}

/** Options of {@link convert}. */
export interface ConvertOptions extends EncodingOptions, StageOptions {
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
  /** Maximum duration in ms of the converted audio, whatever the header states. @default unlimited */
  readonly maxDurationMs?: number | undefined;
}

export const CONVERT_RULES: Rules<ConvertOptions> = {
  ...ENCODING_RULES,
  ffmpegPath: text,
  maxDurationMs: number(1, Number.MAX_SAFE_INTEGER, 'ms'),
  signal: abortSignal,
};

/**
 * The bytes of a recording in any container → the bytes of its audio in another format. FFmpeg chooses among
 * several audio tracks. Titles and other metadata are kept where the format has room for them.
 *
 * Sound keeps the times that a player shows: where the source has a gap, or starts late, there is silence. Packets that
 * are copied from a stream to `opus` keep their times. A stream whose packets could be copied to `mp3` or `aac`, which
 * have no timestamps, is first copied to a private temporary file, so that gaps between the packets are found.
 *
 * The header of a WAV does not state its real length, because it is written before the audio; most programs accept
 * that. `convertFile` writes it correctly. Containers that need seeking are first copied to such a file, too, as
 * `decode()` does. The first 64 KB are read before any output, to see whether the audio can be copied and how
 * its channels are to be mixed: `copy: false` together with the channels of the source avoids that delay for a
 * live stream.
 *
 * Emits `warning` with a FunAsrError for each loss that is not a failure: `W_DECODE_TAIL`, `W_TRUNCATED`,
 * `W_NO_AUDIO`, `W_CLOCK`, `W_LOUDEST_CHANNEL`.
 * Fails with `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA`, `E_DURATION_LIMIT`, `E_DECODE_TIMEOUT`, `E_DECODE_KILLED`,
 * `E_FFMPEG_MISSING` (also when FFmpeg lacks the encoder), `E_DISK_FULL`, `E_WRITE`.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function convert(options: ConvertOptions): ConvertStream {
  checkConvert('convert', options);
  const { ffmpegPath, maxDurationMs, signal } = options;
  return duplexFrom(async function* (chunks, context) {
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    yield* withStreamSource(
      chunks,
      (source) => convertAudio(new FfmpegJob(ffmpeg, source, context), { encoding: options, maxDurationMs }),
      { pieces: 'together' },
    );
  }, signal);
}

/** @throws {FunAsrError} `E_OPTION`. */
export function checkConvert(owner: string, options: ConvertOptions): void {
  checkOptions(owner, options, CONVERT_RULES);
  checkEncoding(owner, options);
}
