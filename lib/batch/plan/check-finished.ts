import { relative } from 'node:path';
import { openInputFile } from '../../audio/source/input-file.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { OutputFormat } from '../../subtitles/formats.ts';
import { dropJournal } from '../state/journal.ts';
import type { Ledger, LedgerEntry, LedgerKey } from '../state/ledger.ts';
import type { OutputFolder, OutputFolders } from '../state/output-folder.ts';
import type { PlannedRecording } from './output-plan.ts';
import { pathInRealFolder, realFolder } from '../state/real-folder.ts';
import { outputName, partialName } from './output-names.ts';
import { STDIN } from './find-recordings.ts';

/** A recording that is not finished, and whose outputs can be written. */
export interface PendingRecording extends PlannedRecording {
  readonly outputFolder: OutputFolder;
  readonly key: LedgerKey;
}

/** Options of {@link checkFinished}. */
export interface CheckFinishedOptions {
  readonly formats: readonly OutputFormat[];
  /** Whether it is transcribed even when it is finished, and may replace files that another program has written. */
  readonly force: boolean;
  /** Digest of the settings of this run. */
  readonly settings: string;
}

/**
 * Checks whether a recording is finished, before any audio is sent.
 * @returns The ledger entry of the run that has finished it, or the recording to be transcribed.
 * @throws {FunAsrError} When it cannot be transcribed: `E_READ`, `E_URL_REFUSED`, `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA` for
 * an empty file; `E_EXISTS`, `E_LOCKED`, `E_WRITE`.
 */
export async function checkFinished(
  plan: PlannedRecording,
  folders: OutputFolders,
  options: CheckFinishedOptions,
): Promise<{ pending: PendingRecording } | { finished: LedgerEntry }> {
  // First of all: no folder is created beside a recording that does not exist.
  const key = await ledgerKey(plan, options.settings);
  const outputFolder = await folders.open(plan.folder);
  if (options.force) await dropJournal(outputFolder.statePath, key);
  const finished = await finishedEntry(plan, key, outputFolder.ledger, options);
  return finished ? { finished } : { pending: { ...plan, outputFolder, key } };
}

/**
 * The ledger entry of a finished recording; undefined when it is not finished.
 * @throws {FunAsrError} `E_EXISTS` when it is not finished and its outputs must not be written.
 */
export async function finishedEntry(
  { stem }: PlannedRecording,
  key: LedgerKey,
  ledger: Ledger,
  { formats, force }: CheckFinishedOptions,
): Promise<LedgerEntry | undefined> {
  if (force) return undefined;
  const finished = await ledger.finished(key, formats);
  if (finished) return finished;
  const names = formats.flatMap((format) => [outputName(stem, format), partialName(stem, format)]);
  await ledger.claim(key.input, names);
  return undefined;
}

/**
 * Identifies a recording in its present state, for the ledger of its output folder.
 * @param parameters Digest of the settings of this run.
 */
export async function ledgerKey({ input, folder }: PlannedRecording, parameters: string): Promise<LedgerKey> {
  if (input === STDIN) return { parameters, input, fingerprint: null };
  return {
    parameters,
    input: relative(realFolder(folder), pathInRealFolder(input)),
    fingerprint: await fingerprint((await openInputFile(input)).input.path),
  };
}
