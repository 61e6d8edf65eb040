/** A frame header of MPEG audio. */
export interface MpegAudioHeader {
  readonly codec: 'mp3' | 'mp2' | 'aac';
  /** In Hz; undefined when the header contains a reserved value. */
  readonly sampleRate: number | undefined;
  /** Undefined when the stream itself defines the layout (AAC). */
  readonly channels: number | undefined;
}

/** By sampling frequency index. Source: ISO/IEC 13818-7. */
const AAC_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
/** By MPEG version: 2.5, reserved, 2, 1. Source: ISO/IEC 11172-3 and 13818-3. */
const RATES = [[11_025, 12_000, 8000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]];

const LAYER_III = 1;
const LAYER_II = 2;

/**
 * Reads the frame header of MP3, MP2 or AAC (ADTS) at the start of some bytes. Raw PCM may begin with the same
 * bits by chance. Layer I is excluded: no such files exist, and its first bytes are those of text in UTF-16.
 */
export function mpegAudioHeader(head: Buffer): MpegAudioHeader | undefined {
  if (head.length < 4 || head[0] !== 0xff || ((head[1] ?? 0) & 0xe0) !== 0xe0) return undefined;
  const [, second = 0, third = 0, fourth = 0] = head;
  const layer = (second >> 1) & 3;
  if (layer === 0 && (second & 0xf0) === 0xf0) {
    const channels = ((third & 1) << 2) | (fourth >> 6);
    return { codec: 'aac', sampleRate: AAC_RATES[(third >> 2) & 15], channels: channels || undefined };
  }
  const sampleRate = RATES[(second >> 3) & 3]?.[(third >> 2) & 3];
  const isValid =
    (layer === LAYER_III || layer === LAYER_II) && sampleRate !== undefined && third >> 4 !== 15;
  if (!isValid) return undefined;
  return { codec: layer === LAYER_III ? 'mp3' : 'mp2', sampleRate, channels: fourth >> 6 === 3 ? 1 : 2 };
}
