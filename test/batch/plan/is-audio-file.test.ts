import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isAudioFile } from '../../../lib/batch/plan/is-audio-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FIXTURES = new URL('../../../fixtures/', import.meta.url).pathname;

it('recognises real recordings by their content when their names have no extension', async () => {
  const folder = await temporaryFolder();
  const recordings = (await readdir(FIXTURES)).filter((name) => /\.(m4a|flac|ogg|mp3|webm|wav)$/.test(name));
  const unknown: string[] = [];
  for (const [index, name] of recordings.entries()) {
    const path = join(folder, String(index));
    await copyFile(join(FIXTURES, name), path);
    if (!(await isAudioFile(path))) unknown.push(name);
  }
  expect(recordings.length).toBeGreaterThan(5);
  expect(unknown).toEqual([]);
});

it('recognises a recording by its extension alone', async () => {
  expect(await isAudioFile('/nowhere/talk.M4A')).toBe(true);
});

it.each([
  ['text', 'Some text.'],
  ['nothing', ''],
  ['a JPEG picture', '\xff\xd8\xff\xe0\0\x10JFIF'],
  ['a HEIF picture', '\0\0\0\x18ftypheic'],
  ['text in UTF-16', '\xff\xfeS\0o\0'],
  ['text with the letters of a QuickTime box', 'The wide road'],
  ['a playlist', '#EXTM3U\n'],
])('ignores %s', async (_, content) => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, content, 'latin1');
  expect(await isAudioFile(path)).toBe(false);
});

it('ignores a file that cannot be read', async () => {
  expect(await isAudioFile('/nowhere/file')).toBe(false);
});
