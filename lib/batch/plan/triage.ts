import { relative } from 'node:path';
import { openInputFile } from '../../audio/source/input-file.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { Format } from '../formats.ts';
import { dropJournal } from '../state/journal.ts';
import type { Ledger, LedgerEntry, LedgerKey } from '../state/ledger.ts';
import type { OutputFolder, OutputFolders } from '../state/output-folder.ts';
import type { PlannedRecording } from './output-plan.ts';
import { pathInRealFolder, realFolder } from './real-folder.ts';
import { outputName, partialName } from '../recording/recording-outputs.ts';
import { STDIN } from './recordings.ts';

/** A recording that has to be transcribed, and may be: its outputs can be written. */
export interface Job extends PlannedRecording {
  readonly outputFolder: OutputFolder;
  readonly key: LedgerKey;
}

/** What a recording is compared by, and whether it may replace what is there. */
export interface TriageOptions {
  readonly formats: readonly Format[];
  readonly force: boolean;
  /** Digest of the settings of this run. */
  readonly settings: string;
}

/**
 * Decides whether a recording needs work, before anything is sent.
 * @returns The entry of the run that has finished it, or the job to be done.
 * @throws {FunAsrError} What stands in the way: `E_READ`, `E_URL_REFUSED`, `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA` for
 * an empty file; `E_EXISTS`, `E_LOCKED`, `E_WRITE`.
 */
export async function triage(
  plan: PlannedRecording,
  folders: OutputFolders,
  options: TriageOptions,
): Promise<{ job: Job } | { finished: LedgerEntry }> {
  // First of all: no folder may be made beside a recording that does not exist.
  const key = await ledgerKey(plan, options.settings);
  const outputFolder = await folders.open(plan.folder);
  if (options.force) await dropJournal(outputFolder.statePath, key);
  const finished = await finishedEntry(plan, key, outputFolder.ledger, options);
  return finished ? { finished } : { job: { ...plan, outputFolder, key } };
}

/**
 * The entry of a recording that needs no work.
 * @throws {FunAsrError} `E_EXISTS` when it does, and its outputs may not be written.
 */
export async function finishedEntry(
  { stem }: PlannedRecording,
  key: LedgerKey,
  ledger: Ledger,
  { formats, force }: TriageOptions,
): Promise<LedgerEntry | undefined> {
  if (force) return undefined;
  const finished = await ledger.finished(key, formats);
  if (finished) return finished;
  const names = formats.flatMap((format) => [outputName(stem, format), partialName(stem, format)]);
  await ledger.claim(key.input, names);
  return undefined;
}

/**
 * What identifies a recording, as it is now, in the ledger of its outputs' folder.
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
