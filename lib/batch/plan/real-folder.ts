import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The one path of a folder, whatever links lead to it. What is not there yet will be where its parent really is. */
export function realFolder(folder: string): string {
  const path = resolve(folder);
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realFolder(parent), basename(path));
  }
}

/** Alike for whatever names lead to the folder of a file. A link to a file is a file of its own. */
export function pathInRealFolder(path: string): string {
  return join(realFolder(dirname(resolve(path))), basename(path));
}
