import { FunAsrError } from '../core/errors.ts';
import { abortSignal, anyText, checkArgument, checkOptions, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import { type EncodedFormat, encodedFormatOf } from '../media/audio-format.ts';
import { defaultTrack } from '../media/media-info.ts';
import { decodeFailure, NO_AUDIO_HINT } from './ffmpeg/assess-decode.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from './ffmpeg/job.ts';
import { inputFiles } from './source/input-file.ts';

/** Options of {@link probe}. */
export interface ProbeOptions extends StageOptions {
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
}

/** One audio track of a recording. */
export interface ProbedTrack {
  /** From 1; the option `audioTrack` takes it. */
  readonly number: number;
  /** Language tag as the container has it, such as `eng`. */
  readonly language?: string;
  readonly title?: string;
  /** FFmpeg's name of the codec. */
  readonly codec: string;
  /** Samples per second. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Whether it is the track that is decoded when none is chosen. */
  readonly isDefault: boolean;
}

/** What the header of a recording states. */
export interface Probe {
  /** `wav`, `mp3`, `ogg`, `mp4`, `matroska`, …: FFmpeg's names, one for a family. */
  readonly container: string;
  /** FFmpeg's name of the codec, such as `aac` or `pcm_s16le`, of the track that is decoded. */
  readonly codec: string;
  /** Samples per second. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Number of audio tracks. */
  readonly tracks: number;
  /** All audio tracks, in the order of their numbers. */
  readonly audioTracks: readonly ProbedTrack[];
  /**
   * Number of recordings that were appended to each other in the file. All other fields but the duration are of the
   * first one.
   */
  readonly recordings: number;
  /** Duration of all recordings in ms; absent when a container does not state it. Only decoding gives the exact value. */
  readonly durationMs?: number;
  /** Whether the duration was calculated from the bit rate, or is a placeholder that was written before the audio. */
  readonly durationIsEstimate: boolean;
  /** The service's `format` in which the file may be sent undecoded. */
  readonly format?: EncodedFormat;
  /** Why there is no such format. */
  readonly reason?: string;
}

/**
 * Reads the header of a recording, and decodes next to nothing of it.
 * @param path A regular file.
 * @throws {FunAsrError} `E_READ`, `E_URL_REFUSED`, `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA`, `E_DECODE_TIMEOUT`,
 * `E_FFMPEG_MISSING`, `E_OPTION`; an `AbortError`.
 */
export async function probe(path: string, options: ProbeOptions = {}): Promise<Probe> {
  checkOptions('probe', options, { ffmpegPath: text, signal: abortSignal });
  checkArgument('probe', 'the path', path, anyText);
  const { ffmpegPath, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const [source, ...appended] = await inputFiles(path);
  const job = new FfmpegJob(await findFfmpeg({ ffmpegPath }), source, { signal, warn: () => {} });
  const log = await job.readHeader();
  const { media } = log;
  const track = media && defaultTrack(media);
  if (!track) throw new FunAsrError('E_BAD_MEDIA', `${path}: ${decodeFailure(log)}`, { hint: NO_AUDIO_HINT });
  const { codec, sampleRate, channels } = track;
  const all = [media];
  for (const other of appended) all.push((await job.on(other).readHeader()).media ?? media);
  const durationMs = sumOf(all.map((one) => one.durationMs));
  return {
    container: media.container,
    codec,
    sampleRate,
    channels,
    tracks: media.tracks.length,
    audioTracks: media.tracks.map((other, index) => ({
      number: index + 1,
      ...(other.language !== undefined && { language: other.language }),
      ...(other.title !== undefined && { title: other.title }),
      codec: other.codec,
      sampleRate: other.sampleRate,
      channels: other.channels,
      isDefault: other === track,
    })),
    recordings: all.length,
    ...(durationMs !== undefined && { durationMs }),
    durationIsEstimate: all.some(({ durationIsEstimate }) => durationIsEstimate),
    ...encodedFormatOf(media, track),
  };
}

/** The sum; undefined when one of the durations is. */
function sumOf(durations: readonly (number | undefined)[]): number | undefined {
  return durations.reduce<number | undefined>(
    (sum, durationMs) => (sum === undefined || durationMs === undefined ? undefined : sum + durationMs),
    0,
  );
}
