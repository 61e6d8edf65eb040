import { FunAsrError } from '../../core/errors.ts';
import { convertArguments } from './convert-arguments.ts';
import { tooLong } from './duration-limit.ts';
import { type EncodingOptions, isEncodedAs, mayCopy, shapeOf } from '../encoding.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { FfmpegInput } from './ffmpeg-arguments.ts';
import { FfmpegProcess, type FfmpegProcessOptions } from './ffmpeg-process.ts';
import { loudestInsteadOfMix, loudestWarning, measureLevels } from './loudest-channel.ts';
import { defaultTrack } from '../../media/media-info.ts';
import { outputFailure } from './output-failure.ts';
import type { SourceContext } from '../source/pull.ts';
import { readHeader } from './read-header.ts';
import { feedOptions, type Replayable } from '../source/replayable.ts';
import { judge } from './verdict.ts';
import type { Truncation } from '../../media/truncation.ts';

/** One recording to be converted. */
export interface ConversionJob {
  readonly ffmpeg: Ffmpeg;
  /** The input, for messages. */
  readonly name: string;
  readonly input: FfmpegInput;
  /** What goes into stdin, unless the input is a file. */
  readonly bytes?: Replayable | undefined;
  readonly encoding: EncodingOptions;
  /** A file for FFmpeg to write, which gives its header the true sizes. Without it the bytes are given. */
  readonly output?: string | undefined;
  readonly truncation?: Truncation | undefined;
  /** In ms of audio. */
  readonly maxDurationMs?: number | undefined;
}

/** What a conversion made. */
export interface Conversion {
  /** Length of the audio, in ms. */
  readonly durationMs: number;
  /** Whether the audio was taken over as it was, and not encoded anew. */
  readonly isCopy: boolean;
}

/** So much of a stream is looked at to see what it holds: a few seconds, or the index of a video. */
const HEADER_BYTES = 64 * 1024;

/** So much of the audio is listened to before its channels are mixed. */
const BEGINNING_MS = 20_000;

/** FFmpeg goes on for so long beyond the limit, or what is too long could not be told from what just fits. */
const BEYOND_LIMIT_MS = 1000;

/** Encoders count in frames, and begin with some silence. */
const FRAMES_MS = 300;

/** What an FFmpeg that was told by a signal to end calls its end. */
const TOLD_TO_END = 255;

/**
 * Converts a recording with one FFmpeg. Gives the bytes of the result; of a conversion into a file, FFmpeg's
 * reports of its progress.
 * @throws {FunAsrError} what {@link judge}, {@link outputFailure} and {@link FfmpegProcess} say;
 * `E_DURATION_LIMIT`.
 */
export async function* convertAudio(
  job: ConversionJob,
  { signal, warn }: SourceContext,
): AsyncGenerator<Buffer, Conversion, void> {
  const { ffmpeg, bytes, maxDurationMs } = job;
  const isCopy = mayCopy(job.encoding) && (await isConverted(job, signal));
  const channel = isCopy ? undefined : await loudestChannel(job, signal);
  if (channel !== undefined) warn(loudestWarning(job.name, channel));
  bytes?.forget();
  const endMs = maxDurationMs === undefined ? undefined : maxDurationMs + BEYOND_LIMIT_MS;
  const process = new FfmpegProcess(ffmpeg.path, convertArguments({ ...job, isCopy, channel, endMs }), {
    signal,
    ...(bytes && feedOptions(bytes)),
  });
  try {
    for (let chunk = await process.read(); chunk !== undefined; chunk = await process.read()) yield chunk;
    judgeConversion(job, process).forEach(warn);
    return { durationMs: process.log.outputMs, isCopy };
  } finally {
    await process.kill();
  }
}

/** Whether the recording holds what is asked for already. What cannot be told by its header is encoded. */
async function isConverted(job: ConversionJob, signal: AbortSignal): Promise<boolean> {
  const { media } = await readHeader(job.ffmpeg.path, job.input, await glance(job, signal));
  const stream = media && defaultTrack(media);
  return stream !== undefined && isEncodedAs(job.encoding, stream);
}

/** The channel to be taken instead of the mix, where one is asked for and the mix begins with silence. */
async function loudestChannel(job: ConversionJob, signal: AbortSignal): Promise<number | undefined> {
  if (shapeOf(job.encoding).channels !== 1) return undefined;
  const levels = await measureLevels(job.ffmpeg.path, job.input, await glance(job, signal), BEGINNING_MS);
  return levels && loudestInsteadOfMix(levels);
}

/** For a look at the beginning of the input, which leaves it whole. */
async function glance({ bytes }: ConversionJob, signal: AbortSignal): Promise<FfmpegProcessOptions> {
  await bytes?.head(HEADER_BYTES);
  return { signal, feed: bytes && ((stdin) => bytes.feedKept(stdin)) };
}

function judgeConversion(
  { name, truncation, maxDurationMs }: ConversionJob,
  process: FfmpegProcess,
): FunAsrError[] {
  const { exit = { code: null, signal: null }, log } = process;
  const failure = outputFailure(name, log.complaints);
  if (failure) throw failure;
  if (exit.code === TOLD_TO_END) {
    throw new FunAsrError('E_DECODE_KILLED', `${name}: FFmpeg was told to end before it was done`, {
      retryable: true,
    });
  }
  if (maxDurationMs !== undefined && log.outputMs > maxDurationMs + FRAMES_MS)
    throw tooLong(name, maxDurationMs);
  return judge({ name, exit, decodedMs: log.outputMs, log, truncation });
}
