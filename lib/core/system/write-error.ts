import { FunAsrError, messageOf, systemCode } from '../errors.ts';

/** What to do when a disk is full. */
export const DISK_FULL_HINT = 'Free some space, or write to another disk.';

/**
 * The failure to write a file, as an error with a code: `E_DISK_FULL` when the disk or the user's share of it is full,
 * else `E_WRITE`. An error that has a code of ours stays as it is.
 * @param path The file, for the message.
 * @param hint What to do. @default to write elsewhere
 */
export function writeError(path: string, cause: unknown, hint?: string): FunAsrError {
  if (cause instanceof FunAsrError) return cause;
  const system = systemCode(cause);
  return system === 'ENOSPC' || system === 'EDQUOT'
    ? new FunAsrError('E_DISK_FULL', `${path}: cannot be written: the disk is full`, {
        hint: hint ?? DISK_FULL_HINT,
        cause,
      })
    : new FunAsrError('E_WRITE', `${path}: cannot be written: ${messageOf(cause)}`, {
        hint: hint ?? 'Write to a folder in which you may create files.',
        cause,
      });
}

/** Whether an error is that of a file that cannot be written. */
export function isWriteError(error: unknown): boolean {
  return error instanceof FunAsrError && ['E_DISK_FULL', 'E_WRITE'].includes(error.code);
}

/** Runs work that writes a file. Its failure becomes a {@link writeError}. */
export async function withWriteErrors<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw writeError(path, error);
  }
}
