import { OPUS_RATE } from '../../media/containers/opus.ts';

/** A step of at least this size is a new beginning of the timestamps, not a gap: 10 minutes forward. */
const MAX_GAP_SAMPLES = 600 * OPUS_RATE;
/** A packet that is earlier by at most this is late or repeated: 10 s. */
const MAX_LATE_SAMPLES = 10 * OPUS_RATE;

/**
 * Where a packet lies: `gap` samples of 48 kHz after the end of the one before; or it comes too late; or time restarts.
 */
export type PacketPlace =
  | { readonly kind: 'next'; readonly gap: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'restart'; readonly step: number };

/** Places packets in time by their RTP timestamps, which count samples of 48 kHz. */
export class PacketClock {
  /** The timestamp that follows the last packet; undefined before the first timestamp. */
  #next: number | undefined;

  /** @param timestamp Undefined for a packet that directly follows the one before. */
  place(timestamp: number | undefined): PacketPlace {
    if (timestamp === undefined || this.#next === undefined) {
      this.#next ??= timestamp;
      return { kind: 'next', gap: 0 };
    }
    // Timestamps have 32 bits and begin again at 0. Source: RFC 3550, section 5.1.
    const step = (timestamp - this.#next) | 0;
    if (step < 0 && step >= -MAX_LATE_SAMPLES) return { kind: 'late' };
    this.#next = timestamp;
    return step < 0 || step > MAX_GAP_SAMPLES ? { kind: 'restart', step } : { kind: 'next', gap: step };
  }

  /** Counts the samples of a packet, or of silence in its place. */
  advance(samples: number): void {
    if (this.#next !== undefined) this.#next += samples;
  }
}
