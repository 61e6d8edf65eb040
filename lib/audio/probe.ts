import { FunAsrError } from '../core/errors.ts';
import { abortSignal, anyText, checkArgument, checkOptions, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import { findFfmpeg } from './ffmpeg/ffmpeg.ts';
import { defaultTrack } from '../media/media-info.ts';
import { readHeader } from './ffmpeg/read-header.ts';
import { openRecording } from './source/recording.ts';
import { type EncodedFormat, encodedFormatOf } from '../media/audio-format.ts';
import { reasonOf } from './ffmpeg/verdict.ts';

/** Options of {@link probe}. */
export interface ProbeOptions extends StageOptions {
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
}

/** What a recording is, by its header. */
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
  /** Length in ms; absent when the container does not say. Only decoding tells it exactly. */
  readonly durationMs?: number;
  /** Whether the length was reckoned from the bit rate, or is the placeholder of a header written while recording. */
  readonly durationIsEstimate: boolean;
  /** The service's `format` under which the file may be sent as it is, undecoded. */
  readonly format?: EncodedFormat;
  /** Why there is none. */
  readonly reason?: string;
}

/**
 * Reads the header of a recording, decoding next to nothing of it.
 * @param path A regular file.
 * @throws {FunAsrError} `E_READ`, `E_URL_REFUSED`, `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA`, `E_DECODE_TIMEOUT`,
 * `E_FFMPEG_MISSING`, `E_OPTION`; an `AbortError`.
 */
export async function probe(path: string, options: ProbeOptions = {}): Promise<Probe> {
  checkOptions('probe', options, { ffmpegPath: text, signal: abortSignal });
  checkArgument('probe', 'the path', path, anyText);
  options.signal?.throwIfAborted();
  const recording = await openRecording(path);
  const ffmpeg = await findFfmpeg({ ffmpegPath: options.ffmpegPath });
  const input = { kind: 'file', path: recording.path } as const;
  const log = await readHeader(ffmpeg.path, input, { signal: options.signal });
  const { media } = log;
  const stream = media && defaultTrack(media);
  if (!stream) throw new FunAsrError('E_BAD_MEDIA', `${path}: ${reasonOf(log)}`);
  const { codec, sampleRate, channels } = stream;
  return {
    container: media.container,
    codec,
    sampleRate,
    channels,
    tracks: media.tracks.length,
    ...(media.durationMs !== undefined && { durationMs: media.durationMs }),
    durationIsEstimate: media.durationIsEstimate,
    ...encodedFormatOf(media, stream),
  };
}
