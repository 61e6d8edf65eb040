import { expect, test } from 'vitest';
import { mixFilter } from '../../../../lib/audio/ffmpeg/arguments/mix-arguments.ts';

test.each([
  ['all channels of the source', {}, undefined],
  ["FFmpeg's own mix of named speakers", { channels: 1 }, undefined],
  ['the equal mix of unnamed channels', { channels: 1, unnamed: 2 }, 'pan=mono|c0=0.5*c0+0.5*c1'],
  [
    'two equal channels of that mix',
    { channels: 2, unnamed: 2 },
    'pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0+0.5*c1',
  ],
  ['more channels than a mix has', { channels: 3, unnamed: 4 }, undefined],
])('gives the filter for %s', (_, command, filter) => {
  expect(mixFilter(command)).toBe(filter);
});
