import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openInputFile } from '../../../lib/audio/source/input-file.ts';
import { scratch, SPEECH } from '../samples.ts';

test('keeps the name for messages, and makes the path absolute', async () => {
  expect(await openInputFile(SPEECH)).toEqual({
    name: SPEECH,
    input: { kind: 'file', path: resolve(SPEECH) },
    truncation: undefined,
  });
});

test.each([
  'http://example.org/a.mp3',
  'HTTPS://example.org/a.mp3',
  'rtmp://x/y',
  'file:///etc/passwd',
  'concat://a',
])('refuses %s as a URL', async (url) => {
  await expect(openInputFile(url)).rejects.toMatchObject({ code: 'E_URL_REFUSED' });
});

test('names a missing file, and a path below a file', async () => {
  await expect(openInputFile('nowhere.mp3')).rejects.toMatchObject({
    code: 'E_READ',
    message: 'nowhere.mp3: no such file',
    hint: expect.stringContaining('Check the name'),
  });
  await expect(openInputFile(`${SPEECH}/a.mp3`)).rejects.toMatchObject({ code: 'E_READ' });
});

test('names a broken symbolic link, and one to itself', async () => {
  const folder = await scratch();
  for (const [name, target] of Object.entries({ 'broken.mp3': 'gone.mp3', 'round.mp3': 'round.mp3' })) {
    const path = join(folder, name);
    await symlink(target, path);
    await expect(openInputFile(path)).rejects.toMatchObject({
      code: 'E_READ',
      message: `${path}: the symbolic link points to no file`,
      hint: expect.stringContaining('link'),
    });
  }
});

test('refuses folders, devices and FIFOs, without waiting for a writer', async () => {
  const folder = await scratch();
  const fifo = join(folder, 'fifo.mp3');
  execFileSync('mkfifo', [fifo]);
  await mkdir(join(folder, 'folder.mp3'));
  for (const path of [fifo, join(folder, 'folder.mp3'), '/dev/zero'])
    await expect(openInputFile(path)).rejects.toMatchObject({
      code: 'E_READ',
      message: `${path}: not a regular file`,
      hint: expect.stringContaining('pipe the bytes'),
    });
});

test('refuses an empty file', async () => {
  const path = join(await scratch(), 'empty.wav');
  await writeFile(path, '');
  await expect(openInputFile(path)).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
    message: `${path}: the file is empty`,
    hint: expect.stringContaining('again'),
  });
});

test('refuses a playlist whatever its name is', async () => {
  const path = join(await scratch(), 'x.mp3');
  await writeFile(path, '#EXTM3U\n#EXTINF:1,\nother.mp3\n');
  await expect(openInputFile(path)).rejects.toMatchObject({ code: 'E_PLAYLIST_REFUSED' });
});

test.runIf(process.platform === 'linux')('names a file whose name is not UTF-8', async () => {
  const folder = await scratch();
  // In GBK: "meeting".
  await writeFile(
    Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xbb, 0xe1, 0xd2, 0xe9]), Buffer.from('.wav')]),
    '',
  );
  const [name = ''] = await readdir(folder);
  await expect(openInputFile(join(folder, name))).rejects.toMatchObject({
    code: 'E_READ',
    message: expect.stringContaining('its name is not valid UTF-8'),
    hint: expect.stringContaining('Rename'),
  });
});

test.runIf(process.platform === 'linux')('opens the file that a path of this process leads to', async () => {
  const file = await open(SPEECH);
  const path = `/dev/fd/${file.fd}`;
  const opened = await openInputFile(path);
  await file.close();
  expect(opened).toMatchObject({ name: path, input: { path: resolve(SPEECH) } });
});
