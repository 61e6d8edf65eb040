import { appendFile, copyFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileStamp } from '../../../../lib/batch/state/content/file-stamp.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

it('changes when a file is written, replaced or restored, and not otherwise', async () => {
  const path = join(await temporaryFolder(), 'talk.mp3');
  await writeFile(path, 'audio');
  const prints = [await fileStamp(path)];
  expect(await fileStamp(path)).toBe(prints[0]);
  await appendFile(path, '!');
  prints.push(await fileStamp(path));
  await utimes(path, 1, 1);
  prints.push(await fileStamp(path));
  await copyFile(path, `${path}2`);
  await rename(`${path}2`, path);
  await utimes(path, 1, 1);
  prints.push(await fileStamp(path));
  expect(new Set(prints).size).toBe(4);
});

it('fails for a file that does not exist', async () => {
  await expect(fileStamp('/nowhere/talk.mp3')).rejects.toMatchObject({ code: 'E_READ' });
});
