import { expect, test } from 'vitest';
import { ChannelMeter } from '../../../lib/audio/channels/channel-block.ts';
import { interleaved } from './blocks.ts';

test('sums the squares of the steps of each channel, and of their mix', () => {
  const meter = new ChannelMeter([0.5, 0.5]);
  const { frames, energies, mixEnergy } = meter.measure(Int16Array.of(1, 10, 3, 10, 3, 16));
  expect(frames).toBe(3);
  // Steps from 0: 1, 2, 0 on the left; 10, 0, 6 on the right; 5.5, 1, 3 in the mix.
  expect([...energies]).toEqual([5, 136]);
  expect(mixEnergy).toBeCloseTo(5.5 ** 2 + 1 + 9);
});

test('measures steps across the border of two blocks', () => {
  const meter = new ChannelMeter([1]);
  meter.measure(Int16Array.of(100));
  expect([...meter.measure(Int16Array.of(103)).energies]).toEqual([9]);
});

test('measures two channels as it measures any number of them', () => {
  const two = new ChannelMeter([0.3, 0.7]).measure(interleaved([900, -400]));
  const three = new ChannelMeter([0.3, 0.7, 0]).measure(interleaved([900, -400, 0]));
  expect(two.mixEnergy).toBeCloseTo(three.mixEnergy, 0);
  expect([...two.energies, 0]).toEqual([...three.energies]);
});

test('gives the mean magnitude of each channel, by every fourth frame', () => {
  const samples = Int16Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? -1000 - index : 0));
  const { magnitudes } = new ChannelMeter([0.5, 0.5]).measure(samples);
  expect([...magnitudes]).toEqual([1004, 0]);
});
