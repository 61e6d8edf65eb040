import { stat } from 'node:fs/promises';
import { FunAsrError, messageOf } from '../../../core/errors.ts';

/**
 * Identifies the state of a file without reading it: size, times and inode. Writing to it, replacing it and restoring an
 * old version of it change one of these; so do copies, `chmod` and moves, which leave the content as it is.
 * @throws {FunAsrError} `E_READ` when the file does not exist any more.
 */
export async function fileStamp(path: string): Promise<string> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
    return [size, mtimeNs, ctimeNs, ino].join('-');
  } catch (error) {
    throw new FunAsrError('E_READ', `${path}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Checks that a file has not changed since its stamp was taken.
 * @throws {FunAsrError} `E_CHANGED`, `E_READ`.
 */
export async function checkUnchanged(path: string, before: string): Promise<void> {
  if (before !== (await fileStamp(path))) throw changed(path);
}

/** The error for a recording that another program has changed while it was read. */
export function changed(path: string): FunAsrError {
  return new FunAsrError('E_CHANGED', `${path}: changed while it was read`, {
    hint: 'Run the same command again when no program writes to it any more.',
    retryable: true,
  });
}
