import { InvalidArgumentError } from 'commander';
import { AUTO, readLanguageCode, readLanguageOrAuto } from '../../../core/text/language-code.ts';
import { splitList } from './parse-value.ts';

/** Reads the code of a language, or `auto`. @throws {InvalidArgumentError} */
export function parseLanguageOrAuto(text: string): string {
  const read = readLanguageOrAuto(text);
  if ('reason' in read) throw new InvalidArgumentError(read.reason);
  return read.code ?? AUTO;
}

/** Reads a list of codes, such as `zh,en`. @throws {InvalidArgumentError} */
export function parseLanguages(text: string): string[] {
  return [...new Set(splitList(text).map(parseLanguage))];
}

function parseLanguage(text: string): string {
  const read = readLanguageCode(text);
  if ('reason' in read) throw new InvalidArgumentError(read.reason);
  return read.code;
}
