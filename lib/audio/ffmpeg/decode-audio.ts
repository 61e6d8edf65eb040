import { chooseTrack, severalTracks, silentTrack, type TrackChoice } from '../../media/audio-tracks.ts';
import { levelOf } from '../../media/loudness.ts';
import { type AudioTrack, type MediaInfo } from '../../media/media-info.ts';
import { durationOf } from '../../media/pcm.ts';
import { Framer } from '../frame.ts';
import type { Use } from '../source/audio-source.ts';
import type { GeneratorContext } from '../source/generator-stream.ts';
import { floatArguments } from './arguments/decode-arguments.ts';
import type { Ffmpeg } from './find-ffmpeg.ts';
import { FfmpegJob } from './job.ts';
import { PcmRun, type PcmRunOptions } from './pcm-run.ts';

/** The PCM to decode to. */
export interface PcmOutput extends TrackChoice {
  /** In Hz. */
  readonly sampleRate: number;
  /** The mix of all channels, or one of them, counted from 0. @default 'mix' */
  readonly channels?: 'mix' | number | undefined;
  /** How a mix treats the centre channel of a surround layout. @default 'auto' */
  readonly centre?: 'auto' | 'off' | undefined;
  /** Maximum duration of the audio. @default unlimited */
  readonly maxDurationMs?: number | undefined;
}

/** A track below this level, in dB of full scale (RMS), is silent. */
const SILENT_DB = -60;

/** Whole samples of f32le. */
const FLOAT_BYTES = 64 * 1024;

/**
 * Makes a function that decodes the recordings of one input, one after the other: times and the maximum duration count
 * from the beginning of the input.
 */
export function decoderOf(ffmpeg: Ffmpeg, context: GeneratorContext, output: PcmOutput): Use<Buffer, void> {
  let bytes = 0;
  return async function* (source) {
    const offsetMs = durationOf(bytes, output.sampleRate);
    for await (const pcm of decodeAudio(new FfmpegJob(ffmpeg, { ...source, offsetMs }, context), output)) {
      bytes += pcm.length;
      yield pcm;
    }
  };
}

/**
 * Decodes to s16le mono. FFmpeg starts with the track that it prefers, in 16 bits; when its description of the source
 * shows that another track or a float output is needed, it starts once more. Only a beginning that is kept can be
 * decoded twice: of a stream these are a few MB, more than FFmpeg examines.
 * @throws {FunAsrError} what {@link FfmpegJob.assess} and `FfmpegProcess.read` throw; `E_TRACK` when there is no such
 * track or channel; `E_DURATION_LIMIT` after the audio before the limit.
 */
export async function* decodeAudio(job: FfmpegJob, output: PcmOutput): AsyncGenerator<Buffer, void, void> {
  const { channels = 'mix', centre = 'auto', sampleRate, maxDurationMs } = output;
  const usual: PcmRunOptions = { channels, centre, sampleRate, maxDurationMs };
  let run = new PcmRun(job, usual);
  try {
    const media = await run.description();
    const track = media && chosenTrack(job, media, output);
    const special = track && (await specialOptions(job, media, track, sampleRate));
    if (special) {
      await run.kill();
      run = new PcmRun(job, { ...usual, ...special });
    }
    job.source.bytes?.forget();
    let isSilent = true;
    for (let pcm = await run.read(); pcm !== undefined; pcm = await run.read()) {
      isSilent &&= levelOf(pcm) < SILENT_DB;
      yield pcm;
    }
    if (isSilent && track) await warnOfSilentTrack(job, media, track, usual);
  } finally {
    await run.kill();
  }
}

/** The track to decode. Warns when there are several and none was chosen. */
function chosenTrack(job: FfmpegJob, { tracks }: MediaInfo, choice: TrackChoice): AudioTrack | undefined {
  const { name } = job.source;
  const track = chooseTrack(name, tracks, choice);
  if (track && tracks.length > 1 && choice.audioTrack === undefined) {
    job.warn(severalTracks(name, tracks, track));
  }
  return track;
}

/** Options of a run that differ from those of the first one; undefined when that one can go on. */
async function specialOptions(
  job: FfmpegJob,
  media: MediaInfo,
  track: AudioTrack,
  sampleRate: number,
): Promise<Pick<PcmRunOptions, 'streamIndex' | 'levelFilter'> | undefined> {
  const { bytes } = job.source;
  if (bytes && !bytes.isWhole) return undefined;
  // Which of several tracks FFmpeg prefers depends on its version.
  const streamIndex = media.tracks.length > 1 ? track.streamIndex : undefined;
  const isFloat = /^pcm_f(?:32|64)/.test(track.codec);
  const levelFilter = isFloat ? await levelFilterFor(job, sampleRate, streamIndex) : undefined;
  return streamIndex === undefined && levelFilter === undefined ? undefined : { streamIndex, levelFilter };
}

/** Lowers peaks. Its delay is its attack time, 0.1 ms. */
const LIMITER = 'alimiter=limit=0.98:level=disabled:attack=0.1:release=200';

/**
 * Recorders with 32-bit float write samples far above full scale, which 16 bits would clip. A file is lowered evenly, by
 * its loudest sample; a stream, which cannot be read first, by a limiter.
 */
async function levelFilterFor(
  job: FfmpegJob,
  sampleRate: number,
  streamIndex: number | undefined,
): Promise<string | undefined> {
  if (job.source.bytes) return LIMITER;
  const peak = await peakOfFile(job, sampleRate, streamIndex);
  return peak > 1 ? `volume=${(1 / peak).toFixed(6)}:precision=float` : undefined;
}

/** Loudest sample of a float file, as a multiple of full scale. */
async function peakOfFile(job: FfmpegJob, sampleRate: number, streamIndex?: number): Promise<number> {
  const process = job.start(floatArguments(job.source.input, { sampleRate, streamIndex }));
  const framer = new Framer(FLOAT_BYTES);
  let peak = 0;
  try {
    for (let chunk = await process.read(); chunk !== undefined; chunk = await process.read()) {
      for (const block of framer.feed(chunk)) peak = Math.max(peak, peakOf(block));
    }
    for (const block of framer.end()) peak = Math.max(peak, peakOf(block));
    return peak;
  } finally {
    await process.kill();
  }
}

function peakOf(floats: Buffer): number {
  let peak = 0;
  for (let at = 0; at + 4 <= floats.length; at += 4) peak = Math.max(peak, Math.abs(floats.readFloatLE(at)));
  return peak;
}

/** Warns when another track of a file is not silent. */
async function warnOfSilentTrack(
  job: FfmpegJob,
  { tracks }: MediaInfo,
  silent: AudioTrack,
  options: PcmRunOptions,
): Promise<void> {
  if (job.source.bytes || tracks.length < 2) return;
  for (const other of tracks.filter((track) => track !== silent)) {
    if (!(await hasSound(job, { ...options, channels: 'mix', streamIndex: other.streamIndex }))) continue;
    job.warn(silentTrack(job.source.name, tracks, silent, other));
    return;
  }
}

async function hasSound(job: FfmpegJob, options: PcmRunOptions): Promise<boolean> {
  const run = new PcmRun(job, options);
  try {
    for (let pcm = await run.readQuietly(); pcm !== undefined; pcm = await run.readQuietly()) {
      if (levelOf(pcm) >= SILENT_DB) return true;
    }
    return false;
  } catch {
    // The track that was used was decoded: the other one is only worth a note.
    return false;
  } finally {
    await run.kill();
  }
}
