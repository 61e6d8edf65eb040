import { FunAsrError } from '../../core/errors.ts';
import { OPUS_RATE, opusPacketSamples } from '../../media/containers/opus.ts';
import type { PacketGroup, TimedPacket } from './ogg-opus-reader.ts';

/** A step of the times of pages of at least this size is not followed: 10 minutes. */
const MAX_GAP_SAMPLES = 600 * OPUS_RATE;
/** A step back by more than this is a new beginning of the times: 0.1 s. The last page may end within its last packet. */
const MAX_BACK_SAMPLES = 0.1 * OPUS_RATE;
/** The two bits of the first byte of a packet that state how many frames it has. 0 is one. */
const FRAME_COUNT_BITS = 3;

/**
 * Compares the times that pages state with the packets that arrived. Packets that were lost are replaced by packets
 * without data, for which a decoder gives silence or a fading sound of the same duration, so that all times stay right.
 * Samples are those of 48 kHz.
 */
export class GranuleClock {
  /** The time that pages state, less the samples up to there. */
  #offset = 0;
  #samples = 0;
  #statedEnd = 0;
  #lostSamples = 0;
  #gaps = 0;
  #longest = { at: 0, samples: 0 };
  #ignored = 0;

  /** Samples up to the end that the last page states, which may lie within its last packet. */
  get statedEnd(): number {
    return this.#statedEnd;
  }

  /** Takes the packets of the next page. @returns Packets in place of those that were lost before them. */
  lostBefore({ packets, granule, isFirst }: PacketGroup): TimedPacket[] {
    const samples = packets.reduce((sum, packet) => sum + packet.samples, 0);
    // A stream may begin late, as a part of a longer one does.
    if (isFirst) this.#offset = Math.max(0, granule - samples) - this.#samples;
    const gap = granule - this.#offset - this.#samples - samples;
    if (gap >= MAX_GAP_SAMPLES || gap < -MAX_BACK_SAMPLES) this.#offset += gap;
    if (gap >= MAX_GAP_SAMPLES) this.#ignored += 1;
    const lost = gap < MAX_GAP_SAMPLES ? emptyPackets(gap, packets[0]) : [];
    this.#noteLoss(lost);
    this.#samples += samples;
    this.#statedEnd = granule - this.#offset;
    return lost;
  }

  /** What was lost so far. */
  get warnings(): FunAsrError[] {
    const warnings: FunAsrError[] = [];
    const { at, samples } = this.#longest;
    if (this.#gaps > 0) {
      const message = `the audio has ${this.#gaps} gaps of ${seconds(this.#lostSamples)} in all, the longest of ${seconds(samples)} at ${seconds(at)}; filled with silence, so that all times are right`;
      const span = { beginMs: toMs(at), endMs: toMs(at + samples) };
      warnings.push(new FunAsrError('W_CLOCK', message, { span }));
    }
    if (this.#ignored > 0) {
      const message = `the times of the audio have ${this.#ignored} steps of 10 minutes or more, which are not filled with silence`;
      warnings.push(new FunAsrError('W_CLOCK', message));
    }
    return warnings;
  }

  #noteLoss(lost: readonly TimedPacket[]): void {
    if (lost.length === 0) return;
    const samples = lost.reduce((sum, packet) => sum + packet.samples, 0);
    if (samples > this.#longest.samples) this.#longest = { at: this.#samples, samples };
    this.#gaps += 1;
    this.#lostSamples += samples;
    this.#samples += samples;
  }
}

/** As many packets of one frame without data as fit into a gap, in the configuration of a packet. */
function emptyPackets(gap: number, like: TimedPacket | undefined): TimedPacket[] {
  if (!like || gap <= 0) return [];
  const bytes = Buffer.from([(like.bytes[0] ?? 0) & ~FRAME_COUNT_BITS]);
  const samples = opusPacketSamples(bytes) ?? gap + 1;
  return Array.from({ length: Math.floor(gap / samples) }, () => ({ bytes, samples }));
}

function toMs(samples: number): number {
  return Math.round((samples * 1000) / OPUS_RATE);
}

function seconds(samples: number): string {
  return `${(samples / OPUS_RATE).toFixed(2)} s`;
}
