import { mkdir, readdir, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { pullModel } from '../../../lib/engines/models/model-pull.ts';
import { removeModel } from '../../../lib/engines/models/model-store.ts';
import { makeStaging, removeAbandoned } from '../../../lib/engines/models/staging.ts';
import { startZombie } from '../../support/zombie.ts';
import { temporaryFolder, useRegistry } from './registry.ts';

/** No process has this id: Linux uses ids below 2^22, other systems below 2^17. */
const NOBODY = 2 ** 22 + 1;
const HOST = encodeURIComponent(hostname());
const KILLED = `.pull-${HOST}-${NOBODY}-a1b2c3`;

async function models(cacheDir: string, ...names: string[]): Promise<string> {
  const folder = join(cacheDir, 'fun-asr-streams', 'models');
  for (const name of ['', ...names]) await mkdir(join(folder, name), { recursive: true });
  return folder;
}

test('removes the folder of a killed download, and keeps one that is in use', async () => {
  const folder = await models(await temporaryFolder(), KILLED, 'some-model', '.pull-elsewhere-1-a1b2c3');
  const ours = basename(await makeStaging(folder));
  await removeAbandoned(folder);
  expect((await readdir(folder)).toSorted()).toEqual(
    [ours, '.pull-elsewhere-1-a1b2c3', 'some-model'].toSorted(),
  );
});

test.runIf(process.platform === 'linux')(
  'removes the folder of a killed download that is a zombie',
  async () => {
    const folder = await models(await temporaryFolder(), `.pull-${HOST}-${await startZombie()}-a1b2c3`);
    await removeAbandoned(folder);
    expect(await readdir(folder)).toEqual([]);
  },
);

test('removes the folder of another machine after a day', async () => {
  const folder = await models(await temporaryFolder(), '.pull-elsewhere-1-a1b2c3', '.pull-a1b2c3');
  const longAgo = new Date(Date.now() - 25 * 3600 * 1000);
  for (const name of await readdir(folder)) await utimes(join(folder, name), longAgo, longAgo);
  await removeAbandoned(folder);
  expect(await readdir(folder)).toEqual([]);
});

test('removes such folders before the next download and with a model', async () => {
  useRegistry('http://127.0.0.1:9/');
  const cacheDir = await temporaryFolder();
  const folder = await models(cacheDir, KILLED);
  await expect(pullModel('moonshine-tiny', { cacheDir })).rejects.toThrow('moonshine-tiny');
  expect(await readdir(folder)).toEqual([]);
  await models(cacheDir, KILLED);
  await removeModel('moonshine-tiny', { cacheDir });
  expect(await readdir(folder)).toEqual([]);
});
