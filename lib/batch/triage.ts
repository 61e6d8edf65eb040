import { relative, resolve } from 'node:path';
import { openRecording } from '../audio/recording.ts';
import { fingerprint } from './fingerprint.ts';
import type { Format } from './formats.ts';
import type { LedgerEntry, LedgerKey } from './ledger.ts';
import type { OutputFolder, OutputFolders } from './output-folder.ts';
import type { PlannedRecording } from './output-plan.ts';
import { outputName, partialName } from './recording-outputs.ts';
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
  readonly version: string;
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
  const key = await ledgerKey(plan, options);
  const outputFolder = await folders.open(plan.folder);
  const job = { ...plan, outputFolder, key };
  if (options.force) return { job };
  const finished = await outputFolder.ledger.finished(key, options.formats);
  if (finished) return { finished };
  const names = options.formats.flatMap((format) => [
    outputName(plan.stem, format),
    partialName(plan.stem, format),
  ]);
  await outputFolder.claim(key.input, names);
  return { job };
}

/** What identifies a recording, as it is now, in the ledger of its outputs' folder. */
export async function ledgerKey(
  { input, folder }: PlannedRecording,
  { settings, version }: Pick<TriageOptions, 'settings' | 'version'>,
): Promise<LedgerKey> {
  const own = { parameters: settings, version };
  if (input === STDIN) return { ...own, input, fingerprint: null };
  return {
    ...own,
    input: relative(resolve(folder), resolve(input)),
    fingerprint: await fingerprint((await openRecording(input)).path),
  };
}
