import { expect, test } from 'vitest';
import {
  loudestInsteadOfMix,
  measureLevels,
  parseLevels,
} from '../../../lib/audio/ffmpeg/loudest-channel.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/ffmpeg.ts';
import { sample, scratch } from '../samples.ts';

test.each([
  [{ channels: [-20, -21], mix: -Infinity }, 0],
  [{ channels: [-25, -20], mix: -90 }, 1],
  [{ channels: [-20, -21], mix: -22 }, undefined],
  [{ channels: [-60, -60], mix: -Infinity }, undefined],
  [{ channels: [-50, -50], mix: -56 }, undefined],
  [{ channels: [-Infinity, -Infinity], mix: -Infinity }, undefined],
])('%o → channel %s', (levels, expected) => {
  expect(loudestInsteadOfMix(levels)).toBe(expected);
});

test('channels and mix are told apart in the report, whichever comes first', () => {
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

test('a single channel has nothing to be compared with', () => {
  expect(
    parseLevels(['Channel: 1', 'RMS level dB: -20', 'Overall', 'Channel: 1', 'RMS level dB: -20']),
  ).toBeUndefined();
});

test('FFmpeg measures a recording whose channels cancel each other out', async () => {
  const path = await sample(await scratch(), 'anti-phase.wav', '-af pan=stereo|c0=c0|c1=-1*c0');
  const { path: program } = await findFfmpeg();
  const levels = await measureLevels(program, { kind: 'file', path }, {});
  expect(levels?.channels).toHaveLength(2);
  expect(levels?.channels[0]).toBeCloseTo(levels?.channels[1] ?? 0, 1);
  expect(levels?.mix).toBeLessThan(-80);
});
