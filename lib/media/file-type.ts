import type { EncodedFormat } from './audio-format.ts';
import { mpegAudioHeader } from './containers/mpeg-audio.ts';
import { firstOggPacket, isOgg } from './containers/ogg.ts';
import { isTransportStream } from './containers/transport-stream.ts';
import { UNSUPPORTED_TYPES } from './unsupported-types.ts';
import { wavFormat } from './containers/wav.ts';

/** What the first bytes of a file show. */
export interface FileType {
  /** Name for messages, such as `Opus in Ogg`. */
  readonly name: string;
  /**
   * `media` may contain audio; a `playlist` names other files; a `picture` shares its container with video; the audio
   * of an `unsupported` format is not decoded.
   */
  readonly kind: 'media' | 'playlist' | 'picture' | 'unsupported';
  /** The service's `format` for these bytes; undefined when the service does not accept them undecoded. */
  readonly format?: EncodedFormat | undefined;
  /** In Hz; undefined for Opus too, which has no sample rate of its own. */
  readonly sampleRate?: number | undefined;
  readonly channels?: number | undefined;
  /**
   * The index of the container may follow the audio. From a pipe FFmpeg then often decodes nothing, and exits
   * with code 0.
   */
  readonly needsSeeking?: true | undefined;
  /**
   * The container has timestamps of its own. Not set where FFmpeg makes them up from the number of samples (MP3, ADTS,
   * AMR, WAV).
   */
  readonly isTimed?: true | undefined;
  /** Its header does not describe the tracks: each one is known when its first data has arrived. */
  readonly findsTracksLate?: true | undefined;
  /**
   * Few bits were compared, and other content may contain them by chance: `header` a frame header of MPEG audio,
   * which raw PCM may contain; `box` four letters, which text may contain; `sync` a byte at equal distances, which PCM of a
   * tone may contain.
   */
  readonly guess?: 'header' | 'box' | 'sync' | undefined;
}

/** Bytes from the start of a file that {@link fileTypeOf} needs, without an ID3 tag. */
export const HEAD_BYTES = 1024;

interface Signature extends FileType {
  /** Tested against the first {@link HEAD_BYTES}, one character for each byte. */
  readonly pattern: Pick<RegExp, 'test'>;
  /** Reads more from a file of this type. */
  readonly details?: (head: Buffer) => Partial<FileType>;
}

/** Text files may begin with a byte order mark and white space; XML also with declarations and comments. */
const START = /^(?:\xef\xbb\xbf)?\s*/.source;
const XML = /(?:<(?:\?|!)[^>]*>\s*)*/.source;

/** Matches these first bytes, given in hexadecimal. */
function bytes(hex: string): Pick<RegExp, 'test'> {
  const prefix = Buffer.from(hex, 'hex').toString('latin1');
  return { test: (characters) => characters.startsWith(prefix) };
}

/** The key of the header partition, which other bytes may precede. Source: SMPTE ST 377-1. */
const MXF_KEY = Buffer.from('060e2b34020501010d010201010200', 'hex').subarray(0, 14).toString('latin1');
const MXF_PARTITION: Pick<RegExp, 'test'> = { test: (characters) => characters.includes(MXF_KEY) };

/** Every file type that this package distinguishes. The first match counts. */
const SIGNATURES: readonly Signature[] = [
  { kind: 'media', name: 'WAV', pattern: /^(?:RIFF|RF64|BW64).{4}WAVE/s, details: wavDetails },
  { kind: 'media', name: 'Ogg', pattern: /^OggS.{24}/s, isTimed: true, details: oggDetails },
  { kind: 'media', name: 'AMR-NB', pattern: /^#!AMR\n/, format: 'amr', sampleRate: 8000, channels: 1 },
  { kind: 'media', name: 'AMR-WB', pattern: /^#!AMR-WB\n/, sampleRate: 16_000 },
  { kind: 'media', name: 'multi-channel AMR', pattern: /^#!AMR/ },
  // A tag before the audio may be longer than the bytes that are read: then rate and channels stay unknown.
  { kind: 'media', name: 'MP3', pattern: /^ID3/, format: 'mp3' },
  { kind: 'media', name: 'FLAC', pattern: /^fLaC/, isTimed: true },
  { kind: 'picture', name: 'HEIF or AVIF', pattern: /^.{4}ftyp(?:hei|hev|mif|msf|avi)/s },
  { kind: 'media', name: 'MP4 or M4A', pattern: /^.{4}ftyp/s, needsSeeking: true, isTimed: true },
  { kind: 'media', name: 'WebM or Matroska', pattern: bytes('1a45dfa3'), isTimed: true },
  { kind: 'media', name: 'AIFF', pattern: /^FORM.{4}AIF[FC]/s, needsSeeking: true },
  { kind: 'media', name: 'CAF', pattern: /^caff/, needsSeeking: true },
  { kind: 'media', name: 'AVI', pattern: /^RIFF.{4}AVI/s, needsSeeking: true, isTimed: true },
  { kind: 'media', name: 'AU', pattern: /^\.snd/ },
  { kind: 'media', name: 'Windows Media', pattern: bytes('3026b2758e66cf11'), isTimed: true },
  { kind: 'media', name: 'Flash Video', pattern: bytes('464c5601'), isTimed: true },
  {
    kind: 'media',
    name: 'MPEG program stream',
    pattern: bytes('000001ba'),
    isTimed: true,
    findsTracksLate: true,
  },
  {
    kind: 'media',
    name: 'MXF',
    pattern: MXF_PARTITION,
    isTimed: true,
  },
  { kind: 'media', name: 'WavPack', pattern: /^wvpk/, isTimed: true },
  { kind: 'media', name: 'W64', pattern: bytes('726966662e91cf11') },
  { kind: 'media', name: 'VOC', pattern: /^Creative Voice File[^ -~]/ },
  { kind: 'media', name: 'TTA', pattern: /^TTA[12]/ },
  { kind: 'media', name: "Monkey's Audio", pattern: /^MAC .[^ -~]/s },
  ...UNSUPPORTED_TYPES.map(([name, pattern]): Signature => ({ kind: 'unsupported', name, pattern })),

  { kind: 'playlist', name: 'M3U playlist', pattern: new RegExp(`${START}#EXTM3U`, 'i') },
  { kind: 'playlist', name: 'FFmpeg concat script', pattern: new RegExp(`${START}ffconcat\\b`) },
  { kind: 'playlist', name: 'PLS playlist', pattern: new RegExp(`${START}\\[playlist\\]`, 'i') },
  { kind: 'playlist', name: 'DASH manifest', pattern: new RegExp(`${START}${XML}<MPD\\b`) },
  { kind: 'playlist', name: 'SDP session', pattern: /^v=0\r?\no=/ },
  { kind: 'playlist', name: 'QuickTime reference', pattern: /^RTSPtext/i },
  { kind: 'playlist', name: 'Windows Media reference', pattern: new RegExp(`${START}\\[Reference\\]`, 'i') },
  { kind: 'playlist', name: 'SMIL presentation', pattern: new RegExp(`${START}${XML}<smil\\b`, 'i') },
  { kind: 'playlist', name: 'ASX playlist', pattern: new RegExp(`${START}${XML}<ASX\\b`, 'i') },
  { kind: 'playlist', name: 'XSPF playlist', pattern: new RegExp(`${START}${XML}<playlist\\b`, 'i') },

  // The boxes that an MP4 or QuickTime file may begin with when it has no `ftyp`.
  {
    kind: 'media',
    name: 'MP4 or QuickTime',
    pattern: /^.{4}(?:moov|mdat|free|skip|wide|pnot|uuid|styp|moof)/s,
    needsSeeking: true,
    isTimed: true,
    guess: 'box',
  },
];

const TRANSPORT_STREAM: FileType = {
  kind: 'media',
  name: 'MPEG transport stream',
  isTimed: true,
  findsTracksLate: true,
  guess: 'sync',
};

/**
 * Identifies a file by its first bytes. Undefined for raw PCM, which has no header, and for unknown types. What the
 * service accepts inside a container is from the official Python SDK page (Opus and Speex in Ogg, PCM in WAV, AMR
 * narrow band only).
 * @param head The first {@link HEAD_BYTES} of the file, or all of a shorter one.
 */
export function fileTypeOf(head: Buffer): FileType | undefined {
  const characters = head.toString('latin1', 0, HEAD_BYTES);
  const found = SIGNATURES.find(({ pattern }) => pattern.test(characters));
  if (!found) return isTransportStream(head) ? TRANSPORT_STREAM : mpegAudioType(head);
  const { pattern: _pattern, details, ...type } = found;
  return { ...type, ...details?.(head) };
}

function wavDetails(head: Buffer): Partial<FileType> {
  const format = wavFormat(head);
  if (!format) return { format: 'wav' };
  const { isPcm16, channels, sampleRate } = format;
  const isAccepted = isPcm16 && head.toString('latin1', 0, 4) === 'RIFF';
  return {
    ...(!isPcm16 && { name: 'WAV without 16-bit PCM' }),
    format: isAccepted ? 'wav' : undefined,
    channels,
    sampleRate,
  };
}

function oggDetails(head: Buffer): Partial<FileType> {
  if (!isOgg(head)) return {};
  const packet = firstOggPacket(head);
  const isCodec = (name: string, at = 0): boolean => packet.toString('latin1', at, at + name.length) === name;
  if (isCodec('OpusHead')) return { name: 'Opus in Ogg', format: 'opus', channels: packet[9] };
  if (isCodec('Speex   ') && packet.length >= 52) {
    return {
      name: 'Speex in Ogg',
      format: 'speex',
      sampleRate: packet.readUInt32LE(36),
      channels: packet.readUInt32LE(48),
    };
  }
  return isCodec('vorbis', 1) ? { name: 'Vorbis in Ogg' } : {};
}

function mpegAudioType(head: Buffer): FileType | undefined {
  const header = mpegAudioHeader(head);
  if (!header) return undefined;
  const { codec, sampleRate, channels } = header;
  const type = { kind: 'media', sampleRate, channels, guess: 'header' } as const;
  if (codec === 'mp2') return { ...type, name: 'MP2' };
  return { ...type, name: codec === 'aac' ? 'AAC (ADTS)' : 'MP3', format: codec };
}
