import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';
import { pMapIterable } from 'p-map';
import { glob, isDynamicPattern } from 'tinyglobby';
import { FunAsrError } from '../../core/errors.ts';
import { examineEntry, type FolderEntry } from './folder-entry.ts';
import { pathInRealFolder } from '../state/real-folder.ts';

/** Names standard input among the inputs. */
export const STDIN = '-';
/** Its name in messages. */
export const STDIN_NAME = 'standard input';

/** Paths of standard input. */
const STDIN_PATHS = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** An input as it is used: standard input has one name. */
export function canonicalInput(input: string): string {
  return STDIN_PATHS.has(input) ? STDIN : input;
}

/** A recording that was found. */
export interface FoundRecording {
  /** Path as the user would write it; `-` for standard input; the path of a folder that cannot be read. */
  readonly input: string;
  /** Its folder, relative to the folder that was named; empty for a file that was named itself. */
  readonly subfolder: string;
}

/** Result of {@link findRecordings}. */
export interface FoundRecordings {
  readonly recordings: FoundRecording[];
  /** `W_NOTHING` for each folder or pattern without recordings, `W_UNSUPPORTED` for each recording that is left out. */
  readonly warnings: FunAsrError[];
}

/**
 * Finds the recordings of some inputs: files, folders (with their sub-folders), glob patterns and `-`. A file that is
 * named is always included. If it does not exist it fails later, and the others are done; so does a folder that cannot be
 * read. From folders and patterns only audio and video files are included. No recording is included twice.
 * @throws {FunAsrError} `E_NOTHING` when there is no recording at all.
 */
export async function findRecordings(inputs: readonly string[]): Promise<FoundRecordings> {
  const found = new Map<string, FoundRecording>();
  const warnings: FunAsrError[] = [];
  const add = (recording: FoundRecording): void => {
    const key = recording.input === STDIN ? STDIN : pathInRealFolder(recording.input);
    if (!found.has(key)) found.set(key, recording);
  };

  for (const input of inputs.map(canonicalInput)) {
    const search = await searchOf(input, warnings);
    if (!search) {
      add({ input, subfolder: '' });
      continue;
    }
    let isEmpty = true;
    for await (const recording of search) {
      isEmpty = false;
      add(recording);
    }
    if (isEmpty) warnings.push(new FunAsrError('W_NOTHING', `${input}: contains no recording`));
  }

  if (found.size === 0) {
    throw new FunAsrError('E_NOTHING', `${inputs.join(', ')}: contains no recording`, {
      hint: 'Name a recording, a folder of recordings, or a pattern such as "talks/**/*.mp3".',
    });
  }
  return { recordings: [...found.values()], warnings };
}

/** The folders below which the outputs of a run are: that of the option, or those that are named. */
export async function outputRoots(inputs: readonly string[], outputDir?: string): Promise<string[]> {
  const roots = outputDir === undefined ? inputs.filter((input) => input !== STDIN) : [outputDir];
  const stats = await Promise.all(roots.map((root) => stat(root).catch(() => undefined)));
  return roots.filter((_, index) => stats[index]?.isDirectory());
}

/** Searches a folder or a pattern; undefined for an input that is a single recording. */
async function searchOf(
  input: string,
  warnings: FunAsrError[],
): Promise<AsyncIterable<FoundRecording> | undefined> {
  if (input === STDIN || /^[a-z][a-z\d+.-]+:\/\//i.test(input)) return undefined;
  const stats = await stat(input).catch(() => undefined);
  if (stats?.isDirectory()) return walk(input, input, warnings);
  // A file may be named "talk [1].mp3": the name of an existing file is not a pattern.
  return !stats && isDynamicPattern(input) ? match(input, warnings) : undefined;
}

const byName = new Intl.Collator('en', { numeric: true }).compare;

/**
 * Yields the recordings of a folder and its sub-folders, and those folders that cannot be read. Hidden files and folders
 * are left out, and so is `.fun-asr`. Links to files are followed; links to folders are not, because they may form a
 * cycle.
 */
async function* walk(root: string, folder: string, warnings: FunAsrError[]): AsyncGenerator<FoundRecording> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) yield { input: folder, subfolder: relative(root, folder) };
  const sorted = entries?.sort((a, b) => byName(a.name, b.name)) ?? [];
  const subfolder = relative(root, folder);
  const found = pMapIterable(
    sorted.filter(({ name }) => !name.startsWith('.')),
    async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return { path, isFolder: true };
      const isFile = entry.isFile() || (await leadsToFile(entry, path));
      return { path, isFolder: false, kind: isFile ? await examineEntry(path) : OTHER };
    },
    { concurrency: ENTRIES_AT_A_TIME },
  );
  for await (const { path, isFolder, kind = OTHER } of found) {
    if (isFolder) yield* walk(root, path, warnings);
    else if (isRecording(path, kind, warnings)) yield { input: path, subfolder };
  }
}

const OTHER: FolderEntry = { kind: 'other' };

/** Files of a folder that are examined at a time. */
const ENTRIES_AT_A_TIME = 16;

/** A broken link counts as a link to a file, so that it is reported. */
async function leadsToFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  return stat(path).then(
    (stats) => stats.isFile(),
    () => true,
  );
}

async function* match(pattern: string, warnings: FunAsrError[]): AsyncGenerator<FoundRecording> {
  const paths = await glob(pattern, { expandDirectories: false });
  for (const path of paths.sort(byName)) {
    if (isRecording(path, await examineEntry(path), warnings))
      yield { input: normalize(path), subfolder: '' };
  }
}

/** Whether a file that was found is a recording. Warns of one in a format that is not decoded. */
function isRecording(path: string, entry: FolderEntry, warnings: FunAsrError[]): boolean {
  if (entry.kind === 'unsupported') {
    warnings.push(
      new FunAsrError(
        'W_UNSUPPORTED',
        `${path}: left out: not a format that this program accepts: ${entry.format}`,
        {
          hint: 'Convert it to WAV or MP3 first.',
        },
      ),
    );
  }
  return entry.kind === 'recording';
}
