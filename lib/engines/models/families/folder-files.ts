import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, systemCode } from '../../../core/errors.ts';
import { refused } from './refused.ts';

/** The names in a folder, and the names in its folders. */
export type Entries = ReadonlyMap<string, readonly string[] | undefined>;

/** The absolute path of a folder, without symbolic links: the same one for all paths that lead to it. @throws {FunAsrError} `E_MODEL_REFUSED` */
export function realFolder(path: string): string {
  if (path === '') throw refused('""', 'is not the path of a folder');
  try {
    const folder = realpathSync(path);
    if (statSync(folder).isDirectory()) return folder;
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT';
    throw refused(path, isMissing ? 'does not exist' : `cannot be read: ${messageOf(error)}`, error);
  }
  throw refused(path, 'is a file, not a folder with a model');
}

/** @throws {FunAsrError} `E_MODEL_REFUSED` */
export function listFolder(folder: string): Entries {
  try {
    const entries = readdirSync(folder)
      .toSorted()
      .map((name) => [name, namesIn(join(folder, name))] as const);
    return new Map(entries);
  } catch (error) {
    throw refused(folder, `cannot be read: ${messageOf(error)}`, error);
  }
}

/** The names in a folder; undefined for a file. */
function namesIn(path: string): readonly string[] | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** A digest of the names, sizes and times of files. */
export function stampOf(folder: string, files: readonly string[]): string {
  const states = files.map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return [name, size, mtimeMs];
  });
  return createHash('sha256').update(JSON.stringify(states)).digest('hex');
}

/** Reads a file of text. @throws {FunAsrError} `E_MODEL_REFUSED` */
export function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    throw refused(folder, `contains ${name}, which cannot be read: ${messageOf(error)}`, error);
  }
}

/** The first 100 bytes of a file as text. Throws the error of the file system. */
export function startOf(path: string): string {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(100);
  try {
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
