import { readdir } from 'node:fs/promises';
import { systemCode } from '../../core/errors.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';

/**
 * Finds a file name that is not in use: the first of `name`, `name-2`, … that no file in a folder has, with any
 * extension. A folder that does not exist has no files.
 * @throws {FunAsrError} `E_WRITE` when the folder cannot be read.
 */
export async function freeStem(folder: string, name: string): Promise<string> {
  // Many file systems ignore case.
  const names = (await namesIn(folder)).map((entry) => entry.toLowerCase());
  for (let number = 1; ; number += 1) {
    const stem = number === 1 ? name : `${name}-${number}`;
    if (!names.some((entry) => entry.startsWith(`${stem}.`))) return stem;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await withWriteErrors(folder, async () => {
    try {
      return await readdir(folder);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  });
}
