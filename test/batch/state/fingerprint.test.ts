import { appendFile, copyFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fingerprint } from '../../../lib/batch/state/fingerprint.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

it('changes when a file is written, replaced or restored, and not otherwise', async () => {
  const path = join(await temporaryFolder(), 'talk.mp3');
  await writeFile(path, 'audio');
  const prints = [await fingerprint(path)];
  expect(await fingerprint(path)).toBe(prints[0]);
  await appendFile(path, '!');
  prints.push(await fingerprint(path));
  await utimes(path, 1, 1);
  prints.push(await fingerprint(path));
  await copyFile(path, `${path}2`);
  await rename(`${path}2`, path);
  await utimes(path, 1, 1);
  prints.push(await fingerprint(path));
  expect(new Set(prints).size).toBe(4);
});

it('fails for a file that does not exist', async () => {
  await expect(fingerprint('/nowhere/talk.mp3')).rejects.toMatchObject({ code: 'E_READ' });
});
