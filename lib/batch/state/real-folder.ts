import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Path of a folder without links. A folder that does not exist yet has the path that it will have. */
export function realFolder(folder: string): string {
  const path = resolve(folder);
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realFolder(parent), basename(path));
  }
}

/** Path of a file in its folder without links. A link to a file is not followed: it counts as a file of its own. */
export function pathInRealFolder(path: string): string {
  return join(realFolder(dirname(resolve(path))), basename(path));
}
