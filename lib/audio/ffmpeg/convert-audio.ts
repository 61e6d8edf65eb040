import { FunAsrError } from '../../core/errors.ts';
import { type AudioTrack, defaultTrack } from '../../media/media-info.ts';
import { tooLong } from './assess-decode.ts';
import { convertArguments } from './convert-arguments.ts';
import { type EncodingOptions, isEncodedAs, mayCopy, shapeOf } from './encoding.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import type { FfmpegJob } from './job.ts';
import { outputFailure } from './output-failure.ts';

/** What a source is converted to. */
export interface ConversionOutput {
  readonly encoding: EncodingOptions;
  /** A file for FFmpeg to write, whose header gets the true sizes. @default the bytes are yielded */
  readonly path?: string | undefined;
  /** Maximum duration of the audio. @default unlimited */
  readonly maxDurationMs?: number | undefined;
}

/** The result of a conversion. */
export interface Conversion {
  /** Duration of the audio, in ms. */
  readonly durationMs: number;
  /** Whether the audio was copied as it was, and not encoded again. */
  readonly isCopy: boolean;
}

/** Bytes of a stream that are enough to read its header: a few seconds, or the index of a video. */
const HEADER_BYTES = 64 * 1024;

/** Part of the audio that is measured before its channels are mixed. */
const MEASURED_MS = 20_000;

/** FFmpeg continues for this long after the limit, so that audio that exceeds it differs from audio that fits. */
const BEYOND_LIMIT_MS = 1000;

/** Encoders count in frames, and begin with some silence. */
const ENCODER_DELAY_MS = 300;

/** Exit code of an FFmpeg that ended normally on a signal. */
const ENDED_BY_SIGNAL = 255;

/**
 * Converts a source with one FFmpeg. Yields the bytes of the result; with an output file, FFmpeg's progress reports.
 * @throws {FunAsrError} what {@link FfmpegJob.assess}, {@link outputFailure} and {@link FfmpegProcess.read} throw;
 * `E_DURATION_LIMIT`.
 */
export async function* convertAudio(
  job: FfmpegJob,
  output: ConversionOutput,
): AsyncGenerator<Buffer, Conversion, void> {
  const { encoding, path, maxDurationMs } = output;
  const { input, bytes } = job.source;
  const { channels } = shapeOf(encoding);
  const isMixed = channels !== undefined;
  if (mayCopy(encoding) || isMixed) await bytes?.head(HEADER_BYTES);
  const track = mayCopy(encoding) || isMixed ? await usedTrack(job) : undefined;
  const isCopy = mayCopy(encoding) && track !== undefined && isEncodedAs(encoding, track);
  const unnamed = isMixed && !isCopy && track && hasUnnamedChannels(track) ? track.channels : undefined;
  const isMeasured = channels === 1 && !isCopy && unnamed === undefined;
  const channel = isMeasured ? await job.loudestChannel(MEASURED_MS) : undefined;
  bytes?.forget();
  const endMs = maxDurationMs === undefined ? undefined : maxDurationMs + BEYOND_LIMIT_MS;
  const process = job.start(convertArguments({ input, encoding, isCopy, channel, unnamed, endMs, path }));
  try {
    for (let chunk = await process.read(); chunk !== undefined; chunk = await process.read()) yield chunk;
    assessConversion(job, process, maxDurationMs);
    return { durationMs: process.log.outputMs, isCopy };
  } finally {
    await process.kill();
  }
}

/** The track that is converted; undefined when the header does not show it. */
async function usedTrack(job: FfmpegJob): Promise<AudioTrack | undefined> {
  const { media } = await job.readHeader();
  return media && defaultTrack(media);
}

/** FFmpeg mixes two channels equally in any case. */
function hasUnnamedChannels({ channels, layout = '' }: AudioTrack): boolean {
  return channels > 2 && /^\d+ channels$/.test(layout);
}

function assessConversion(job: FfmpegJob, process: FfmpegProcess, maxDurationMs = Infinity): void {
  const { name } = job.source;
  const { exit, log } = process;
  const failure = outputFailure(name, log.errors);
  if (failure) throw failure;
  if (exit?.code === ENDED_BY_SIGNAL) {
    throw new FunAsrError('E_DECODE_KILLED', `${name}: FFmpeg was ended by a signal before it was done`, {
      hint: 'Convert again.',
      retryable: true,
    });
  }
  if (log.outputMs > maxDurationMs + ENCODER_DELAY_MS) throw tooLong(name, maxDurationMs);
  job.assess(process, log.outputMs);
}
