import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../../../lib/batch/state/locks/lock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { startZombie } from '../../../support/zombie.ts';

/** No process has this id: the greatest is below 2^22 on Linux, and below 2^17 elsewhere. */
const NO_PROCESS = 2 ** 22 + 1;

const holder = (fields: object) =>
  JSON.stringify({ pid: process.pid, host: hostname(), started: '', ...fields });

describe('a lock', () => {
  it('is held until it is released', async () => {
    const folder = await temporaryFolder();
    const release = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: `${folder}: another run uses this folder: process ${process.pid} on ${hostname()}`,
    });
    await release();
    await (await lockFolder(folder))();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is acquired by one of many runs that request it at the same time', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), holder({ pid: NO_PROCESS }));
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('is replaced when its process has ended', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), holder({ pid: NO_PROCESS }));
    await lockFolder(folder);
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('is replaced when another process has the same id', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), holder({ started: '1' }));
    const outcome = await lockFolder(folder).then(
      () => 'taken over',
      () => 'locked',
    );
    // The start time is known only on Linux; elsewhere the id alone decides.
    expect(outcome).toBe(process.platform === 'linux' ? 'taken over' : 'locked');
  });

  it.runIf(process.platform === 'linux')('is replaced when its process is a zombie', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), holder({ pid: await startZombie() }));
    await lockFolder(folder);
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('is not replaced when its process is on another machine', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), holder({ pid: NO_PROCESS, host: 'elsewhere' }));
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'E_LOCKED' });
  });

  it('removes old locks that a killed run has renamed', async () => {
    const folder = await temporaryFolder();
    for (const name of ['lock-young', 'lock-old'])
      await writeFile(join(folder, name), holder({ pid: NO_PROCESS }));
    await utimes(join(folder, 'lock-old'), new Date(), new Date(Date.now() - 60_000));
    await lockFolder(folder);
    expect(await readdir(folder)).toEqual(['lock', 'lock-young']);
  });

  it('counts as held while it is empty and recent', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'lock');
    await writeFile(path, '');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'E_LOCKED' });
    await utimes(path, new Date(), new Date(Date.now() - 60_000));
    await expect(lockFolder(folder)).resolves.toBeTypeOf('function');
  });

  it('is named in the error when it cannot be read, until it is old', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'lock');
    await writeFile(path, 'garbage');
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: `${folder}: its lock cannot be read: it contains no process id`,
      hint: `If no other run uses this folder, delete ${path}.`,
    });
    await utimes(path, new Date(), new Date(Date.now() - 60_000));
    await expect(lockFolder(folder)).resolves.toBeTypeOf('function');
  });

  it('is named in the error when it is not a file', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'lock'));
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringContaining('its lock cannot be read'),
    });
  });
});
