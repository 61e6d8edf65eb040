import { FunAsrError } from '../../core/errors.ts';
import { type AudioTrack, defaultTrack } from '../../media/media-info.ts';
import type { AudioSource } from '../source/audio-source.ts';
import { spooled } from '../source/spool.ts';
import { tooLong } from './assess-decode.ts';
import { ClockedEncoder } from './clocked-encoder.ts';
import { ClockedRun } from './clocked-run.ts';
import { MixedRun } from './mixed-run.ts';
import { type ConvertCommand, convertArguments, encodeArguments } from './arguments/convert-arguments.ts';
import { ENCODINGS, type EncodingOptions, isEncodedAs, mayCopy, shapeOf } from './encoding.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import type { FfmpegJob } from './job.ts';
import { outputFailure } from './log/output-failure.ts';

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
  const { input, bytes, isTimed, appended = [] } = job.source;
  const isDecoded = isTimed || appended.length > 0;
  const { channels } = shapeOf(encoding);
  const needsHeader = mayCopy(encoding) || channels !== undefined || isDecoded;
  if (needsHeader) await bytes?.head(HEADER_BYTES);
  const track = needsHeader ? await readTrack(job) : undefined;
  // What its header does not show is encoded.
  const isSame = mayCopy(encoding) && track !== undefined && isEncodedAs(encoding, track);
  if (isSame && bytes && isTimed && (path !== undefined || !ENCODINGS[encoding.to].isTimed)) {
    return yield* spooled(bytes, (copy) => convertAudio(job.on(fileOf(job.source, copy)), output));
  }
  // The packets of a file with gaps would lose their times.
  const isCopy = isSame && appended.length === 0 && !(isTimed && (await job.hasGaps()));
  const unnamed = track && hasUnnamedChannels(track) ? track.channels : undefined;
  const isMixed = channels === 1 && !isCopy && (track?.channels ?? 1) > 1;
  bytes?.forget();
  const endMs = maxDurationMs === undefined ? undefined : maxDurationMs + BEYOND_LIMIT_MS;
  if ((isDecoded || isMixed) && !isCopy && track) {
    return yield* convertClocked(job, output, { ...track, unnamed, endMs, isMixed });
  }
  const process = job.start(convertArguments({ input, encoding, isCopy, unnamed, endMs, path }));
  try {
    for (let chunk = await process.read(); chunk !== undefined; chunk = await process.read()) yield chunk;
    await assessConversion(job, process, maxDurationMs);
    return { durationMs: process.log.outputMs, isCopy };
  } finally {
    await process.kill();
  }
}

/** The source of a stream that was copied to a file: whether its packets have gaps can be found before they are copied. */
function fileOf({ name, input, isTimed }: AudioSource, path: string): AudioSource {
  const findsTracksLate = input.kind !== 'pcm' && input.findsTracksLate;
  return { name, input: { kind: 'file', path, findsTracksLate }, isTimed };
}

/** Decodes with one FFmpeg and encodes with a second one, so that the gaps of the source become silence. */
async function* convertClocked(
  job: FfmpegJob,
  { encoding, path, maxDurationMs }: ConversionOutput,
  {
    unnamed,
    endMs,
    isMixed,
    ...track
  }: Pick<AudioTrack, 'sampleRate' | 'channels'> &
    Pick<ConvertCommand, 'unnamed' | 'endMs'> & { readonly isMixed: boolean },
): AsyncGenerator<Buffer, Conversion, void> {
  const { sampleRate = track.sampleRate, channels = track.channels } = shapeOf(encoding);
  const shape = { sampleRate, channels };
  const hasMetadata = encoding.to !== 'wav';
  const runs = [job.source, ...(job.source.appended ?? [])].map((source) =>
    isMixed
      ? new MixedRun(job.on(source), { sampleRate, hasMetadata, channels: 'mix', centre: 'auto' })
      : new ClockedRun(job.on(source), { ...shape, unnamed, hasMetadata }),
  );
  const encoder = new ClockedEncoder({
    pcm: joined(runs),
    metadata: () => runs[0]?.metadata ?? new Map(),
    shape,
    ffmpegPath: job.ffmpegPath,
    signal: job.signal,
    encode: (input, selection) => encodeArguments(input, selection, { encoding, isCopy: false, endMs, path }),
  });
  try {
    for (let chunk = await encoder.read(); chunk !== undefined; chunk = await encoder.read()) yield chunk;
    const { process } = encoder;
    if (process && runs.some(({ hasSound }) => hasSound)) assessEncoder(job, process, maxDurationMs);
    for (const run of runs) await run.assess();
    return { durationMs: process?.log.outputMs ?? 0, isCopy: false };
  } finally {
    await encoder.kill();
  }
}

/** FFmpeg mixes two channels equally in any case. */
function hasUnnamedChannels({ channels, layout = '' }: AudioTrack): boolean {
  return channels > 2 && /^\d+ channels$/.test(layout);
}

async function* joined(runs: readonly Pick<ClockedRun, 'pcm'>[]): AsyncGenerator<Buffer, void, void> {
  for (const run of runs) yield* run.pcm();
}

/** The audio track that is converted, as far as the header shows it. */
async function readTrack(job: FfmpegJob): Promise<AudioTrack | undefined> {
  const { media } = await job.readHeader();
  return media && defaultTrack(media);
}

async function assessConversion(
  job: FfmpegJob,
  process: FfmpegProcess,
  maxDurationMs?: number,
): Promise<void> {
  assessEncoder(job, process, maxDurationMs);
  await job.assess(process, process.log.outputMs);
}

/** @throws {FunAsrError} a failure that is not caused by the input. */
function assessEncoder(job: FfmpegJob, { exit, log }: FfmpegProcess, maxDurationMs = Infinity): void {
  const { name } = job.source;
  const failure = outputFailure(name, log.errors);
  if (failure) throw failure;
  if (exit?.code === ENDED_BY_SIGNAL || exit?.signal) {
    throw new FunAsrError('E_DECODE_KILLED', `${name}: FFmpeg was ended by a signal before it was done`, {
      hint: 'Convert again.',
      retryable: true,
    });
  }
  if (log.outputMs > maxDurationMs + ENCODER_DELAY_MS) throw tooLong(name, maxDurationMs);
}
