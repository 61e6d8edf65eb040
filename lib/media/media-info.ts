/** One audio track of a file. */
export interface AudioTrack {
  /** Index among all streams of the file, as FFmpeg counts them. */
  readonly streamIndex: number;
  /** FFmpeg's name of the codec, such as `aac` or `pcm_s16le`. */
  readonly codec: string;
  /** Samples per second. */
  readonly sampleRate: number;
  readonly channels: number;
  /** FFmpeg's name of the channel layout, such as `stereo` and `5.1(side)`; `6 channels` when it has none. */
  readonly layout?: string | undefined;
  /** Whether the container marks the track as the default one. */
  readonly isDefault: boolean;
  /** Language tag as the container has it, such as `eng`; undefined when it has none. */
  readonly language?: string | undefined;
  readonly title?: string | undefined;
}

/** What the header of a file states. */
export interface MediaInfo {
  /** FFmpeg's name of the container: `mp3`, `mp4` (also for MOV, M4A, 3GP), `matroska` (also for WebM), … */
  readonly container: string;
  /** Duration in ms; undefined when the header does not state it. */
  readonly durationMs: number | undefined;
  /** Earliest timestamp of all tracks in ms; undefined when the container has none. */
  readonly startMs?: number | undefined;
  /** Whether the duration was calculated from the bit rate, or is a placeholder that was written before the audio. */
  readonly durationIsEstimate: boolean;
  readonly tracks: readonly AudioTrack[];
  /** Whether it has a picture or subtitles, which may be longer than the sound. */
  readonly hasOtherTracks?: boolean | undefined;
}

/** The audio track that FFmpeg decodes by default: the default track first, then the one with most channels. */
export function defaultTrack({ tracks }: Pick<MediaInfo, 'tracks'>): AudioTrack | undefined {
  return [...tracks].sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || b.channels - a.channels)[0];
}
