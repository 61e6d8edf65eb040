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
