import type { TimeSpan } from '../../core/errors.ts';
import { BLOCK_MS, type ChannelBlock } from './channel-block.ts';

/** Share of the energy that unrelated channels have in their mix: below it they cancel each other out. */
const CANCELLED_SHARE = 0.4;
/** Above this share they do not; between both the last decision holds. */
const MIXED_SHARE = 0.8;

/** Mean energy of a channel without hum, per sample, below which nothing is decided: −66 dB of full scale. */
const AUDIBLE_ENERGY = 16 ** 2;

/** Another channel replaces the one in use only when it is so many times stronger, because every change is audible. */
const CLEARLY_STRONGER = 2;

/**
 * Finds the blocks in which channels cancel each other out in the mix, as channels of opposite phase do, or in which
 * only a channel that is not mixed has sound. Compares the energy of the mix with the energy that the same channels
 * would have in it if they were unrelated: the weaker mix of a single speaker on one of many channels is no
 * cancellation.
 */
export class CancellationDetector {
  readonly #squares: readonly number[];
  #channel: number | undefined;

  /** @param weights Of each channel in the mix. */
  constructor(weights: readonly number[]) {
    // A channel that is not mixed counts like any other: its sound must not be lost either.
    this.#squares = weights.map((weight) => (weight || 1 / weights.length) ** 2);
  }

  /** The channel to use instead of the mix; undefined when the mix is as good. */
  channelInstead({ energies, mixEnergy, frames }: ChannelBlock): number | undefined {
    let expected = 0;
    let strongest = 0;
    energies.forEach((energy, channel) => {
      expected += energy * (this.#squares[channel] ?? 0);
      if (energy > (energies[strongest] ?? 0)) strongest = channel;
    });
    const loudest = energies[strongest] ?? 0;
    if (loudest < AUDIBLE_ENERGY * frames) return this.#channel;
    if (mixEnergy > expected * MIXED_SHARE) this.#channel = undefined;
    else if (mixEnergy < expected * CANCELLED_SHARE || this.#channel !== undefined) {
      const current = energies[this.#channel ?? strongest] ?? 0;
      if (this.#channel === undefined || loudest > current * CLEARLY_STRONGER) this.#channel = strongest;
    }
    return this.#channel;
  }
}

/** A part of a recording in which one channel was used instead of the mix. */
export interface SingleChannelSpan extends TimeSpan {
  /** Counted from 0; the last one, when it changed. */
  readonly channel: number;
}

/** Spans with less time between them are reported as one. */
const JOINED_MS = 30_000;
/** Less is not reported: stereo effects of music cancel each other out for a moment. */
const MIN_REPORTED_MS = 300;

/** Collects the blocks in which a channel was used instead of the mix, and reports them as spans. */
export class SingleChannelReport {
  readonly #report: (span: SingleChannelSpan) => void;
  #span: SingleChannelSpan | undefined;
  #usedMs = 0;

  constructor(report: (span: SingleChannelSpan) => void) {
    this.#report = report;
  }

  /** @param channel The channel that was used; undefined for the mix. */
  add(beginMs: number, channel: number | undefined): void {
    if (this.#span && beginMs - this.#span.endMs > JOINED_MS) this.end();
    if (channel === undefined) return;
    this.#usedMs += BLOCK_MS;
    this.#span = { beginMs: this.#span?.beginMs ?? beginMs, endMs: beginMs + BLOCK_MS, channel };
  }

  /** Reports the last span. */
  end(): void {
    if (this.#span && this.#usedMs >= MIN_REPORTED_MS) this.#report(this.#span);
    this.#span = undefined;
    this.#usedMs = 0;
  }
}
