import type { AudioStream, Media } from '../audio/ffmpeg/media.ts';

/**
 * What the service calls the audio that it decodes itself (its parameter `format`). Raw `pcm` is missing here
 * because a file of it cannot be told from noise.
 */
export type SendableFormat = 'wav' | 'mp3' | 'opus' | 'speex' | 'aac' | 'amr';

interface Sendable {
  readonly format: SendableFormat;
  readonly container: string;
  readonly codec: string;
  /** As people call it. */
  readonly name: string;
}

/** Container and codec of each format. Source: the official Python SDK page, parameter `format`. */
const FORMATS: readonly Sendable[] = [
  { format: 'wav', container: 'wav', codec: 'pcm_s16le', name: 'WAV' },
  { format: 'mp3', container: 'mp3', codec: 'mp3', name: 'MP3' },
  { format: 'opus', container: 'ogg', codec: 'opus', name: 'Ogg Opus' },
  { format: 'speex', container: 'ogg', codec: 'speex', name: 'Ogg Speex' },
  { format: 'aac', container: 'aac', codec: 'aac', name: 'an ADTS stream' },
  { format: 'amr', container: 'amr', codec: 'amr_nb', name: 'AMR' },
];

/** As which format a recording may be sent undecoded, or why it may not. */
export function sendableAs(
  { container, audio }: Pick<Media, 'container' | 'audio'>,
  stream: AudioStream,
): { readonly format: SendableFormat } | { readonly reason: string } {
  const match = FORMATS.find((format) => format.container === container && format.codec === stream.codec);
  if (!match) return { reason: whyNot(container, stream.codec) };
  if (audio.length > 1) return { reason: `it holds ${audio.length} audio tracks` };
  if (stream.channels > 1)
    return { reason: `the service takes mono only, and it has ${stream.channels} channels` };
  return { format: match.format };
}

function whyNot(container: string, codec: string): string {
  if (codec === 'amr_wb') return 'of AMR the service takes narrow band (AMR-NB) only';
  const inContainer = FORMATS.filter((format) => format.container === container).map(
    (format) => format.codec,
  );
  if (inContainer.length > 0)
    return `in this container (${container}) the service takes ${inContainer.join(' or ')} only, not ${codec}`;
  const withCodec = FORMATS.find((format) => format.codec === codec);
  if (withCodec) return `the service takes ${codec} as ${withCodec.name} only, not in ${container}`;
  return `the service does not take ${codec === container ? codec : `${codec} in ${container}`}`;
}
