import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../../../lib/core/system/make-folder.ts';

async function emptyFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'make-folder-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

it('creates a folder with those above it, and returns the topmost of them', async () => {
  const root = await emptyFolder();
  expect(await makeFolder(join(root, 'a', 'b', 'c'))).toBe(join(root, 'a'));
  expect(await makeFolder(join(root, 'a', 'b', 'd'))).toBe(join(root, 'a', 'b', 'd'));
  expect((await stat(join(root, 'a', 'b', 'c'))).isDirectory()).toBe(true);
});

it('accepts a folder that exists, also through a link', async () => {
  const root = await emptyFolder();
  await mkdir(join(root, 'folder'));
  await symlink(join(root, 'folder'), join(root, 'link'));
  expect(await makeFolder(root)).toBeUndefined();
  expect(await makeFolder(join(root, 'link'))).toBeUndefined();
  expect(await makeFolder('/')).toBeUndefined();
});

it('creates the same folder for several callers at the same time', async () => {
  const root = await emptyFolder();
  const path = join(root, 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
  expect((await stat(path)).isDirectory()).toBe(true);
});

it('fails below a file', async () => {
  const file = join(await emptyFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(file, 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(process.platform === 'linux')(
  'fails where the system reports that a folder above does not exist, although it does',
  async () => {
    await expect(makeFolder('/proc/x/y/z')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
