/** Opus counts time in samples of this rate, whatever the rate of the audio is, in Hz. Source: RFC 7845, section 4. */
export const OPUS_RATE = 48_000;

/** Maximum duration of a packet: 120 ms. Source: RFC 6716, section 3.2.5. */
const MAX_PACKET_SAMPLES = (OPUS_RATE * 120) / 1000;

/** Durations of a frame by the lowest bits of its configuration, in samples. Source: RFC 6716, table 2. */
const SILK_FRAMES = [480, 960, 1920, 2880];
const HYBRID_FRAMES = [480, 960];
const CELT_FRAMES = [120, 240, 480, 960];

/** Duration of an Opus packet in samples of 48 kHz; undefined for bytes that are not a packet. */
export function opusPacketSamples(packet: Uint8Array): number | undefined {
  const [toc, count = 0] = packet;
  if (toc === undefined) return undefined;
  const samples = frameSamples(toc >> 3) * frameCount(toc & 3, packet.length > 1 ? count : 0);
  return samples > 0 && samples <= MAX_PACKET_SAMPLES ? samples : undefined;
}

function frameSamples(configuration: number): number {
  if (configuration < 12) return SILK_FRAMES[configuration & 3] ?? 0;
  if (configuration < 16) return HYBRID_FRAMES[configuration & 1] ?? 0;
  return CELT_FRAMES[configuration & 3] ?? 0;
}

function frameCount(code: number, countByte: number): number {
  if (code === 0) return 1;
  return code === 3 ? countByte & 0x3f : 2;
}

/** What precedes the packets of Opus in Ogg. */
export interface OpusHead {
  readonly channels: number;
  /** Samples of 48 kHz that a decoder drops at the start. */
  readonly preSkip: number;
  /** The header packet itself. */
  readonly bytes: Buffer;
}

const PRE_SKIP_OFFSET = 10;

/** Reads the header packet `OpusHead`; undefined for any other packet. Source: RFC 7845, section 5.1. */
export function readOpusHead(packet: Buffer): OpusHead | undefined {
  if (packet.length < 19 || packet.toString('latin1', 0, 8) !== 'OpusHead') return undefined;
  return { channels: packet.readUInt8(9), preSkip: packet.readUInt16LE(PRE_SKIP_OFFSET), bytes: packet };
}

/** The header packet with another number of samples to drop. */
export function withPreSkip({ bytes }: OpusHead, preSkip: number): Buffer {
  const packet = Buffer.from(bytes);
  packet.writeUInt16LE(preSkip, PRE_SKIP_OFFSET);
  return packet;
}

/** The second header packet `OpusTags`, without any tag. Source: RFC 7845, section 5.2. */
export function opusTags(vendor: string): Buffer {
  const packet = Buffer.alloc(8 + 4 + vendor.length + 4);
  packet.write('OpusTags', 'latin1');
  packet.writeUInt32LE(vendor.length, 8);
  packet.write(vendor, 12, 'latin1');
  return packet;
}
