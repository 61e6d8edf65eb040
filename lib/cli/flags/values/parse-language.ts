import { InvalidArgumentError } from 'commander';
import { readLanguageCode } from '../../../core/text/language-code.ts';
import { splitList } from './parse-value.ts';

/** Reads the code of a language. @throws {InvalidArgumentError} */
export function parseLanguage(text: string): string {
  const read = readLanguageCode(text);
  if ('reason' in read) throw new InvalidArgumentError(read.reason);
  return read.code;
}

/** Reads a list of codes, such as `zh,en`. @throws {InvalidArgumentError} */
export function parseLanguages(text: string): string[] {
  return [...new Set(splitList(text).map(parseLanguage))];
}
