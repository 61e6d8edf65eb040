import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, relative } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { FunAsrError } from '../../core/errors.ts';
import { decodeText } from '../../subtitles/check/file/decode-text.ts';
import { isTranscript } from './transcript-source.ts';
import { pathInRealFolder } from '../state/real-folder.ts';
import { canonicalInput, type FoundRecording, type FoundRecordings, STDIN } from '../plan/find-recordings.ts';

/** Extensions of transcripts in folders and patterns. */
const EXTENSIONS: ReadonlySet<string> = new Set(['.json', '.jsonl']);

/** Names of files that a warning lists. */
const MAX_NAMES = 5;

const byName = new Intl.Collator('en', { numeric: true }).compare;

/**
 * Finds the transcripts of some inputs: files, folders (with their sub-folders), glob patterns and `-`. A file that is named
 * is always included: if it is not a transcript it fails later, and the others are done. From folders and patterns only `.json`
 * and `.jsonl` files that contain a transcript are included. No transcript is included twice.
 * @returns With `W_NOTHING` for each folder or pattern without transcripts, `W_UNSUPPORTED` for files that are left out.
 * @throws {FunAsrError} `E_NOTHING` when there is no transcript at all.
 */
export async function findTranscripts(inputs: readonly string[]): Promise<FoundRecordings> {
  const found = new Map<string, FoundRecording>();
  const warnings: FunAsrError[] = [];
  for (const input of inputs.map(canonicalInput)) {
    const files = await search(input);
    const leftOut: string[] = [];
    let isEmpty = true;
    for (const file of files ?? [{ input, subfolder: '' }]) {
      if (files && !(await containsTranscript(file.input))) {
        leftOut.push(file.input);
        continue;
      }
      isEmpty = false;
      const key = file.input === STDIN ? STDIN : pathInRealFolder(file.input);
      if (!found.has(key)) found.set(key, file);
    }
    if (leftOut.length > 0) warnings.push(leftOutWarning(input, leftOut));
    if (isEmpty) warnings.push(new FunAsrError('W_NOTHING', `${input}: contains no transcript`));
  }
  if (found.size > 0) return { recordings: [...found.values()], warnings };
  throw new FunAsrError('E_NOTHING', `${inputs.join(', ')}: contains no transcript`, {
    hint: 'Name a transcript, a folder of transcripts, or a pattern such as "talks/**/*.jsonl".',
  });
}

/** Searches a folder or a pattern; undefined for an input that is a single file. */
async function search(input: string): Promise<FoundRecording[] | undefined> {
  if (input === STDIN) return undefined;
  const stats = await stat(input).catch(() => undefined);
  if (stats?.isDirectory()) return await filesOf(input, input);
  // The name of an existing file is not a pattern.
  if (stats || !isDynamicPattern(input)) return undefined;
  const paths = await glob(input, { expandDirectories: false });
  return paths
    .filter(hasExtension)
    .toSorted(byName)
    .map((path) => ({ input: normalize(path), subfolder: '' }));
}

/**
 * Lists the files of a folder and its sub-folders, and those folders that cannot be read. Hidden ones are left out, and so is
 * `.fun-asr`. Links to files are followed; links to folders are not, because they may form a cycle.
 */
async function filesOf(root: string, folder: string): Promise<FoundRecording[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  const subfolder = relative(root, folder);
  if (!entries) return [{ input: folder, subfolder }];
  const files: FoundRecording[] = [];
  for (const entry of entries.toSorted((one, other) => byName(one.name, other.name))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) files.push(...(await filesOf(root, path)));
    else if (hasExtension(path) && (entry.isFile() || entry.isSymbolicLink()))
      files.push({ input: path, subfolder });
  }
  return files;
}

function hasExtension(path: string): boolean {
  return EXTENSIONS.has(extname(path).toLowerCase());
}

/** A file that cannot be read is included, so that it is reported. */
async function containsTranscript(path: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  const text = bytes && decodeText(bytes).text;
  return text === undefined || isTranscript(text, path);
}

function leftOutWarning(input: string, paths: readonly string[]): FunAsrError {
  const names = paths.slice(0, MAX_NAMES).join(', ') + (paths.length > MAX_NAMES ? ', …' : '');
  const what =
    paths.length === 1 ? '1 file that is not a transcript' : `${paths.length} files that are not transcripts`;
  return new FunAsrError('W_UNSUPPORTED', `${input}: left out ${what}: ${names}`);
}
