import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openRecording } from '../../../lib/audio/source/recording.ts';
import { scratch, SPEECH } from '../samples.ts';

test('a file keeps the name that it was given, and gets an absolute path', async () => {
  expect(await openRecording(SPEECH)).toEqual({ name: SPEECH, path: resolve(SPEECH), truncation: undefined });
});

test.each([
  'http://example.org/a.mp3',
  'HTTPS://example.org/a.mp3',
  'rtmp://x/y',
  'file:///etc/passwd',
  'concat://a',
])('%s is refused as a URL', async (url) => {
  await expect(openRecording(url)).rejects.toMatchObject({ code: 'E_URL_REFUSED' });
});

test('a missing file, and one below a file, are named', async () => {
  await expect(openRecording('nowhere.mp3')).rejects.toMatchObject({
    code: 'E_READ',
    message: 'nowhere.mp3: there is no such file',
    hint: expect.stringContaining('Check its name'),
  });
  await expect(openRecording(`${SPEECH}/a.mp3`)).rejects.toMatchObject({ code: 'E_READ' });
});

test('a link to nothing, and one to itself, are said to be that', async () => {
  const folder = await scratch();
  for (const [name, target] of Object.entries({ 'broken.mp3': 'gone.mp3', 'round.mp3': 'round.mp3' })) {
    const path = join(folder, name);
    await symlink(target, path);
    await expect(openRecording(path)).rejects.toMatchObject({
      code: 'E_READ',
      message: `${path}: it is a link that leads to no file`,
      hint: expect.stringContaining('link'),
    });
  }
});

test('folders, devices and FIFOs are refused, without waiting for a writer', async () => {
  const folder = await scratch();
  const fifo = join(folder, 'fifo.mp3');
  execFileSync('mkfifo', [fifo]);
  await mkdir(join(folder, 'folder.mp3'));
  for (const path of [fifo, join(folder, 'folder.mp3'), '/dev/zero'])
    await expect(openRecording(path)).rejects.toMatchObject({
      code: 'E_READ',
      message: `${path}: it is not a regular file`,
      hint: expect.stringContaining('pipe the bytes'),
    });
});

test('an empty file is no recording', async () => {
  const path = join(await scratch(), 'empty.wav');
  await writeFile(path, '');
  await expect(openRecording(path)).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
    message: `${path}: the file is empty`,
    hint: expect.stringContaining('again'),
  });
});

test('a playlist is refused whatever its name is', async () => {
  const path = join(await scratch(), 'x.mp3');
  await writeFile(path, '#EXTM3U\n#EXTINF:1,\nother.mp3\n');
  await expect(openRecording(path)).rejects.toMatchObject({ code: 'E_PLAYLIST_REFUSED' });
});
