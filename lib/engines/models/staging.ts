import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessRunning } from '../../core/system/process-state.ts';
import { rescuePartialFiles } from './pull/partial-files.ts';

const PREFIX = '.pull-';
/** `.pull-<host>-<pid>-<six characters>` */
const OWNED = /^\.pull-(.+)-(\d+)-\w{6}$/;
const DAY_MS = 24 * 3600 * 1000;
const HOST = encodeURIComponent(hostname());

/**
 * Makes a temporary folder for a download. It is beside the models, so that a rename on the same disk completes the
 * download. Its name contains the host and the process.
 * @param models Folder of the models.
 */
export async function makeStaging(models: string): Promise<string> {
  return mkdtemp(join(models, `${PREFIX}${HOST}-${process.pid}-`));
}

/**
 * Removes the temporary folders of downloads that were killed. Their partial files are kept.
 * @param models Folder of the models. It may be missing.
 */
export async function removeAbandoned(models: string): Promise<void> {
  const names = await readdir(models).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(models, name);
    if (!(await isAbandoned(name, path))) continue;
    await rescuePartialFiles(models, path);
    // The npm of a killed download may still write into it. Then the next download removes it.
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/** Processes of another machine that shares the disk cannot be checked, but no download takes a day. */
async function isAbandoned(name: string, path: string): Promise<boolean> {
  const [, host, pid] = OWNED.exec(name) ?? [];
  if (host === HOST && !(await isProcessRunning(Number(pid)))) return true;
  const status = await stat(path).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > DAY_MS;
}
