import { InvalidArgumentError } from 'commander';
import { readLanguageCode } from '../../../core/text/language-code.ts';
import { splitList } from './parse-value.ts';

/** The language that is detected, as without a code. */
export const AUTO = 'auto';

/** Reads the code of a language, or `auto`. @throws {InvalidArgumentError} */
export function parseLanguageOrAuto(text: string): string {
  return text.trim().toLowerCase() === AUTO ? AUTO : parseLanguage(text);
}

/** Reads the code of a language. @throws {InvalidArgumentError} */
function parseLanguage(text: string): string {
  const read = readLanguageCode(text);
  if ('reason' in read) throw new InvalidArgumentError(read.reason);
  return read.code;
}

/** Reads a list of codes, such as `zh,en`. @throws {InvalidArgumentError} */
export function parseLanguages(text: string): string[] {
  return [...new Set(splitList(text).map(parseLanguage))];
}
