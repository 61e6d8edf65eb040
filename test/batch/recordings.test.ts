import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { findRecordings } from '../../lib/batch/recordings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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

it('a folder gives what looks like audio, with its sub-folders, in the order in which people count', async () => {
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

it('a file that is named is taken, whatever it is called and even when it is not there', async () => {
  const root = await tree(['notes.txt']);
  const found = await findRecordings([join(root, 'notes.txt'), join(root, 'gone.mp3')]);
  expect(names(root, found)).toEqual(['notes.txt', 'gone.mp3']);
});

it('a URL is taken as it is, to be refused under its own name', async () => {
  const url = 'https://example.com/talk.mp3?x=*';
  expect((await findRecordings([url])).recordings).toEqual([{ input: url, subfolder: '' }]);
});

it('a pattern gives what it matches of audio', async () => {
  const root = await tree(['a/one.mp3', 'b/two.mp3', 'b/two.txt']);
  expect(names(root, await findRecordings([`${root}/**/*`]))).toEqual(['a/one.mp3', 'b/two.mp3']);
});

it('a file whose name looks like a pattern is a file', async () => {
  const root = await tree(['talk [1].mp3']);
  expect(names(root, await findRecordings([join(root, 'talk [1].mp3')]))).toEqual(['talk [1].mp3']);
});

it('no recording is taken twice', async () => {
  const root = await tree(['a/one.mp3']);
  const found = await findRecordings([root, join(root, 'a'), join(root, 'a/one.mp3'), '-', '-']);
  expect(names(root, found).length).toBe(2);
});

it('links to files are followed, links to folders are not', async () => {
  const root = await tree(['a/one.mp3']);
  await symlink(join(root, 'a/one.mp3'), join(root, 'link.mp3'));
  await symlink(root, join(root, 'a/round'));
  expect(names(root, await findRecordings([root]))).toEqual(['a/one.mp3', 'link.mp3']);
});

it('an input without recordings is a warning beside others, and an error alone', async () => {
  const root = await tree(['full/one.mp3', 'empty/notes.txt']);
  const found = await findRecordings([join(root, 'full'), join(root, 'empty'), `${root}/*.ogg`]);
  expect(found.warnings.map(({ code, message }) => `${code} ${relative(root, message)}`)).toEqual([
    'W_NOTHING empty: there is no recording in it',
    'W_NOTHING *.ogg: there is no recording in it',
  ]);
  await expect(findRecordings([join(root, 'empty')])).rejects.toMatchObject({ code: 'E_NOTHING' });
});
