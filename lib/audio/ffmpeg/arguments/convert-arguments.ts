import type { SourceInput } from '../../source/audio-source.ts';
import { AUDIO_ONLY, GENERAL, inputArguments, words } from './input-arguments.ts';
import { mixFilter } from './mix-arguments.ts';
import { type EncodingOptions, ENCODINGS, shapeOf } from '../encoding.ts';

/** One conversion as FFmpeg does it. */
export interface ConvertCommand {
  readonly input: SourceInput;
  readonly encoding: EncodingOptions;
  /** Copies the packets instead of encoding them. */
  readonly isCopy: boolean;
  /** Number of channels of a source that names no speakers for them: they are mixed equally. */
  readonly unnamed?: number | undefined;
  /** Where FFmpeg stops, in ms of audio. @default at the end */
  readonly endMs?: number | undefined;
  /** File to write, replacing its content; stdout then gets progress reports. @default the bytes go to stdout */
  readonly path?: string | undefined;
}

/** Converts to one container with one audio track. */
export function convertArguments({ input, ...output }: ConvertCommand): string[] {
  const guess = output.unnamed === undefined ? [] : words('-guess_layout_max 0');
  const hasUnknownGaps = input.kind === 'bytes' && output.isCopy;
  return encodeArguments(
    [...guess, ...inputArguments(input)],
    [...AUDIO_ONLY, ...(hasUnknownGaps ? pageArguments(output.encoding) : [])],
    output,
  );
}

/**
 * A page of Ogg has one timestamp, so a gap between packets that are copied keeps its place only between two pages. A file
 * with gaps is not copied; those of a stream are not known, and each of its packets gets a page.
 */
function pageArguments({ to }: EncodingOptions): string[] {
  return to === 'opus' ? words('-page_duration 1') : [];
}

/**
 * Converts what some arguments open.
 * @param input Arguments of the input. @param selection Arguments of the output before those of the encoder.
 */
export function encodeArguments(
  input: readonly string[],
  selection: readonly string[],
  { encoding, isCopy, unnamed, endMs, path }: Omit<ConvertCommand, 'input'>,
): string[] {
  return [
    ...GENERAL,
    ...(path === undefined ? [] : words('-progress pipe:1 -y')),
    ...input,
    ...selection,
    ...(isCopy ? words('-c:a copy') : encoderArguments(encoding, unnamed)),
    ...(endMs === undefined ? [] : words(`-t ${endMs / 1000}`)),
    ...muxerArguments(encoding),
    path === undefined ? 'pipe:1' : `file:${path}`,
  ];
}

function encoderArguments(encoding: EncodingOptions, unnamed: number | undefined): string[] {
  const { to, bitrate } = encoding;
  const { sampleRate, channels } = shapeOf(encoding);
  const filter = mixFilter({ unnamed, channels });
  return [
    ...words(`-c:a ${ENCODINGS[to].encoder}`),
    ...(sampleRate === undefined ? [] : words(`-ar ${sampleRate}`)),
    ...(channels === undefined ? [] : words(filter === undefined ? `-ac ${channels}` : `-af ${filter}`)),
    ...(to === 'opus' && channels === undefined ? words(`-af aformat=channel_layouts=${OPUS_LAYOUTS}`) : []),
    ...(bitrate === undefined ? [] : words(`-b:a ${bitrate}`)),
    // The encoder's default is a constant bit rate of lower quality.
    ...(to === 'mp3' && bitrate === undefined ? words('-q:a 0') : []),
  ];
}

/** The layouts of Opus. FFmpeg converts any other, such as 5.1 with side speakers, to the nearest of them. */
const OPUS_LAYOUTS = 'mono|stereo|3.0|quad|5.0|5.1|6.1|7.1';

function muxerArguments({ to }: EncodingOptions): string[] {
  // Many programs expect the audio directly after a header of 44 bytes, so a WAV gets no other chunk.
  return words(`-f ${ENCODINGS[to].muxer}${to === 'wav' ? ' -map_metadata -1 -bitexact' : ''}`);
}
