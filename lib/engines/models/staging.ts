import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessRunning } from '../../core/process-state.ts';

const PREFIX = '.pull-';
/** `.pull-<host>-<pid>-<six characters>` */
const OWNED = /^\.pull-(.+)-(\d+)-\w{6}$/;
const DAY_MS = 24 * 3600 * 1000;
const HOST = encodeURIComponent(hostname());

/**
 * Makes a folder in which a model is put together: beside the models, so that the last step is one rename on one
 * disk. Its name says who is at work in it.
 * @param models Folder of the models.
 */
export async function makeStaging(models: string): Promise<string> {
  return mkdtemp(join(models, `${PREFIX}${HOST}-${process.pid}-`));
}

/**
 * Removes what pulls that were killed have left behind.
 * @param models Folder of the models, which need not be there.
 */
export async function removeAbandoned(models: string): Promise<void> {
  const names = await readdir(models).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(models, name);
    // What the npm of a killed pull is still writing to cannot always be removed: the next one will.
    if (await isAbandoned(name, path)) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/** Nothing can be said about processes of another machine that shares the disk, but none takes a day. */
async function isAbandoned(name: string, path: string): Promise<boolean> {
  const [, host, pid] = OWNED.exec(name) ?? [];
  if (host === HOST && !(await isProcessRunning(Number(pid)))) return true;
  const status = await stat(path).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > DAY_MS;
}
