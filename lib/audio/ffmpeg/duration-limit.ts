import { FunAsrError } from '../../core/errors.ts';

/** The failure of a recording that turned out longer than is allowed. */
export function tooLong(name: string, maxDurationMs: number): FunAsrError {
  return new FunAsrError('E_DURATION_LIMIT', `${name}: it is longer than ${maxDurationMs / 1000} s`, {
    hint: 'Raise maxDurationMs if that is meant: a small file can claim days of audio.',
  });
}
