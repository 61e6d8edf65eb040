import {
  centreChannel,
  type ChannelLayout,
  mixWeights,
  speakersOf,
  SPEAKER,
} from '../../media/channel-layout.ts';
import { isLoudMagnitude } from '../../media/loudness.ts';
import { changesLikeSpeech, MIN_WINDOW } from '../../media/speech-dynamics.ts';
import type { ChannelBlock } from './channel-block.ts';

/** Share of the centre in a mix in which other channels have speech too: twice that of FFmpeg's mix. */
const RAISED_CENTRE = 0.6;
/** Factor of the other channels beside the centre when they add no speech: −24 dB. */
const REDUCED_OTHERS = 0.06;

/** The centre counts as active from this many blocks before its sound to as many after it. */
const ACTIVE_BLOCKS = 5;

/** Blocks around the current one, on each side, in which the other channels are examined. */
export const CENTRE_CONTEXT_BLOCKS = 10;

/**
 * Chooses the weights of a layout with a centre channel, such as 5.1, where films have their dialogue. FFmpeg's mix
 * covers it with the music of the other channels. The centre is used almost alone while it has sound and no other
 * channel changes as speech does; it is raised while others do; the usual mix is used while it is silent.
 */
export class CentreWeights {
  readonly #centre: number;
  readonly #others: readonly number[];
  readonly #usual: readonly number[];
  readonly #raised: readonly number[];
  readonly #alone: readonly number[];

  /** @returns Undefined for a layout without a centre. */
  static for(layout: ChannelLayout): CentreWeights | undefined {
    const centre = centreChannel(layout);
    return centre === undefined ? undefined : new CentreWeights(layout, centre);
  }

  private constructor(layout: ChannelLayout, centre: number) {
    const speakers = speakersOf(layout) ?? [];
    const usual = mixWeights(layout);
    const rest = 1 - (usual[centre] ?? 0);
    this.#centre = centre;
    this.#usual = usual;
    this.#others = speakers.flatMap((speaker, channel) =>
      channel === centre || speaker === SPEAKER.lowFrequency ? [] : [channel],
    );
    this.#raised = usual.map((weight, channel) =>
      channel === centre ? RAISED_CENTRE : (weight / rest) * (1 - RAISED_CENTRE),
    );
    this.#alone = usual.map((weight, channel) => (channel === centre ? 1 : weight * REDUCED_OTHERS));
  }

  /** Whether the centre has sound around a block. */
  isActive(blocks: readonly ChannelBlock[], at: number): boolean {
    return blocks
      .slice(Math.max(0, at - ACTIVE_BLOCKS), at + ACTIVE_BLOCKS + 1)
      .some(({ magnitudes }) => isLoudMagnitude(magnitudes[this.#centre] ?? 0));
  }

  /** @param blocks The block and its neighbours. @param at Index of the block among them. */
  weights(blocks: readonly ChannelBlock[], at: number): readonly number[] {
    if (!this.isActive(blocks, at)) return this.#usual;
    const mayHaveSpeech =
      blocks.length < MIN_WINDOW ||
      this.#others.some((channel) =>
        changesLikeSpeech(blocks.map(({ magnitudes }) => magnitudes[channel] ?? 0)),
      );
    return mayHaveSpeech ? this.#raised : this.#alone;
  }
}
