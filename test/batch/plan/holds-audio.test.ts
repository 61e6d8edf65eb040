import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { holdsAudio } from '../../../lib/batch/plan/holds-audio.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FIXTURES = new URL('../../../fixtures/', import.meta.url).pathname;

it('real recordings are known by their content when nothing is in their name', async () => {
  const folder = await temporaryFolder();
  const recordings = (await readdir(FIXTURES)).filter((name) => /\.(m4a|flac|ogg|mp3|webm|wav)$/.test(name));
  const unknown: string[] = [];
  for (const [index, name] of recordings.entries()) {
    const path = join(folder, String(index));
    await copyFile(join(FIXTURES, name), path);
    if (!(await holdsAudio(path))) unknown.push(name);
  }
  expect(recordings.length).toBeGreaterThan(5);
  expect(unknown).toEqual([]);
});

it('an extension is enough', async () => {
  expect(await holdsAudio('/nowhere/talk.M4A')).toBe(true);
});

it.each([
  ['text', 'Some text.'],
  ['nothing', ''],
  ['a JPEG picture', '\xff\xd8\xff\xe0\0\x10JFIF'],
  ['a HEIF picture', '\0\0\0\x18ftypheic'],
  ['text in UTF-16', '\xff\xfeS\0o\0'],
])('%s is no recording', async (_, content) => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, content, 'latin1');
  expect(await holdsAudio(path)).toBe(false);
});

it('what cannot be read is none', async () => {
  expect(await holdsAudio('/nowhere/file')).toBe(false);
});
