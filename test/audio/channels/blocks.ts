import { BLOCK_MS, type ChannelBlock, ChannelMeter } from '../../../lib/audio/channels/channel-block.ts';

/** Frames of one block at 16 kHz. */
export const BLOCK_FRAMES = 16 * BLOCK_MS;

/** A tone of a whole number of periods for each block, by its amplitude in each channel. */
export function interleaved(amplitudes: readonly number[], hz = 500): Int16Array {
  return Int16Array.from({ length: BLOCK_FRAMES * amplitudes.length }, (_, index) => {
    const frame = Math.floor(index / amplitudes.length);
    const amplitude = amplitudes[index % amplitudes.length] ?? 0;
    return Math.round(amplitude * Math.sin((2 * Math.PI * hz * frame) / 16_000));
  });
}

/** A block of that tone, measured for a mix with these weights. */
export function block(
  amplitudes: readonly number[],
  weights: readonly number[] = amplitudes.map(() => 1 / amplitudes.length),
): ChannelBlock {
  return new ChannelMeter(weights).measure(interleaved(amplitudes));
}
