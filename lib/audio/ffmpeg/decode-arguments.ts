import type { SourceInput } from '../source/audio-source.ts';

/**
 * The containers that FFmpeg may open. None of them refers to other files, and each has a magic number: demuxers
 * without one decode any bytes to noise. A whitelist of protocols alone is not enough, because a playlist named
 * `x.mp3` opens other local files.
 */
const CONTAINERS =
  'wav,w64,aiff,au,caf,mp3,aac,loas,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,amr,asf,avi,mpegts,mpeg,flv,ac3,eac3,dts,ape,tta,voc';

/** `level+` marks each line with its severity, which separates errors from the description of the input. */
export const GENERAL: readonly string[] = words(
  '-hide_banner -nostdin -nostats -loglevel level+info -max_alloc 67108864',
);

/** More threads cost a third more CPU for FLAC, and a folder of recordings uses all cores anyway. */
const ONE_THREAD = words('-threads 1');

/** FFmpeg chooses among several audio tracks: it respects the default flag. */
export const AUDIO_ONLY: readonly string[] = words('-vn -sn -dn');

/** Decodes to s16le mono: the mix of all channels, or one of them (counted from 0). */
export function decodeArguments(input: SourceInput, sampleRate: number, channel?: number): string[] {
  return [
    ...GENERAL,
    ...ONE_THREAD,
    ...inputArguments(input),
    ...AUDIO_ONLY,
    ...words(channel === undefined ? '-ac 1' : `-af pan=mono|c0=c${channel}`),
    ...words(`-ar ${sampleRate} -f s16le`),
    // Fewer, larger writes cost Node a third less CPU. A stream may be live, and there the first bytes are urgent.
    ...(input.kind === 'file' ? words('-flush_packets 0') : []),
    'pipe:1',
  ];
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

/** Describes the input and stops, without an output. */
export function probeArguments(input: SourceInput): string[] {
  return [...GENERAL, ...inputArguments(input)];
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
  const [protocol, url] = input.kind === 'file' ? ['file', `file:${input.path}`] : ['pipe', 'pipe:0'];
  return [...words(`-protocol_whitelist ${protocol} -format_whitelist ${CONTAINERS} -i`), url];
}

/** Splits a line of arguments that contain no spaces. */
export function words(line: string): string[] {
  return line.split(' ');
}
