import { createHash } from 'node:crypto';
import type { LedgerKey } from '../ledger/ledger-entry.ts';

/** Ends the names of journals. */
export const JOURNAL_SUFFIX = '.journal.jsonl';

/** File name of the journal of a recording, the same in all folders. */
export function journalName({ input, content, parameters }: LedgerKey): string {
  const id = JSON.stringify([content ?? input, parameters]);
  return createHash('sha256').update(id).digest('hex').slice(0, 32) + JOURNAL_SUFFIX;
}
