import { TIMED_PCM_ARGUMENTS } from '../../clock/timed-pcm.ts';
import { AUDIO_ONLY, GENERAL, inputArguments, words } from './input-arguments.ts';
import { type MixCommand, mixFilter } from './mix-arguments.ts';
import type { SourceInput } from '../../source/audio-source.ts';

/** More threads cost a third more CPU for FLAC, and a folder of recordings uses all cores anyway. */
const ONE_THREAD = words('-threads 1');

/** The PCM that FFmpeg decodes to. */
export interface PcmShapeArguments extends MixCommand {
  /** In Hz. */
  readonly sampleRate: number;
  /** Index of the stream to decode. @default the audio track that FFmpeg prefers */
  readonly streamIndex?: number | undefined;
  /** Filter that brings the samples of a float source below full scale, before they get 16 bits. */
  readonly levelFilter?: string | undefined;
  /** Writes timed PCM (see `TimedPcmReader`), on the clock of the source. @default a WAV */
  readonly isTimed?: boolean | undefined;
  /** Writes the metadata of the source before the PCM. @default false */
  readonly hasMetadata?: boolean | undefined;
}

/**
 * Decodes to s16le, usually with all channels of the source. The output has a header, which says how many there are;
 * that of a WAV also names the speakers that the source names. FFmpeg must not guess speakers. The clock is followed
 * outside of FFmpeg, by `ClockedPcm`, and the channels are reduced after it: FFmpeg builds its filters anew when the
 * shape of a source changes, and a filter then forgets its state.
 */
export function decodeArguments(input: SourceInput, shape: PcmShapeArguments): string[] {
  const { isTimed, hasMetadata, streamIndex, sampleRate, levelFilter, channels } = shape;
  const mix = mixFilter(shape);
  return [
    ...GENERAL,
    ...ONE_THREAD,
    // Otherwise FFmpeg removes steps of more than 10 s in some formats, and the start of a video before its sound.
    ...(isTimed ? words('-copyts') : []),
    ...words('-guess_layout_max 0'),
    ...inputArguments(input),
    ...trackArguments(streamIndex),
    ...(channels === undefined || mix !== undefined ? [] : words(`-ac ${channels}`)),
    '-af',
    [levelFilter, mix, `aformat=sample_fmts=s16:sample_rates=${sampleRate}`].filter(Boolean).join(','),
    ...words(isTimed ? TIMED_PCM_ARGUMENTS : WAV_ARGUMENTS),
    // Metadata may be large: lyrics, subtitles.
    ...(hasMetadata ? [] : words('-map_metadata -1')),
    // Fewer, larger writes cost Node a third less CPU. A stream may be live, and there the first bytes are urgent.
    ...(input.kind === 'file' ? words('-flush_packets 0') : []),
    'pipe:1',
  ];
}

/** FFmpeg's output arguments for a WAV with a short header. */
const WAV_ARGUMENTS = '-c:a pcm_s16le -bitexact -f wav';

/** Decodes to f32le without a header, to find the loudest sample. */
export function floatArguments(
  input: SourceInput,
  { streamIndex, sampleRate }: Pick<PcmShapeArguments, 'sampleRate' | 'streamIndex'>,
): string[] {
  return [
    ...GENERAL,
    ...words('-guess_layout_max 0'),
    ...inputArguments(input),
    ...trackArguments(streamIndex),
    ...words(`-af aformat=sample_fmts=flt:sample_rates=${sampleRate} -f f32le pipe:1`),
  ];
}

function trackArguments(streamIndex: number | undefined): string[] {
  return [...(streamIndex === undefined ? [] : words(`-map 0:${streamIndex}`)), ...AUDIO_ONLY];
}
