import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemCode } from '../errors.ts';

/** Another process may remove a folder before the next one is created in it. */
const MAX_ATTEMPTS = 5;

/**
 * Creates a folder, and those above it, when they do not exist. `mkdir` of Node.js does that with `recursive`, but never ends
 * where an existing folder accepts no other one and the system reports that it does not exist, as in `/proc`.
 * @returns The topmost folder that was created; undefined when all of them existed.
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const folder = resolve(path);
  let topmost: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(folder);
      return topmost ?? folder;
    } catch (error) {
      if (await isFolder(folder)) return topmost;
      const above = dirname(folder);
      if (systemCode(error) !== 'ENOENT' || above === folder || attempt === MAX_ATTEMPTS) throw error;
      topmost = (await makeFolder(above)) ?? topmost;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() === true;
}
