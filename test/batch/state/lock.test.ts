import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockFolder } from '../../../lib/batch/state/lock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startZombie } from '../../support/zombie.ts';

/** No process has this number: Linux gives out fewer than 2^22, the others fewer than 2^17. */
const NOBODY = 2 ** 22 + 1;

const holder = (fields: object) =>
  JSON.stringify({ pid: process.pid, host: hostname(), started: '', ...fields });

it('a lock keeps others out until it is given back', async () => {
  const folder = await temporaryFolder();
  const release = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject({
    code: 'E_LOCKED',
    message: `${folder}: another run is at work here: process ${process.pid} on ${hostname()}`,
  });
  await release();
  await (await lockFolder(folder))();
  expect(await readdir(folder)).toEqual([]);
});

it('of many who want it at once, one gets it', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), holder({ pid: NOBODY }));
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  expect(tries.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  expect(await readdir(folder)).toEqual(['lock']);
});

it('the lock of a process that is gone is taken over', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), holder({ pid: NOBODY }));
  await lockFolder(folder);
  expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
});

it('so is one whose number belongs to another process by now', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), holder({ started: '1' }));
  const outcome = await lockFolder(folder).then(
    () => 'taken over',
    () => 'locked',
  );
  // Only Linux tells when a process was started; elsewhere the number alone must do.
  expect(outcome).toBe(process.platform === 'linux' ? 'taken over' : 'locked');
});

it.runIf(process.platform === 'linux')('takes over the lock of a process that is a zombie', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), holder({ pid: await startZombie() }));
  await lockFolder(folder);
  expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
});

it('nothing can be said about a process of another machine', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), holder({ pid: NOBODY, host: 'elsewhere' }));
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'E_LOCKED' });
});

it('what a run has left aside that was killed while it took over a lock is cleared away', async () => {
  const folder = await temporaryFolder();
  for (const name of ['lock-young', 'lock-old']) await writeFile(join(folder, name), holder({ pid: NOBODY }));
  await utimes(join(folder, 'lock-old'), new Date(), new Date(Date.now() - 60_000));
  await lockFolder(folder);
  expect(await readdir(folder)).toEqual(['lock', 'lock-young']);
});

it('a lock without a name counts while it is young', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'lock');
  await writeFile(path, '');
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'E_LOCKED' });
  await utimes(path, new Date(), new Date(Date.now() - 60_000));
  await expect(lockFolder(folder)).resolves.toBeTypeOf('function');
});

it('a lock that cannot be read says so, and which file is in the way, until it is old', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'lock');
  await writeFile(path, 'garbage');
  await expect(lockFolder(folder)).rejects.toMatchObject({
    code: 'E_LOCKED',
    message: `${folder}: its lock cannot be read: it names no process`,
    hint: `If no other run is at work here, delete ${path}.`,
  });
  await utimes(path, new Date(), new Date(Date.now() - 60_000));
  await expect(lockFolder(folder)).resolves.toBeTypeOf('function');
});

it('so does something that is no file at all', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'lock'));
  await expect(lockFolder(folder)).rejects.toMatchObject({
    code: 'E_LOCKED',
    message: expect.stringContaining('its lock cannot be read'),
  });
});
