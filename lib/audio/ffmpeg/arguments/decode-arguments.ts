import { PACKET_LIST_ARGUMENTS } from '../../clock/packet-gaps.ts';
import { TIMED_PCM_ARGUMENTS } from '../../clock/timed-pcm.ts';
import { type MixCommand, mixFilter } from './mix-arguments.ts';
import type { SourceInput } from '../../source/audio-source.ts';

/**
 * The containers that FFmpeg may open. None of them refers to other files, and each has a magic number: demuxers
 * without one decode any bytes to noise. A whitelist of protocols alone is not enough, because a playlist named
 * `x.mp3` opens other local files.
 */
const CONTAINERS =
  'wav,w64,aiff,au,caf,mp3,aac,loas,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,amr,asf,avi,mpegts,mpeg,flv,ac3,eac3,dts,ape,tta,voc,mxf,wv';

/** `level+` marks each line with its severity, which separates errors from the description of the input. */
export const GENERAL: readonly string[] = words(
  '-hide_banner -nostdin -nostats -loglevel level+info -max_alloc 67108864',
);

/** More threads cost a third more CPU for FLAC, and a folder of recordings uses all cores anyway. */
const ONE_THREAD = words('-threads 1');

/** FFmpeg chooses among several audio tracks: it respects the default flag. */
export const AUDIO_ONLY: readonly string[] = words('-vn -sn -dn');

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
 * Decodes to s16le, usually with all channels of the source. The output has a header, which says how many there are; that of a
 * WAV also names the speakers that the source names. FFmpeg must not guess speakers. The clock is followed outside of
 * FFmpeg, by `ClockedPcm`, and the channels are reduced after it: FFmpeg builds its filters anew when the shape of a
 * source changes, and a filter then forgets its state.
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

/**
 * Measures the level of each channel and of their mix, over the whole input or its beginning: `astats` reports them
 * in the log at the end. The mix is written as well, because output shows that FFmpeg makes progress.
 */
export function levelArguments(input: SourceInput, endMs?: number): string[] {
  return [
    ...GENERAL,
    ...(endMs === undefined ? [] : words(`-t ${endMs / 1000}`)),
    ...inputArguments(input),
    ...AUDIO_ONLY,
    ...words('-af astats -f null -'),
    ...AUDIO_ONLY,
    ...words('-af aformat=channel_layouts=mono,astats -ar 8000 -f s16le pipe:1'),
  ];
}

/** Lists the audio packets with their times, without decoding them. */
export function packetListArguments(input: SourceInput): string[] {
  return [
    ...GENERAL,
    ...words('-copyts'),
    ...inputArguments(input),
    ...AUDIO_ONLY,
    ...words(PACKET_LIST_ARGUMENTS),
    'pipe:1',
  ];
}

/** Reads picture and subtitles to their end, without decoding them: the log states where they end. */
export function otherTracksArguments(input: SourceInput): string[] {
  return [
    ...GENERAL,
    ...words('-progress pipe:1'),
    ...inputArguments(input),
    ...words('-map 0:V? -map 0:s? -c copy -f null -'),
  ];
}

/** Describes the input and stops, without an output. */
export function probeArguments(input: SourceInput): string[] {
  return [...GENERAL, ...words('-guess_layout_max 0'), ...inputArguments(input)];
}

/** Opens the input, and permits FFmpeg to open nothing else. */
export function inputArguments(input: SourceInput): string[] {
  if (input.kind === 'pcm') {
    const { sampleRate, channels, format } = input.shape;
    // Raw PCM needs no analysis, which would delay the first output. `-fflags nobuffer`, which is often recommended
    // with these, drops the first packet.
    return words(
      `-protocol_whitelist pipe -probesize 32 -analyzeduration 0 -f ${format} -ar ${sampleRate} -ac ${channels} -i pipe:0`,
    );
  }
  const [protocols, url] = input.kind === 'file' ? fileUrl(input) : ['pipe', 'pipe:0'];
  const isStale = input.kind === 'file' && input.piece?.isStale;
  return [
    ...words(`-protocol_whitelist ${protocols} -format_whitelist ${CONTAINERS}`),
    ...(isStale ? words('-ignore_length 1') : []),
    // By default FFmpeg reads 5 s or 5 MB to find the tracks.
    ...(input.findsTracksLate ? words('-analyzeduration 60000000 -probesize 50000000') : []),
    '-i',
    url,
  ];
}

/** The protocols that FFmpeg needs to open a file, or a part of one, and the URL. */
function fileUrl({ path, piece }: Extract<SourceInput, { kind: 'file' }>): [protocols: string, url: string] {
  if (!piece) return ['file', `file:${path}`];
  return ['subfile,file', `subfile,,start,${piece.start},end,${piece.end},,:file:${path}`];
}

/** Splits a line of arguments that contain no spaces. */
export function words(line: string): string[] {
  return line.split(' ');
}
