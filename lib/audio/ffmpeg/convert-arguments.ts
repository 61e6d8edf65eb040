import { type EncodingOptions, ENCODINGS, shapeOf } from '../encoding.ts';
import { type FfmpegInput, GENERAL, inputArguments, SOUND_ONLY, words } from './ffmpeg-arguments.ts';

/** One conversion, as FFmpeg is told of it. */
export interface ConvertCommand {
  readonly input: FfmpegInput;
  readonly encoding: EncodingOptions;
  /** Whether the packets are taken over instead of encoded. */
  readonly isCopy: boolean;
  /** The one that is taken, counted from 0, where one is to be made of several. @default the mix of all */
  readonly channel?: number | undefined;
  /** Where FFmpeg stops, in ms of audio. */
  readonly endMs?: number | undefined;
  /** File to be written, in place of what it holds; FFmpeg reports its progress to stdout then. Else stdout. */
  readonly output?: string | undefined;
}

/** Conversion to another format: the file, or the bytes, of one container with one sound track in it. */
export function convertArguments({
  input,
  encoding,
  isCopy,
  channel,
  endMs,
  output,
}: ConvertCommand): string[] {
  return [
    ...GENERAL,
    ...(output === undefined ? [] : words('-progress pipe:1 -y')),
    ...inputArguments(input),
    ...SOUND_ONLY,
    ...(isCopy ? words('-c:a copy') : encoderArguments(encoding, channel)),
    ...(endMs === undefined ? [] : words(`-t ${endMs / 1000}`)),
    ...muxerArguments(encoding),
    output === undefined ? 'pipe:1' : `file:${output}`,
  ];
}

function encoderArguments(encoding: EncodingOptions, channel: number | undefined): string[] {
  const { to, bitrate } = encoding;
  const { sampleRate, channels } = shapeOf(encoding);
  return [
    ...words(`-c:a ${ENCODINGS[to].encoder}`),
    ...(sampleRate === undefined ? [] : words(`-ar ${sampleRate}`)),
    ...(channels === undefined
      ? []
      : words(channel === undefined ? `-ac ${channels}` : `-af pan=mono|c0=c${channel}`)),
    ...(to === 'opus' && channels === undefined ? words(`-af aformat=channel_layouts=${OPUS_LAYOUTS}`) : []),
    ...(bitrate === undefined ? [] : words(`-b:a ${bitrate}`)),
    // The encoder's own default is a constant bit rate, which people take for a loss.
    ...(to === 'mp3' && bitrate === undefined ? words('-q:a 0') : []),
  ];
}

/** Those that Opus has. Of any other, such as 5.1 with side speakers, FFmpeg makes the nearest one. */
const OPUS_LAYOUTS = 'mono|stereo|3.0|quad|5.0|5.1|6.1|7.1';

function muxerArguments({ to }: EncodingOptions): string[] {
  // Many programs look for the audio right behind a header of 44 bytes: nothing else goes into a WAV.
  return words(`-f ${ENCODINGS[to].muxer}${to === 'wav' ? ' -map_metadata -1 -bitexact' : ''}`);
}
