import type { PcmShape } from '../../media/pcm.ts';

/** What FFmpeg reads: a file that it opens itself, the bytes of a container, or raw PCM on its stdin. */
export type FfmpegInput =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'pcm'; readonly from: PcmShape };

/**
 * The containers that may be opened. None of them makes FFmpeg open other files, and each has a magic number:
 * demuxers without one turn garbage into noise. A whitelist of protocols alone would not do, for a playlist
 * named `x.mp3` reads other local files.
 */
const CONTAINERS =
  'wav,w64,aiff,au,caf,mp3,aac,loas,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,amr,asf,avi,mpegts,mpeg,flv,ac3,eac3,dts,ape,tta,voc';

/** `level+` marks each line with its severity, which tells complaints from the description of the input. */
export const GENERAL: readonly string[] = words(
  '-hide_banner -nostdin -nostats -loglevel level+info -max_alloc 67108864',
);

/** More threads make FLAC a third dearer and nothing faster that we wait for: a folder keeps all cores busy anyway. */
const ONE_THREAD = words('-threads 1');

/** Which of several sound tracks is left to FFmpeg, because it honours the default flag. */
export const SOUND_ONLY: readonly string[] = words('-vn -sn -dn');

/** Decoding to s16le mono, either the mix of all channels or one of them (counted from 0). */
export function decodeArguments(input: FfmpegInput, sampleRate: number, channel?: number): string[] {
  return [
    ...GENERAL,
    ...ONE_THREAD,
    ...inputArguments(input),
    ...SOUND_ONLY,
    ...words(channel === undefined ? '-ac 1' : `-af pan=mono|c0=c${channel}`),
    ...words(`-ar ${sampleRate} -f s16le`),
    // A file is read by somebody who wants all of it: fewer, larger writes cost a third less CPU on our side.
    // A stream may be live, and there the first bytes count.
    ...(input.kind === 'file' ? words('-flush_packets 0') : []),
    'pipe:1',
  ];
}

/**
 * Levels of each channel, and of their mix, over the whole input or its beginning: `astats` reports them in the log
 * at the end. The mix is written as well, for it shows that FFmpeg gets on.
 */
export function levelArguments(input: FfmpegInput, endMs?: number): string[] {
  return [
    ...GENERAL,
    ...(endMs === undefined ? [] : words(`-t ${endMs / 1000}`)),
    ...inputArguments(input),
    ...SOUND_ONLY,
    ...words('-af astats -f null -'),
    ...SOUND_ONLY,
    ...words('-af aformat=channel_layouts=mono,astats -ar 8000 -f s16le pipe:1'),
  ];
}

/** No output: FFmpeg describes the input and stops. */
export function probeArguments(input: FfmpegInput): string[] {
  return [...GENERAL, ...inputArguments(input)];
}

/** What FFmpeg may open, and nothing else. */
export function inputArguments(input: FfmpegInput): string[] {
  if (input.kind === 'pcm') {
    const { sampleRate, channels, format } = input.from;
    // There is nothing to be analysed, so the first output need not wait for it. `-fflags nobuffer`, which is
    // often named with these, throws the first packet away.
    return words(
      `-protocol_whitelist pipe -probesize 32 -analyzeduration 0 -f ${format} -ar ${sampleRate} -ac ${channels} -i pipe:0`,
    );
  }
  const [protocol, url] = input.kind === 'file' ? ['file', `file:${input.path}`] : ['pipe', 'pipe:0'];
  return [...words(`-protocol_whitelist ${protocol} -format_whitelist ${CONTAINERS} -i`), url];
}

/** The arguments of a line that has no blanks within them. */
export function words(line: string): string[] {
  return line.split(' ');
}
