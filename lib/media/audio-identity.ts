/** What the first bytes of audio say that it is. What they do not say is undefined. */
export interface AudioIdentity {
  /** As a person calls it. */
  readonly name: string;
  /** As which `format` the service takes it; undefined when it takes it as none. */
  readonly format: EncodedFormat | undefined;
  /** In Hz; undefined for Opus too, which has no sample rate of its own. */
  readonly sampleRate?: number | undefined;
  readonly channels?: number | undefined;
  /** Told by a few bits that raw PCM may have by chance. */
  readonly isGuess?: true;
}

/** Encoded audio that the service takes as it is. */
export type EncodedFormat = 'wav' | 'mp3' | 'opus' | 'speex' | 'aac' | 'amr';

/** Bytes that are enough to tell, an ID3 tag in front aside. */
export const IDENTITY_BYTES = 512;

/**
 * Tells what audio is by its first bytes: the official Python SDK page names what each format must be inside
 * (Opus and Speex in Ogg, PCM in WAV, AMR narrow band only). Undefined for raw PCM, and for what is not known.
 */
export function identifyAudio(head: Buffer): AudioIdentity | undefined {
  for (const identify of [identifyWav, identifyOgg, identifyAmr, identifyMpeg, identifyOther]) {
    const identity = identify(head);
    if (identity) return identity;
  }
  return undefined;
}

const PCM = 1;
const EXTENSIBLE = 0xfffe;

function identifyWav(head: Buffer): AudioIdentity | undefined {
  if (!/^(RIFF|RF64|BW64)$/.test(textAt(head, 0, 4)) || textAt(head, 8, 4) !== 'WAVE') return undefined;
  // Other chunks may come first.
  for (let at = 12; at + 24 <= head.length; at += 8 + head.readUInt32LE(at + 4)) {
    if (textAt(head, at, 4) !== 'fmt ') continue;
    const tag = head.readUInt16LE(at + 8);
    const isLong = tag === EXTENSIBLE && at + 34 <= head.length;
    const isPcm = (isLong ? head.readUInt16LE(at + 32) : tag) === PCM && head.readUInt16LE(at + 22) === 16;
    return {
      name: isPcm ? 'WAV' : 'WAV without 16-bit PCM inside',
      format: isPcm && textAt(head, 0, 4) === 'RIFF' ? 'wav' : undefined,
      channels: head.readUInt16LE(at + 10),
      sampleRate: head.readUInt32LE(at + 12),
    };
  }
  return { name: 'WAV', format: 'wav' };
}

function identifyOgg(head: Buffer): AudioIdentity | undefined {
  if (textAt(head, 0, 4) !== 'OggS' || head.length < 28) return undefined;
  const packet = 27 + (head[26] ?? 0);
  if (textAt(head, packet, 8) === 'OpusHead') {
    return { name: 'Opus in Ogg', format: 'opus', channels: head[packet + 9] };
  }
  if (textAt(head, packet, 8) === 'Speex   ' && head.length >= packet + 52) {
    return {
      name: 'Speex in Ogg',
      format: 'speex',
      sampleRate: head.readUInt32LE(packet + 36),
      channels: head.readUInt32LE(packet + 48),
    };
  }
  return { name: textAt(head, packet + 1, 6) === 'vorbis' ? 'Vorbis in Ogg' : 'Ogg', format: undefined };
}

function identifyAmr(head: Buffer): AudioIdentity | undefined {
  if (textAt(head, 0, 6) === '#!AMR\n')
    return { name: 'AMR-NB', format: 'amr', sampleRate: 8000, channels: 1 };
  if (textAt(head, 0, 9) === '#!AMR-WB\n') return { name: 'AMR-WB', format: undefined, sampleRate: 16_000 };
  return textAt(head, 0, 5) === '#!AMR' ? { name: 'multi-channel AMR', format: undefined } : undefined;
}

const AAC_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
/** By MPEG version: 2.5, reserved, 2, 1. */
const MP3_RATES = [[11_025, 12_000, 8000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]];

function identifyMpeg(head: Buffer): AudioIdentity | undefined {
  // A tag in front may be larger than all that is looked at: then it hides rate and channels.
  if (textAt(head, 0, 3) === 'ID3') return { name: 'MP3', format: 'mp3' };
  if (head.length < 4 || head[0] !== 0xff || ((head[1] ?? 0) & 0xe0) !== 0xe0) return undefined;
  const [, second = 0, third = 0, fourth = 0] = head;
  const layer = (second >> 1) & 3;
  if (layer === 0 && (second & 0xf0) === 0xf0) {
    const channels = ((third & 1) << 2) | (fourth >> 6);
    return {
      name: 'AAC (ADTS)',
      format: 'aac',
      sampleRate: AAC_RATES[(third >> 2) & 15],
      channels: channels || undefined,
      isGuess: true,
    };
  }
  const sampleRate = MP3_RATES[(second >> 3) & 3]?.[(third >> 2) & 3];
  if (sampleRate === undefined || third >> 4 === 15) return undefined;
  if (layer !== 1) return { name: 'MPEG audio that is no MP3', format: undefined, isGuess: true };
  return { name: 'MP3', format: 'mp3', sampleRate, channels: fourth >> 6 === 3 ? 1 : 2, isGuess: true };
}

function identifyOther(head: Buffer): AudioIdentity | undefined {
  if (textAt(head, 0, 4) === 'fLaC') return { name: 'FLAC', format: undefined };
  if (textAt(head, 4, 4) === 'ftyp') return { name: 'MP4 or M4A', format: undefined };
  if (head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3)
    return { name: 'WebM or Matroska', format: undefined };
  if (textAt(head, 0, 4) === 'FORM') return { name: 'AIFF', format: undefined };
  if (textAt(head, 0, 4) === 'caff') return { name: 'CAF', format: undefined };
  return undefined;
}

function textAt(head: Buffer, at: number, length: number): string {
  return head.toString('latin1', at, at + length);
}
