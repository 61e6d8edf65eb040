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

/** FFmpeg chooses among several audio tracks: it respects the default flag. */
export const AUDIO_ONLY: readonly string[] = words('-vn -sn -dn');

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
