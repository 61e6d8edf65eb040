import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/ffmpeg.ts';
import { readHeader } from '../../../lib/audio/ffmpeg/read-header.ts';

test('a file is described', async () => {
  const { path } = await findFfmpeg();
  const { media } = await readHeader(path, { kind: 'file', path: 'fixtures/amiable.m4a' }, {});
  expect(media).toMatchObject({
    container: 'mp4',
    tracks: [{ codec: 'aac', sampleRate: 16_000, channels: 1 }],
  });
});

test('the beginning of a stream is enough', async () => {
  const { path } = await findFfmpeg();
  const head = (await readFile('fixtures/inaugural.webm')).subarray(0, 4096);
  const { media } = await readHeader(
    path,
    { kind: 'bytes' },
    { feed: async (stdin) => void stdin.end(head) },
  );
  expect(media).toMatchObject({ container: 'matroska', tracks: [{ codec: 'opus', channels: 2 }] });
});

test('letters are not described, and that is no failure here', async () => {
  const { path } = await findFfmpeg();
  const log = await readHeader(path, { kind: 'file', path: 'README.md' }, {});
  expect([log.media, log.complaints.length > 0]).toEqual([undefined, true]);
});
