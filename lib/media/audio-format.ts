import type { AudioTrack, MediaInfo } from './media-info.ts';

/** The formats that the service accepts (its parameter `format`). Source: the official Python SDK page. */
export const AUDIO_FORMATS = ['pcm', 'wav', 'mp3', 'opus', 'speex', 'aac', 'amr'] as const;

/** The `format` of a task: one of {@link AUDIO_FORMATS}. */
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** A format that the service decodes itself. Raw `pcm` has no header, so that a file does not show it. */
export type EncodedFormat = Exclude<AudioFormat, 'pcm'>;

interface EncodedFormatParts {
  readonly format: EncodedFormat;
  /** In FFmpeg's names. */
  readonly container: string;
  readonly codec: string;
  /** Name for messages. */
  readonly name: string;
}

/** Container and codec of each format. Source: the official Python SDK page, parameter `format`. */
const ENCODED_FORMATS: readonly EncodedFormatParts[] = [
  { format: 'wav', container: 'wav', codec: 'pcm_s16le', name: 'WAV' },
  { format: 'mp3', container: 'mp3', codec: 'mp3', name: 'MP3' },
  { format: 'opus', container: 'ogg', codec: 'opus', name: 'Ogg Opus' },
  { format: 'speex', container: 'ogg', codec: 'speex', name: 'Ogg Speex' },
  { format: 'aac', container: 'aac', codec: 'aac', name: 'an ADTS stream' },
  { format: 'amr', container: 'amr', codec: 'amr_nb', name: 'AMR' },
];

/** The format in which a file may be sent undecoded, or the reason why it must be decoded. */
export function encodedFormatOf(
  { container, tracks }: Pick<MediaInfo, 'container' | 'tracks'>,
  track: AudioTrack,
): { readonly format: EncodedFormat } | { readonly reason: string } {
  const match = ENCODED_FORMATS.find(
    (format) => format.container === container && format.codec === track.codec,
  );
  if (!match) return { reason: mismatchReason(container, track.codec) };
  if (tracks.length > 1) return { reason: `the file has ${tracks.length} audio tracks` };
  if (track.channels > 1)
    return { reason: `the service accepts mono only, and the file has ${track.channels} channels` };
  return { format: match.format };
}

function mismatchReason(container: string, codec: string): string {
  if (codec === 'amr_wb') return 'the service accepts only narrow-band AMR (AMR-NB)';
  const codecs = ENCODED_FORMATS.filter((format) => format.container === container).map(
    (format) => format.codec,
  );
  if (codecs.length > 0)
    return `in this container (${container}) the service accepts only ${codecs.join(' or ')}, not ${codec}`;
  const sameCodec = ENCODED_FORMATS.find((format) => format.codec === codec);
  if (sameCodec) return `the service accepts ${codec} only as ${sameCodec.name}, not in ${container}`;
  return `the service does not accept ${codec === container ? codec : `${codec} in ${container}`}`;
}
