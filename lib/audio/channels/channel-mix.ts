import type { Step } from '../../core/stage.ts';
import { type ChannelLayout, mixWeights } from '../../media/channel-layout.ts';
import { CancellationDetector, SingleChannelReport, type SingleChannelSpan } from './cancellation.ts';
import { CENTRE_CONTEXT_BLOCKS, CentreWeights } from './centre.ts';
import { BLOCK_MS, type ChannelBlock, ChannelMeter } from './channel-block.ts';

/** Options of {@link ChannelMix}. */
export interface ChannelMixOptions extends ChannelLayout {
  /** In Hz. */
  readonly sampleRate: number;
  /** `auto` prefers the centre channel where the layout has one; `off` mixes as FFmpeg does. */
  readonly centre: 'auto' | 'off';
  /** Called with each part in which one channel was used because the mix would lose it. */
  readonly onSingleChannel: (span: SingleChannelSpan) => void;
}

/** A change of the weights is spread over this time, so that it makes no click. */
const FADE_MS = 5;

/**
 * Blocks of interleaved 16-bit audio → blocks of mono, in the memory of the interleaved ones. The channels are judged
 * block by block, so that no part of a recording depends on another one: the mix, or the strongest channel where
 * channels cancel each other out.
 */
export class ChannelMix implements Step<Int16Array, Int16Array> {
  readonly #channels: number;
  readonly #usual: readonly number[];
  readonly #meter: ChannelMeter;
  readonly #detector: CancellationDetector;
  readonly #report: SingleChannelReport;
  readonly #centre: CentreWeights | undefined;
  readonly #isCentreOff: boolean;
  readonly #fadeFrames: number;
  readonly #blocks: ChannelBlock[] = [];
  /** Index of the next block to be mixed in `#blocks`. */
  #at = 0;
  #positionMs = 0;
  #weights: readonly number[];

  constructor({ sampleRate, centre, onSingleChannel, ...layout }: ChannelMixOptions) {
    this.#channels = layout.channels;
    this.#usual = mixWeights(layout);
    this.#weights = this.#usual;
    this.#meter = new ChannelMeter(this.#usual);
    this.#detector = new CancellationDetector(this.#usual);
    this.#report = new SingleChannelReport(onSingleChannel);
    this.#centre = CentreWeights.for(layout);
    this.#isCentreOff = centre === 'off';
    this.#fadeFrames = Math.round((FADE_MS * sampleRate) / 1000);
  }

  *feed(samples: Int16Array): Iterable<Int16Array> {
    this.#blocks.push(this.#meter.measure(samples));
    if (this.#blocks.length > this.#at + this.#lookahead) yield this.#next();
  }

  *end(): Iterable<Int16Array> {
    while (this.#at < this.#blocks.length) yield this.#next();
    this.#report.end();
  }

  get #lookahead(): number {
    return this.#centre ? CENTRE_CONTEXT_BLOCKS : 0;
  }

  #next(): Int16Array {
    const block = this.#blocks[this.#at] as ChannelBlock;
    const weights = this.#weightsOf(block);
    const mono = mix(block, this.#weights, weights, this.#fadeFrames);
    this.#weights = weights;
    this.#positionMs += BLOCK_MS;
    if (this.#at < this.#lookahead) this.#at += 1;
    else this.#blocks.shift();
    return mono;
  }

  #weightsOf(block: ChannelBlock): readonly number[] {
    const centre = this.#centre;
    // Effects in the other channels may cancel each other out; the dialogue in the centre is in the mix.
    const isCentreActive = centre?.isActive(this.#blocks, this.#at) ?? false;
    const single = isCentreActive ? undefined : this.#detector.channelInstead(block);
    this.#report.add(this.#positionMs, single);
    if (single !== undefined) return oneHot(this.#channels, single);
    return centre && !this.#isCentreOff ? centre.weights(this.#blocks, this.#at) : this.#usual;
  }
}

/** Blocks of interleaved 16-bit audio → blocks of one of their channels, counted from 0, in the same memory. */
export class ChannelPick implements Step<Int16Array, Int16Array> {
  readonly #channels: number;
  readonly #channel: number;

  constructor(channels: number, channel: number) {
    this.#channels = channels;
    this.#channel = channel;
  }

  *feed(samples: Int16Array): Iterable<Int16Array> {
    const frames = samples.length / this.#channels;
    for (let at = 0; at < frames; at += 1) samples[at] = samples[at * this.#channels + this.#channel] ?? 0;
    yield samples.subarray(0, frames);
  }

  *end(): Iterable<Int16Array> {}
}

function oneHot(length: number, at: number): number[] {
  return Array.from({ length }, (_, index) => (index === at ? 1 : 0));
}

/**
 * Mixes a block in its own memory, because new memory for each block would cost more than the mix. The weights change
 * from the old to the new ones during the first frames.
 */
function mix(
  { samples, frames }: ChannelBlock,
  from: readonly number[],
  to: readonly number[],
  fadeFrames: number,
): Int16Array {
  const channels = to.length;
  const isConstant = from.every((weight, channel) => weight === to[channel]);
  if (isConstant && channels === 2 && to[0] === 0.5 && to[1] === 0.5) {
    for (let at = 0; at < frames; at += 1)
      samples[at] = ((samples[at * 2] ?? 0) + (samples[at * 2 + 1] ?? 0) + 1) >> 1;
    return samples.subarray(0, frames);
  }
  const faded = isConstant ? 0 : Math.min(fadeFrames, frames);
  for (let at = 0; at < frames; at += 1) {
    const share = at < faded ? at / faded : 1;
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      const weight = (from[channel] ?? 0) * (1 - share) + (to[channel] ?? 0) * share;
      sum += weight * (samples[at * channels + channel] ?? 0);
    }
    samples[at] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return samples.subarray(0, frames);
}
