import { checkOptions } from '../core/options.ts';
import { DECODE_RULES, type DecodeOptions } from './decode-file.ts';
import { decodePcm } from './ffmpeg/decode-pcm.ts';
import { findFfmpeg } from './ffmpeg/ffmpeg.ts';
import { DEFAULT_SAMPLE_RATE } from '../media/pcm.ts';
import { duplexFrom } from './source/pull.ts';
import type { AudioEvents } from './source/audio-events.ts';
import type { TypedDuplex } from '../core/typed-stream.ts';
import { STREAM_NAME, streamedRecording } from './source/streamed-recording.ts';

/** The stage that {@link decode} makes: bytes of a recording in, PCM out. */
export interface DecodeStream extends TypedDuplex<AudioEvents> {}

/**
 * The bytes of a recording in any container → s16le mono PCM. Containers that need seeking (MP4, MOV, M4A, AIFF,
 * CAF, AVI) are first copied to a private temporary file, which is removed in every case; all others are decoded
 * while they arrive. For a file on disk `decodeFile` is better.
 *
 * Emits the warnings of `decodeFile`, and fails as it does; also with `E_DISK_FULL` and `E_WRITE` when the
 * temporary file cannot be written.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function decode(options: DecodeOptions = {}): DecodeStream {
  checkOptions('decode', options, DECODE_RULES);
  const { sampleRate = DEFAULT_SAMPLE_RATE, ffmpegPath, maxDurationMs, signal } = options;
  return duplexFrom(async function* (source, context) {
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    yield* streamedRecording(source, (streamed) =>
      decodePcm({ ffmpeg, name: STREAM_NAME, sampleRate, maxDurationMs, ...streamed }, context),
    );
  }, signal);
}
