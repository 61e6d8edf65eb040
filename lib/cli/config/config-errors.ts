import { FunAsrError } from '../../core/errors.ts';
import { closest } from '../../core/options.ts';
import type { ConfigFile } from './config-file.ts';

/** Makes the error of a key of a configuration file. Values are not repeated: one may be a key of the account. */
export function refusal(file: ConfigFile, place: string, reason: string, hint: string): FunAsrError {
  return new FunAsrError('E_OPTION', `${file.path}: ${place} ${reason}`, { hint });
}

/** Makes the error of a key that is not known, with the name that it most probably means. */
export function unknownKey(
  file: ConfigFile,
  place: string,
  key: string,
  known: readonly string[],
): FunAsrError {
  const near = closest(key.replace(/^no(?=[-_A-Z])/, ''), known);
  return refusal(
    file,
    place,
    'is not known',
    near === undefined
      ? 'Keys are the names of commands, and the flags of --help in camelCase.'
      : `Did you mean ${near}?`,
  );
}
