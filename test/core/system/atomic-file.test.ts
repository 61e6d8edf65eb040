import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AtomicFile } from '../../../lib/core/system/atomic-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

it('replaces the file of its name when it is placed, and not before', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'talk.mp3');
  await writeFile(path, 'before');
  const file = await AtomicFile.create(path);
  await writeFile(file.path, 'after');
  const state = await file.complete();
  expect(await readFile(path, 'utf8')).toBe('before');
  await file.place();
  expect(await readFile(path, 'utf8')).toBe('after');
  const { size, mtimeMs } = await stat(path);
  expect(state).toEqual({ size, mtimeMs });
  expect(await readdir(folder)).toEqual(['talk.mp3']);
});

it('is a hidden file beside its final path, or at the temporary path of the options', async () => {
  const folder = await temporaryFolder();
  const [beside, elsewhere] = [join(folder, 'a'), join(folder, 'state', 'own.part')];
  await mkdir(join(folder, 'state'));
  expect((await AtomicFile.create(beside)).path).toMatch(/\/\.[\da-f-]{36}\.part$/);
  const file = await AtomicFile.create(join(folder, 'b'), elsewhere);
  expect(await readdir(join(folder, 'state'))).toEqual(['own.part']);
  await file.complete();
  await file.place(join(folder, 'c'));
  expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual(['c', 'state']);
});

it('leaves nothing when it is discarded, and stays when it was placed', async () => {
  const folder = await temporaryFolder();
  const file = await AtomicFile.create(join(folder, 'talk.mp3'));
  await file.discard();
  await file.discard();
  expect(await readdir(folder)).toEqual([]);
  const placed = await AtomicFile.create(join(folder, 'talk.mp3'));
  await placed.place();
  await placed.discard();
  expect(await readdir(folder)).toEqual(['talk.mp3']);
});

it('names its final path in each failure', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'talk.srt');
  const failure = { code: 'E_WRITE', message: expect.stringContaining(`${path}: cannot be written`) };
  const create = () => AtomicFile.create(path, join(folder, 'own.part'));
  const file = await create();
  await expect(create()).rejects.toMatchObject(failure);
  await mkdir(join(path, 'full'), { recursive: true });
  await expect(file.place()).rejects.toMatchObject(failure);
  await rm(join(folder, 'own.part'));
  await expect(file.complete()).rejects.toMatchObject(failure);
  await expect(AtomicFile.create(join(folder, 'gone', 'a'))).rejects.toMatchObject({ code: 'E_WRITE' });
});

it('passes on an error of its work that has a code already', async () => {
  const file = await AtomicFile.create(join(await temporaryFolder(), 'a'));
  const full = Object.assign(new Error('full'), { code: 'EDQUOT' });
  const failing = file.attempt(() => Promise.reject(full));
  await expect(failing).rejects.toMatchObject({ code: 'E_DISK_FULL', cause: full });
});
