import { writeError } from '../../core/system/write-error.ts';
import type { FunAsrError } from '../../core/errors.ts';

/** The failure to change the cache folder: `E_DISK_FULL` or `E_WRITE`, which say how to use another one. */
export function cacheError(path: string, cause: unknown): FunAsrError {
  const { code } = writeError(path, cause);
  const first = code === 'E_DISK_FULL' ? 'Free some space there' : 'Make it writable';
  return writeError(path, cause, `${first}, or set XDG_CACHE_HOME to another folder.`);
}

/** Runs work that changes the cache folder. Its failure becomes a {@link cacheError}. */
export async function withCacheErrors<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw cacheError(path, error);
  }
}
