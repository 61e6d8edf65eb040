import { relative, resolve } from 'node:path';
import { openInputFile } from '../../audio/source/input-file.ts';
import type { BackendName } from '../../engines/backend.ts';
import { layoutId, type OutputFormat, type OutputLayout } from '../../subtitles/formats.ts';
import type { Claim } from '../state/locks/claim.ts';
import { type KnownContent, type ContentHashes } from '../state/content/content-hash.ts';
import { dropJournal, lastChange } from '../state/journal/journal.ts';
import type { JournalIndex } from '../state/journal-index.ts';
import type { FoundOutputs, Ledger } from '../state/ledger/ledger.ts';
import type { LedgerEntry, LedgerKey, OutputRecord } from '../state/ledger/ledger-entry.ts';
import type { OutputFolder, OutputFolders } from '../state/output-folder.ts';
import { pathInRealFolder, realFolder } from '../state/real-folder.ts';
import { STDIN } from './find-recordings.ts';
import { outputName, partialName } from './output-names.ts';
import type { PlannedRecording } from './output-plan.ts';

/** A recording whose content is known. */
export interface KnownRecording extends PlannedRecording {
  readonly outputFolder: OutputFolder;
  readonly key: LedgerKey;
  /** State of the file when its content was hashed; undefined for standard input. */
  readonly stamp?: string | undefined;
}

/** A recording that is not finished, and whose outputs can be written. */
export interface PendingRecording extends KnownRecording {
  /** Is released when the work on the recording ends. */
  readonly claim: Claim;
}

/** A finished recording of which some of the wanted outputs do not exist. */
export interface KeptRecording extends PendingRecording {
  /** What the run that has finished it said of it. */
  readonly record: OutputRecord;
  /** The outputs that exist already. */
  readonly found: FoundOutputs;
}

/** Options of {@link checkFinished}. */
export interface CheckFinishedOptions {
  readonly formats: readonly OutputFormat[];
  readonly layout?: OutputLayout | undefined;
  /** Whether it is transcribed even when it is finished, and may replace files that another program has written. */
  readonly force: boolean;
  /**
   * With `force`: text of a later time stays, in ms since 1970. A worker that takes a recording over continues it.
   * @default no text stays
   */
  readonly forceBefore?: number | undefined;
  /** Digests of settings whose text is accepted: first that of this run. */
  readonly settings: readonly string[];
  /** Only text of this engine is accepted. @default also of one that has continued it */
  readonly onlyBy?: BackendName | undefined;
  readonly journals: JournalIndex;
  /** Ends the reading of recordings. */
  readonly signal?: AbortSignal | undefined;
}

/** A finished recording, with what the ledger says of it. */
export type FinishedEntry = KnownRecording & { readonly entry: LedgerEntry };

/** What is to be done with a recording. */
export type CheckedRecording =
  | { readonly pending: PendingRecording }
  | { readonly kept: KeptRecording }
  | { readonly finished: FinishedEntry };

/**
 * Checks whether a recording is finished, before any audio is sent.
 * @returns The ledger entry of the run that has finished it; the recording whose outputs can be made of its kept text; or
 * the recording to be transcribed.
 * @throws {FunAsrError} When it cannot be transcribed: `E_READ`, `E_URL_REFUSED`, `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA` for
 * an empty file; `E_EXISTS`, `E_LOCKED`, `E_WRITE`.
 */
export async function checkFinished(
  plan: PlannedRecording,
  folders: OutputFolders,
  options: CheckFinishedOptions,
): Promise<CheckedRecording> {
  // First of all: no folder is created beside a recording that does not exist.
  const path = (await knownPath(plan, folders)) ?? (await checkedPath(plan));
  const outputFolder = await folders.open(plan.folder);
  const { keys, stamp } = await ledgerKeys(plan, path, outputFolder.hashes, options);
  const claim = await outputFolder.claim(keys[0]);
  try {
    const checked = await checkClaimed({ ...plan, outputFolder, key: keys[0], claim, stamp }, keys, options);
    if ('finished' in checked) await claim.release();
    return checked;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** @param keys The recording with each of the accepted settings. */
async function checkClaimed(
  recording: PendingRecording,
  keys: readonly LedgerKey[],
  options: CheckFinishedOptions,
): Promise<CheckedRecording> {
  const { formats, force, forceBefore = Infinity, journals } = options;
  const { outputFolder, key, claim } = recording;
  const { ledger, statePath } = outputFolder;
  if (force && (await lastChange(statePath, key)) < forceBefore) {
    await dropJournal(statePath, key);
    return { pending: recording };
  }
  const found = await findFinished(recording, keys, ledger, options, statePath);
  const isOld = force && found?.record === undefined && (found?.entry.at ?? 0) < forceBefore;
  const finished = isOld ? undefined : found;
  if (finished === undefined) {
    if (!force) await ledger.claim(key, allNames(recording, formats));
    await journals.bring(key, statePath, claim);
    return { pending: recording };
  }
  const { record } = finished;
  const known = { ...recording, key: finished.key };
  if (record === undefined)
    return { finished: { ...known, entry: { ...finished.entry, outputs: finished.found.outputs } } };
  if (!force) await ledger.claim(finished.key, finished.found.missing);
  await journals.bring(finished.key, statePath, claim);
  return { kept: { ...known, record, found: finished.found } };
}

/** A recording that is finished. */
export type FinishedRecording = { readonly key: LedgerKey; readonly found: FoundOutputs } & (
  | { readonly entry: LedgerEntry; readonly record?: undefined }
  /** Some of its outputs are missing, and can be made of its text. */
  | { readonly record: OutputRecord }
);

/**
 * Looks for a recording among those that are finished. Changes nothing.
 * @param keys The recording with each of the accepted settings.
 * @returns Undefined when it is not finished.
 */
export async function findFinished(
  { stem }: PlannedRecording,
  keys: readonly LedgerKey[],
  ledger: Ledger,
  { formats, layout = {}, journals }: Pick<CheckFinishedOptions, 'formats' | 'layout' | 'journals'>,
  statePath: string,
): Promise<FinishedRecording | undefined> {
  const names = formats.map((format) => outputName(stem, format));
  const known = await Promise.all(
    keys.map(async (key) => {
      // Outputs that were made before the `.jsonl` was edited are made anew.
      const edited =
        key.content === null ? undefined : await ledger.editedContent(key, outputName(stem, 'jsonl'));
      const layouts = new Map(
        formats.map((format) => [outputName(stem, format), layoutId(format, layout, edited)]),
      );
      return { key, found: await ledger.find(key, names, (name) => layouts.get(name)) };
    }),
  );
  for (const { key, found } of known) {
    if (found.entry && found.missing.length === 0) return { key, found, entry: found.entry };
  }
  for (const { key, found } of known) {
    if (key.content === null) continue;
    const { finished } = await journals.read(key, statePath);
    if (finished) return { key, found, record: finished };
  }
  return undefined;
}

/** The names of the outputs of a recording, complete or not. */
export function allNames({ stem }: PlannedRecording, formats: readonly OutputFormat[]): string[] {
  return formats.flatMap((format) => [outputName(stem, format), partialName(stem, format)]);
}

/** The path of a recording whose content is known, so that its file was checked by an earlier run. */
async function knownPath(
  { input, folder }: PlannedRecording,
  folders: OutputFolders,
): Promise<string | undefined> {
  const opened = input === STDIN ? undefined : await folders.openedAt(folder)?.catch(() => undefined);
  if (!opened) return undefined;
  const path = resolve(input);
  return (await opened.hashes.known(path, nameIn(folder, input))) && path;
}

/** The name of a recording in the files of its output folder. */
export function nameIn(folder: string, input: string): string {
  return relative(realFolder(folder), pathInRealFolder(input));
}

/**
 * The path of a recording whose file can be read; undefined for standard input.
 * @throws {FunAsrError} `E_READ`, `E_URL_REFUSED`, `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA`.
 */
export async function checkedPath({ input }: PlannedRecording): Promise<string | undefined> {
  return input === STDIN ? undefined : (await openInputFile(input)).input.path;
}

/**
 * Identifies a recording by its content, for the ledger of its output folder: one key for each of some settings.
 * @param path Of its file; undefined for standard input.
 */
export async function ledgerKeys(
  { input, folder }: PlannedRecording,
  path: string | undefined,
  hashes: ContentHashes,
  { settings, onlyBy, signal }: Pick<CheckFinishedOptions, 'settings' | 'onlyBy' | 'signal'>,
): Promise<{ readonly keys: readonly [LedgerKey, ...LedgerKey[]]; readonly stamp?: string }> {
  const name = path === undefined ? input : nameIn(folder, input);
  const known: Partial<KnownContent> = path === undefined ? {} : await hashes.of(path, name, signal);
  const keyFor = (parameters: string): LedgerKey => ({
    input: name,
    content: known.content ?? null,
    parameters,
    ...(onlyBy && { onlyBy }),
  });
  const [own = '', ...others] = settings;
  return {
    keys: [keyFor(own), ...others.map(keyFor)],
    ...(known.stamp !== undefined && { stamp: known.stamp }),
  };
}
