import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { pathInRealFolder, realFolder } from '../../../lib/batch/state/real-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function linked() {
  const root = await temporaryFolder();
  await mkdir(join(root, 'talks'));
  await symlink(join(root, 'talks'), join(root, 'link'));
  return root;
}

it('returns one path for a folder through all links', async () => {
  const root = await linked();
  const talks = await realpath(join(root, 'talks'));
  expect(realFolder(join(root, 'link'))).toBe(talks);
  expect(realFolder(join(root, 'talks', '..', 'link', '.'))).toBe(talks);
  expect(realFolder(relative(process.cwd(), join(root, 'link')))).toBe(talks);
});

it('returns the future path of a folder that does not exist', async () => {
  const root = await linked();
  expect(realFolder(join(root, 'link', 'new', 'newer'))).toBe(join(root, 'talks', 'new', 'newer'));
  expect(realFolder('/nowhere/at/all')).toBe('/nowhere/at/all');
});

it('does not follow a link to a file', async () => {
  const root = await linked();
  await symlink(join(root, 'talks', 'a.mp3'), join(root, 'talks', 'b.mp3'));
  expect(pathInRealFolder(join(root, 'link', 'b.mp3'))).toBe(join(root, 'talks', 'b.mp3'));
});
