import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { FunAsrError } from '../../core/errors.ts';
import { holdsAudio } from './holds-audio.ts';
import { pathInRealFolder } from './real-folder.ts';

/** Stands for standard input among the inputs. */
export const STDIN = '-';

/** One recording to be transcribed. */
export interface FoundRecording {
  /** Path as the user would write it, or `-` for standard input; of a folder when that cannot be read. */
  readonly input: string;
  /** Where it lies below the folder that was named; empty for a file that was named itself. */
  readonly subfolder: string;
}

/** What {@link findRecordings} found. */
export interface FoundRecordings {
  readonly recordings: FoundRecording[];
  /** `W_NOTHING`: folders and patterns that gave nothing. */
  readonly warnings: FunAsrError[];
}

/**
 * Finds the recordings that the inputs stand for: files, folders (with their sub-folders), glob patterns and
 * `-`. A file that is named is always taken, even one that does not exist: it fails later, under its own name,
 * without stopping the others. So does a folder that cannot be read. In folders and patterns only what holds audio
 * is taken. No recording is taken twice.
 * @throws {FunAsrError} `E_NOTHING` when there is no recording at all.
 */
export async function findRecordings(inputs: readonly string[]): Promise<FoundRecordings> {
  const found = new Map<string, FoundRecording>();
  const warnings: FunAsrError[] = [];
  const add = (recording: FoundRecording): void => {
    const key = recording.input === STDIN ? STDIN : pathInRealFolder(recording.input);
    if (!found.has(key)) found.set(key, recording);
  };

  for (const input of inputs) {
    const search = await searchOf(input);
    if (!search) {
      add({ input, subfolder: '' });
      continue;
    }
    let isEmpty = true;
    for await (const recording of search) {
      isEmpty = false;
      add(recording);
    }
    if (isEmpty) warnings.push(new FunAsrError('W_NOTHING', `${input}: there is no recording in it`));
  }

  if (found.size === 0) {
    throw new FunAsrError('E_NOTHING', `${inputs.join(', ')}: there is no recording in it`, {
      hint: 'Name a recording, a folder of recordings, or a pattern such as "talks/**/*.mp3".',
    });
  }
  return { recordings: [...found.values()], warnings };
}

/** What has to be searched for recordings; undefined for an input that is one recording itself. */
async function searchOf(input: string): Promise<AsyncIterable<FoundRecording> | undefined> {
  if (input === STDIN || /^[a-z][a-z\d+.-]+:\/\//i.test(input)) return undefined;
  const stats = await stat(input).catch(() => undefined);
  if (stats?.isDirectory()) return walk(input, input);
  // A file may well be called "talk [1].mp3": a name that exists is no pattern.
  return !stats && isDynamicPattern(input) ? match(input) : undefined;
}

const byName = new Intl.Collator('en', { numeric: true }).compare;

/**
 * The recordings of a folder and its sub-folders, and whichever of these folders cannot be read. What is hidden is
 * left alone, our own `.fun-asr` too. Links to files are followed, links to folders are not: they may lead round in
 * circles.
 */
async function* walk(root: string, folder: string): AsyncGenerator<FoundRecording> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) yield { input: folder, subfolder: relative(root, folder) };
  for (const entry of entries?.sort((a, b) => byName(a.name, b.name)) ?? []) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(root, path);
    else if ((entry.isFile() || (await leadsToFile(entry, path))) && (await holdsAudio(path)))
      yield { input: path, subfolder: relative(root, folder) };
  }
}

/** A link to nothing counts, too: whoever put it there should hear that it is broken. */
async function leadsToFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  return stat(path).then(
    (stats) => stats.isFile(),
    () => true,
  );
}

async function* match(pattern: string): AsyncGenerator<FoundRecording> {
  const paths = await glob(pattern, { expandDirectories: false });
  for (const path of paths.sort(byName)) {
    if (await holdsAudio(path)) yield { input: normalize(path), subfolder: '' };
  }
}
