import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { openInputFile } from '../../../lib/audio/source/input-file.ts';
import { findRecordings } from '../../../lib/batch/plan/find-recordings.ts';
import { withoutRoot } from '../../support/without-root.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function tree(paths: readonly string[]): Promise<string> {
  const root = await temporaryFolder();
  for (const path of paths) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), 'some text');
  }
  return root;
}

const names = (root: string, found: Awaited<ReturnType<typeof findRecordings>>) =>
  found.recordings.map(({ input }) => relative(root, input));

it('finds the audio files of a folder and its sub-folders, sorted by number', async () => {
  const root = await tree([
    'talk10.mp3',
    'talk2.MP3',
    'b/deep/x.webm',
    'notes.txt',
    '.hidden.mp3',
    '.fun-asr/y.mp3',
  ]);
  const found = await findRecordings([root]);
  expect(names(root, found)).toEqual(['b/deep/x.webm', 'talk2.MP3', 'talk10.mp3']);
  expect(found.recordings.map(({ subfolder }) => subfolder)).toEqual(['b/deep', '', '']);
  expect(found.warnings).toEqual([]);
});

it('includes a file that is named, whatever its extension, and even if it does not exist', async () => {
  const root = await tree(['notes.txt']);
  const found = await findRecordings([join(root, 'notes.txt'), join(root, 'gone.mp3')]);
  expect(names(root, found)).toEqual(['notes.txt', 'gone.mp3']);
});

it('includes a URL, which is refused later under its name', async () => {
  const url = 'https://example.com/talk.mp3?x=*';
  expect((await findRecordings([url])).recordings).toEqual([{ input: url, subfolder: '' }]);
});

it('finds the audio files that match a pattern', async () => {
  const root = await tree(['a/one.mp3', 'b/two.mp3', 'b/two.txt']);
  expect(names(root, await findRecordings([`${root}/**/*`]))).toEqual(['a/one.mp3', 'b/two.mp3']);
});

it('includes a file whose name looks like a pattern', async () => {
  const root = await tree(['talk [1].mp3']);
  expect(names(root, await findRecordings([join(root, 'talk [1].mp3')]))).toEqual(['talk [1].mp3']);
});

it('knows standard input by its paths', async () => {
  for (const path of ['/dev/stdin', '/dev/fd/0', '-']) {
    expect((await findRecordings([path])).recordings).toEqual([{ input: '-', subfolder: '' }]);
  }
});

it('includes no recording twice', async () => {
  const root = await tree(['a/one.mp3']);
  const found = await findRecordings([root, join(root, 'a'), join(root, 'a/one.mp3'), '-', '-']);
  expect(names(root, found).length).toBe(2);
});

it('includes no recording twice through two paths of a folder; a link to a file is another recording', async () => {
  const root = await tree(['real/one.mp3']);
  await symlink('real', join(root, 'link'));
  await symlink('one.mp3', join(root, 'real/two.mp3'));
  const found = await findRecordings([join(root, 'link/one.mp3'), join(root, 'real')]);
  expect(names(root, found)).toEqual(['link/one.mp3', 'real/two.mp3']);
});

it('includes a broken link with the name of a recording, which fails later', async () => {
  const root = await tree(['one.mp3']);
  await symlink('gone.mp3', join(root, 'broken.mp3'));
  await symlink('gone.txt', join(root, 'broken.txt'));
  expect(names(root, await findRecordings([root]))).toEqual(['broken.mp3', 'one.mp3']);
});

it('includes a folder that cannot be read, which fails later with the reason', async () => {
  const root = await tree(['one.mp3', 'secret/two.mp3']);
  const secret = join(root, 'secret');
  await chmod(root, 0o755);
  await chmod(secret, 0o000);
  await withoutRoot(async () => {
    expect(names(root, await findRecordings([root]))).toEqual(['one.mp3', 'secret']);
    expect(names(root, await findRecordings([secret]))).toEqual(['secret']);
    await expect(openInputFile(secret)).rejects.toMatchObject({
      code: 'E_READ',
      message: `${secret}: permission denied`,
      hint: expect.stringContaining('owner'),
    });
  });
  await chmod(secret, 0o700);
});

it('follows links to files, and no links to folders', async () => {
  const root = await tree(['a/one.mp3']);
  await symlink(join(root, 'a/one.mp3'), join(root, 'link.mp3'));
  await symlink(root, join(root, 'a/round'));
  expect(names(root, await findRecordings([root]))).toEqual(['a/one.mp3', 'link.mp3']);
});

it('warns about an input without recordings, and fails when there is no other', async () => {
  const root = await tree(['full/one.mp3', 'empty/notes.txt']);
  const found = await findRecordings([join(root, 'full'), join(root, 'empty'), `${root}/*.ogg`]);
  expect(found.warnings.map(({ code, message }) => `${code} ${relative(root, message)}`)).toEqual([
    'W_NOTHING empty: contains no recording',
    'W_NOTHING *.ogg: contains no recording',
  ]);
  await expect(findRecordings([join(root, 'empty')])).rejects.toMatchObject({ code: 'E_NOTHING' });
});
