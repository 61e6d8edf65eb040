import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UnfinishedFile } from '../../lib/core/unfinished-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function place() {
  const path = await temporaryFolder();
  const statePath = join(path, 'state');
  await mkdir(statePath);
  return { path, statePath };
}

it('a file has its name when it is complete, and not before', async () => {
  const folder = await place();
  await writeFile(join(folder.path, 'talk.mp3'), 'before');
  const file = await UnfinishedFile.create(folder, 'talk.mp3');
  await writeFile(file.path, 'after');
  expect(await readFile(file.finalPath, 'utf8')).toBe('before');
  expect(await file.complete('talk.mp3')).toMatchObject({ name: 'talk.mp3', size: 5 });
  await file.place('talk.mp3');
  expect(await readFile(file.finalPath, 'utf8')).toBe('after');
  expect(await readdir(folder.statePath)).toEqual([]);
});

it('a file that is discarded leaves nothing, also after it was placed', async () => {
  const folder = await place();
  const file = await UnfinishedFile.create(folder, 'talk.mp3');
  await file.discard();
  await file.discard();
  expect(await readdir(folder.path, { recursive: true })).toEqual(['state']);
});

it('a failure names the output, not where it grows', async () => {
  const folder = await place();
  const file = await UnfinishedFile.create(folder, 'talk.mp3');
  await rm(folder.statePath, { recursive: true });
  for (const work of [() => file.complete('talk.mp3'), () => UnfinishedFile.create(folder, 'talk.mp3')]) {
    await expect(work()).rejects.toMatchObject({
      code: 'E_WRITE',
      message: expect.stringContaining(join(folder.path, 'talk.mp3')),
    });
  }
});
