import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FunAsrError } from '../../core/errors.ts';
import { closest } from '../../core/options.ts';
import { refusal } from './config-errors.ts';
import type { ConfigFile } from './config-file.ts';
import { flagOf } from './flag-keys.ts';

/** An entry of a configuration file that the called command has a flag for. */
export interface Setting {
  /** The name of the flag in camelCase. */
  readonly key: string;
  /** Where the entry is in the file, such as `queue.add.maxCps`. */
  readonly place: string;
  readonly value: unknown;
}

/**
 * The value that a flag has for an entry of a configuration file; undefined when the flag is off.
 * @throws {FunAsrError} `E_OPTION`, which names the file, the key and the reason.
 */
export function valueOf(file: ConfigFile, setting: Setting, command: Command): unknown {
  const option = flagOf(command, setting.key);
  if (!option) return undefined;
  const { value } = setting;
  if (typeof value === 'boolean' && !option.required) {
    // Only a flag with a `--no-` form differs when it is off from when it is not given.
    return value || hasOffFlag(command, setting.key) ? value : undefined;
  }
  const text = takesValue(option) ? textOf(value, option) : undefined;
  if (text === undefined) throw refusal(file, setting.place, `must be ${kindOf(option)}`, hintOf(option));
  return parse(file, setting, option, pathsResolved(file, setting, option, text));
}

/** Adds `--no-<flag>` for a flag without one, so that the command line can turn off what the file turns on. */
export function addOffFlag(command: Command, key: string): void {
  const option = flagOf(command, key);
  if (!option?.long || option.required || hasOffFlag(command, key)) return;
  const off = new Option(option.long.replace('--', '--no-')).hideHelp();
  command.addOption(off);
  command.on(`option:${off.name()}`, () => command.setOptionValueWithSource(key, undefined, 'cli'));
}

function hasOffFlag(command: Command, key: string): boolean {
  return command.options.some((option) => option.negate && option.attributeName() === key);
}

/** The value as it is written after the flag; undefined when it has the wrong type. */
function textOf(value: unknown, option: Option): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (!Array.isArray(value) || !isList(option)) return undefined;
  const items = value.map((item) => (typeof item === 'number' ? String(item) : item));
  return items.every((item): item is string => typeof item === 'string' && !item.includes(','))
    ? items.join(',')
    : undefined;
}

/** For commander, a `--no-` flag is not boolean. It has no value all the same. */
function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function isList({ flags }: Option): boolean {
  return flags.includes('<list>');
}

function kindOf(option: Option): string {
  if (!takesValue(option)) return 'true or false';
  if (isList(option)) return 'a string, or an array of strings without commas';
  return option.optional ? 'true, false, or a string' : 'a string or a number';
}

function hintOf({ flags, description }: Option): string {
  return `It is ${flags}: ${description}.`;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Converts the text as the flag does. */
function parse(file: ConfigFile, { place }: Setting, option: Option, text: string): unknown {
  if (!option.parseArg) return text;
  try {
    return option.parseArg(text, undefined);
  } catch (error) {
    if (error instanceof InvalidArgumentError) {
      const near = closest(text, option.argChoices ?? []);
      const hint = near === undefined ? hintOf(option) : `Did you mean ${near}?`;
      throw refusal(file, place, `cannot be ${shown(text)}`, `${error.message} ${hint}`);
    }
    if (error instanceof FunAsrError) {
      const { code, message, hint } = error;
      throw new FunAsrError(code, `${file.path}: ${place}: ${message}`, { hint, cause: error });
    }
    throw error;
  }
}

/**
 * A path in the file is relative to the file. A file that was found by search may name only paths in its own folder, also
 * through symbolic links: a transcript or a report must not replace a file of the user elsewhere, and no file from elsewhere
 * is sent.
 */
function pathsResolved(file: ConfigFile, { key, place }: Setting, option: Option, text: string): string {
  const isFolderOfModel = key === 'model' && /[/\\]/.test(text);
  if (!isFolderOfModel && (!/[<[](?:dir|file|path)[>\]]/.test(option.flags) || text === '-')) return text;
  const path = resolve(file.folder, text.replace(/^~(?=\/)/, homedir()));
  if (!file.isTrusted && (isFolderOfModel || !isInside(path, file.folder))) {
    const reason = isFolderOfModel ? 'names the folder of a model' : 'is outside the folder of the file';
    throw refusal(
      file,
      place,
      reason,
      `The file was found, not named. If it is yours: --config ${file.path}`,
    );
  }
  // The name of a model without a slash is not a folder.
  if (isAbsolute(text) || isFolderOfModel) return path;
  return relative(process.cwd(), path) || '.';
}

/** Whether a path is in a folder, when all symbolic links are followed. The end of the path need not exist. */
function isInside(path: string, folder: string): boolean {
  let existing = path;
  while (!lstatSync(existing, { throwIfNoEntry: false })) existing = dirname(existing);
  // A link to something that does not exist may lead anywhere.
  if (!existsSync(existing)) return false;
  const target = join(realpathSync(existing), relative(existing, path));
  const fromFolder = relative(realpathSync(folder), target);
  return !isAbsolute(fromFolder) && fromFolder.split(/[/\\]/)[0] !== '..';
}
