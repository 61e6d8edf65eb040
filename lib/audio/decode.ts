import { checkOptions } from '../core/options.ts';
import type { TypedDuplex } from '../core/typed-stream.ts';
import { DEFAULT_SAMPLE_RATE } from '../media/pcm.ts';
import { DECODE_RULES, type DecodeOptions } from './decode-file.ts';
import { decoderOf } from './ffmpeg/decode-audio.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import type { AudioEvents } from './source/audio-events.ts';
import { withStreamSource } from './source/audio-source.ts';
import { duplexFrom } from './source/generator-stream.ts';

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
  const { sampleRate = DEFAULT_SAMPLE_RATE, ffmpegPath, signal, ...others } = options;
  return duplexFrom(async function* (chunks, context) {
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    yield* withStreamSource(chunks, decoderOf(ffmpeg, context, { ...others, sampleRate }));
  }, signal);
}
