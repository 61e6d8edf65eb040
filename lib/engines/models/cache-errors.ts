import { statfs } from 'node:fs/promises';
import { writeError } from '../../core/system/write-error.ts';
import { FunAsrError } from '../../core/errors.ts';

const FULL_HINT = 'Free some space there, or set XDG_CACHE_HOME to another folder.';
const OTHER_HINT = 'Make it writable, or set XDG_CACHE_HOME to another folder.';

/** The failure to change the cache folder: `E_DISK_FULL` or `E_WRITE`, which say how to use another one. */
export function cacheError(path: string, cause: unknown): FunAsrError {
  const { code } = writeError(path, cause);
  return writeError(path, cause, code === 'E_DISK_FULL' ? FULL_HINT : OTHER_HINT);
}

/**
 * Checks that a download fits on the disk: it would fill it before it fails.
 * @param path What is downloaded, for the message.
 * @param folder A folder of the disk. One whose free space is not known is accepted.
 * @throws {FunAsrError} `E_DISK_FULL`
 */
export async function checkSpace(path: string, folder: string, neededBytes: number): Promise<void> {
  const space = await statfs(folder).catch(() => undefined);
  // A file system that does not count has no blocks.
  if (!space || space.blocks === 0 || space.bavail * space.bsize >= neededBytes) return;
  const reason = `${megabytes(neededBytes)} are needed, and ${megabytes(space.bavail * space.bsize)} are free`;
  throw new FunAsrError('E_DISK_FULL', `${path}: the disk is full: ${reason}`, { hint: FULL_HINT });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Runs work that changes the cache folder. Its failure becomes a {@link cacheError}. */
export async function withCacheErrors<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw cacheError(path, error);
  }
}
