import { chooseTrack, type TrackChoice } from '../media/audio-tracks.ts';
import { FunAsrError } from '../core/errors.ts';
import type { StageOptions } from '../core/stage.ts';
import { decodeFailure } from './ffmpeg/assess-decode.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from './ffmpeg/job.ts';
import { inputFiles } from './source/input-file.ts';

/** Options of {@link countChannels}. */
export interface CountChannelsOptions extends TrackChoice, StageOptions {
  readonly ffmpegPath?: string | undefined;
  /** Name of the recording, for messages. @default its path */
  readonly name?: string | undefined;
}

/**
 * Number of channels of the track that will be decoded.
 * @throws {FunAsrError} `E_BAD_MEDIA`, `E_TRACK` and what `probe()` throws.
 */
export async function countChannels(path: string, options: CountChannelsOptions): Promise<number> {
  const { ffmpegPath, name = path, signal = new AbortController().signal } = options;
  const [source] = await inputFiles(path, name);
  const job = new FfmpegJob(await findFfmpeg({ ffmpegPath }), source, { signal, warn: () => {} });
  const log = await job.readHeader();
  const track = log.media && chooseTrack(name, log.media.tracks, options);
  if (!track) throw new FunAsrError('E_BAD_MEDIA', `${name}: ${decodeFailure(log)}`);
  return track.channels;
}
