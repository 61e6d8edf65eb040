import { FunAsrError, messageOf, systemCode } from './errors.ts';

/** What a failure to write means: a full disk stops the whole run, anything else only this output. */
export function writeError(path: string, error: unknown): FunAsrError {
  if (error instanceof FunAsrError) return error;
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new FunAsrError('E_DISK_FULL', `${path}: there is no room left on the disk`, {
      cause: error,
      hint: 'Make room, or write to another disk with --output-dir, and run again.',
    });
  }
  return new FunAsrError('E_WRITE', `${path}: cannot be written: ${messageOf(error)}`, {
    cause: error,
    hint: 'Write to a folder that is yours with --output-dir.',
  });
}
