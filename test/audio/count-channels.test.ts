import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countChannels } from '../../lib/audio/count-channels.ts';
import { ffmpeg, scratch } from './samples.ts';

test('counts the channels of the track that will be decoded', async () => {
  const path = join(await scratch(), 'film.mkv');
  const tone = (layout: string): string[] => ['-f', 'lavfi', '-t', '1', '-i', `anullsrc=cl=${layout}`];
  await ffmpeg(
    ...tone('stereo'),
    ...tone('5.1'),
    ...'-map 0 -map 1 -c:a flac -metadata:s:a:0 language=eng -metadata:s:a:1 language=chi'.split(' '),
    ...'-disposition:a:0 default -disposition:a:1 0'.split(' '),
    path,
  );
  expect(await countChannels(path, {})).toBe(2);
  expect(await countChannels(path, { audioTrack: 2 })).toBe(6);
  expect(await countChannels(path, { audioTrack: 'zh' })).toBe(6);
});

test('fails with the name of a track that does not exist, and of a file without sound', async () => {
  await expect(
    countChannels('fixtures/leisure.wav', { audioTrack: 2, name: 'the call' }),
  ).rejects.toMatchObject({ code: 'E_TRACK', message: expect.stringContaining('the call') });
  await expect(countChannels('README.md', {})).rejects.toMatchObject({ code: 'E_BAD_MEDIA' });
});
