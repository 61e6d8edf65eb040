import { readFileSync, statSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';

/** Name of the file that is searched for. */
export const CONFIG_NAME = 'fun-asr.config.json';

/** A larger file is not a configuration. */
const MAX_BYTES = 1_000_000;

/** The content of a configuration file. */
export interface ConfigFile {
  /** The path for messages: as the user named it, or the shorter one of the absolute and the relative path. */
  readonly path: string;
  /** The folder of the file: paths in the file are relative to it. */
  readonly folder: string;
  /** Whether all keys are accepted: the user has named the file, or it is in the home folder. */
  readonly isTrusted: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What a search has found. */
export interface FoundConfig {
  readonly file?: ConfigFile;
  /** Files that are not used because they belong to another user. */
  readonly foreign: readonly string[];
}

/** Where a search begins, and where it ends at the latest. */
export interface SearchPlace {
  readonly from: string;
  readonly home: string;
}

/**
 * Reads the nearest configuration file of a folder and the folders above it, up to the home folder or the root of the
 * file system. A file of another user is not used: otherwise any user of the machine could place one in `/tmp`.
 * @throws {FunAsrError} `E_OPTION` for a file that cannot be read or is not a JSON object.
 */
export function findConfigFile(
  { from, home }: SearchPlace = { from: process.cwd(), home: homedir() },
): FoundConfig {
  const foreign: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_NAME);
    const stats = statOf(path);
    if (stats && belongsToOthers(stats)) foreign.push(path);
    else if (stats) return { file: readConfigFile(path, folder === home, from), foreign };
    if (folder === home || folder === dirname(folder)) return { foreign };
  }
}

/**
 * Reads a configuration file.
 * @throws {FunAsrError} `E_OPTION` for a file that cannot be read or is not a JSON object.
 */
export function readConfigFile(file: string, isTrusted: boolean, from: string = process.cwd()): ConfigFile {
  const path = shorter(file, relative(from, file));
  const refuse = (reason: string, hint: string, cause?: unknown): FunAsrError =>
    new FunAsrError('E_OPTION', `${path}: the configuration file ${reason}`, { hint, cause });
  let bytes: Buffer;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw refuse('is not a file', 'Name a JSON file.');
    if (stats.size > MAX_BYTES) throw refuse('is larger than 1 MB', 'Name a JSON file with flags.');
    bytes = readFileSync(file);
  } catch (cause) {
    if (cause instanceof FunAsrError) throw cause;
    throw refuse(
      `cannot be read: ${messageOf(cause)}`,
      'Check its path and permissions, or use --no-config.',
      cause,
    );
  }
  const content = parse(bytes, refuse);
  return { path, folder: dirname(resolve(from, file)), isTrusted, content };
}

function parse(
  bytes: Buffer,
  refuse: (reason: string, hint: string) => FunAsrError,
): Readonly<Record<string, unknown>> {
  const text = bytes.toString().replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // After the comma, the message of the parser repeats a part of the file, which may be a key.
    const [reason = ''] = messageOf(error).split(', ');
    const [, position] = /position (\d+)/.exec(reason) ?? [];
    const place = position === undefined ? '' : `, line ${lineOf(text, Number(position))}`;
    throw refuse(
      `is not valid JSON${place}: ${reason.replace(/ in JSON at position.*/, '')}`,
      'JSON has no comments, and no comma after the last entry.',
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw refuse(
    'does not contain a JSON object',
    'Write an object of flags, such as { "outputFormat": "srt,vtt" }.',
  );
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function shorter(path: string, other: string): string {
  return other !== '' && other.length < path.length ? other : path;
}

/** The state of a file; undefined when there is none. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw new FunAsrError('E_OPTION', `${path}: the configuration file cannot be read: ${messageOf(error)}`, {
      hint: 'Check its permissions, or use --no-config.',
      cause: error,
    });
  }
}

/** Files of the administrator are accepted. Windows has no owners by number. */
function belongsToOthers({ uid }: Stats): boolean {
  const self = process.getuid?.();
  return self !== undefined && uid !== self && uid !== 0;
}
