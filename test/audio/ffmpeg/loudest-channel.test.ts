import { expect, test } from 'vitest';
import { channelInsteadOfMix, parseLevels } from '../../../lib/audio/ffmpeg/loudest-channel.ts';

test.each([
  [{ channels: [-20, -21], mix: -Infinity }, 0],
  [{ channels: [-25, -20], mix: -90 }, 1],
  [{ channels: [-20, -21], mix: -22 }, undefined],
  [{ channels: [-60, -60], mix: -Infinity }, undefined],
  [{ channels: [-50, -50], mix: -56 }, undefined],
  [{ channels: [-Infinity, -Infinity], mix: -Infinity }, undefined],
])('%o: the channel to decode is %s', (levels, expected) => {
  expect(channelInsteadOfMix(levels)).toBe(expected);
});

test('distinguishes channels and mix in the reports, in either order', () => {
  const channels = [
    'Channel: 1',
    'RMS level dB: -20.5',
    'Channel: 2',
    'RMS level dB: -inf',
    'Overall',
    'RMS level dB: -23',
  ];
  const mix = ['Channel: 1', 'RMS level dB: -26.0', 'Overall', 'RMS level dB: -26.0'];
  const levels = { channels: [-20.5, -Infinity], mix: -26 };
  expect(parseLevels([...channels, ...mix])).toEqual(levels);
  expect(parseLevels([...mix, ...channels])).toEqual(levels);
});

test('finds no levels to compare when there is only one channel', () => {
  expect(
    parseLevels(['Channel: 1', 'RMS level dB: -20', 'Overall', 'Channel: 1', 'RMS level dB: -20']),
  ).toBeUndefined();
});
