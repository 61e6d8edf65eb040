import { FunAsrError, messageOf, systemCode } from '../errors.ts';

/**
 * Waits for the reading of a file or folder that may not exist. A failure of another kind is not a missing file: what is in
 * it must not be taken for lost.
 * @param path For the message.
 * @returns `missing` when there is no such file or folder.
 * @throws {FunAsrError} `E_READ`
 */
export async function orMissing<Result, Missing>(
  path: string,
  reading: Promise<Result>,
  missing: Missing,
): Promise<Result | Missing> {
  try {
    return await reading;
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(cause) ?? '')) return missing;
    throw new FunAsrError('E_READ', `${path}: cannot be read: ${messageOf(cause)}`, { cause });
  }
}
