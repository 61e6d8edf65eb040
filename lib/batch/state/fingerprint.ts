import { stat } from 'node:fs/promises';
import { FunAsrError, messageOf } from '../../core/errors.ts';

/**
 * Tells one state of a file from every other without reading it: any write, replacement or restoring of an
 * old version changes one of these. With the path it identifies what was transcribed.
 * @throws {FunAsrError} `E_READ` when the file is not there any more.
 */
export async function fingerprint(path: string): Promise<string> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
    return [size, mtimeNs, ctimeNs, ino].join('-');
  } catch (error) {
    throw new FunAsrError('E_READ', `${path}: ${messageOf(error)}`, { cause: error });
  }
}
