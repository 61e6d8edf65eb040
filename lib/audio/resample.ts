import { abortSignal, checkOptions, integer, oneOf, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { TypedDuplex } from '../core/typed-stream.ts';
import {
  bytesPerFrame,
  DEFAULT_SAMPLE_RATE,
  type PcmShape,
  SAMPLE_FORMATS,
  sampleRateRule,
} from '../media/pcm.ts';
import { decodeAudio } from './ffmpeg/decode-audio.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from './ffmpeg/job.ts';
import type { AudioEvents } from './source/audio-events.ts';
import { pcmSource } from './source/audio-source.ts';
import { duplexFrom } from './source/generator-stream.ts';
import { Replayable, REPLAY_BYTES } from './source/replayable.ts';

/** The stage that {@link resample} makes: PCM in, PCM of another rate out. */
export interface ResampleStream extends TypedDuplex<AudioEvents> {}

/** Options of {@link resample}. */
export interface ResampleOptions extends StageOptions {
  /** Shape of the PCM that is written. */
  readonly from: PcmShape;
  /** Samples per second of the PCM that is read. @default 16000 */
  readonly sampleRate?: number | undefined;
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
}

/**
 * Raw PCM of any rate, channel count and sample format, cut anywhere → s16le mono. For sources that are PCM
 * already: a microphone, WebRTC, telephony. An incomplete sample at the very end is dropped.
 *
 * FFmpeg resamples: the same quality in JavaScript costs ten times the CPU. Emits `warning` with
 * `W_LOUDEST_CHANNEL` as `decodeFile` does.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function resample(options: ResampleOptions): ResampleStream {
  checkOptions('resample', options, {
    from: (value) => (typeof value === 'object' && value !== null ? undefined : 'must be an object'),
    sampleRate: sampleRateRule,
    ffmpegPath: text,
    signal: abortSignal,
  });
  checkOptions('resample: from', options.from, {
    sampleRate: integer(1000, 768_000, 'Hz'),
    channels: integer(1, 64),
    format: oneOf(...SAMPLE_FORMATS),
  });
  const { sampleRate = DEFAULT_SAMPLE_RATE, ffmpegPath, signal } = options;
  const shape = { ...options.from };
  return duplexFrom(async function* (chunks, context) {
    const bytes = new Replayable(chunks, REPLAY_BYTES);
    // FFmpeg refuses an input without a single sample; here it is an empty input.
    const minimum = bytesPerFrame(shape);
    if ((await bytes.head(minimum)).length < minimum) return;
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    yield* decodeAudio(new FfmpegJob(ffmpeg, pcmSource(bytes, shape), context), { sampleRate });
  }, signal);
}
