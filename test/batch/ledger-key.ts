import { join } from 'node:path';
import { checkedPath, ledgerKeys } from '../../lib/batch/plan/check-finished.ts';
import type { PlannedRecording } from '../../lib/batch/plan/output-plan.ts';
import { ContentHashes } from '../../lib/batch/state/content/content-hash.ts';
import type { Ledger } from '../../lib/batch/state/ledger/ledger.ts';
import type { LedgerEntry, LedgerKey } from '../../lib/batch/state/ledger/ledger-entry.ts';

/** The key of a recording, as a run with these settings makes it. */
export async function keyOf(plan: PlannedRecording, settings: string): Promise<LedgerKey> {
  const hashes = await ContentHashes.read(join(plan.folder, '.fun-asr'));
  const { keys } = await ledgerKeys(plan, await checkedPath(plan), hashes, { settings: [settings] });
  return keys[0];
}

/** The entry of a finished recording whose wanted outputs exist, with these outputs; else undefined. */
export async function finishedEntry(
  ledger: Ledger,
  key: LedgerKey,
  formats: readonly string[],
): Promise<LedgerEntry | undefined> {
  const { entry, outputs, missing } = await ledger.find(
    key,
    formats.map((format) => `talk.${format}`),
  );
  return entry && missing.length === 0 ? { ...entry, outputs } : undefined;
}
