import { FunAsrError } from '../../../core/errors.ts';

/** The error of a folder whose model cannot be used. */
export function refused(folder: string, reason: string, cause?: unknown): FunAsrError {
  return new FunAsrError('E_MODEL_REFUSED', `${folder} ${reason}`, {
    hint: 'See docs/local-engine.md for the files of each family of models.',
    cause,
  });
}
