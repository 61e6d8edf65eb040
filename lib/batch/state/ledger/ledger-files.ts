import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AtomicFile } from '../../../core/system/atomic-file.ts';
import { withWriteErrors } from '../../../core/system/write-error.ts';

/** The ledger of a folder that one run has for itself. */
export const LEDGER_NAME = 'ledger.jsonl';

/** The ledger of one of the processes that share a folder: each appends to a file of its own. */
export function sharedLedgerName(token: string): string {
  return `ledger-${token}.jsonl`;
}

export function isLedgerName(name: string): boolean {
  return /^ledger(-[\w-]+)?\.jsonl$/.test(name);
}

/**
 * Joins the files of processes that have shared a folder into one, in the order of time. Needs the folder for itself.
 * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
 */
export async function joinLedgers(statePath: string): Promise<void> {
  const names = (await readdir(statePath)).filter(isLedgerName);
  const shared = names.filter((name) => name !== LEDGER_NAME);
  if (shared.length === 0) return;
  const contents = await Promise.all(names.map((name) => readFile(join(statePath, name), 'utf8')));
  const lines = contents.flatMap((content) => content.split('\n').filter(Boolean));
  const dated = lines.map((line) => ({ line, at: timeOf(line) }));
  const sorted = dated.toSorted((one, other) => one.at - other.at);
  const file = await AtomicFile.create(join(statePath, LEDGER_NAME));
  await withWriteErrors(file.finalPath, () =>
    writeFile(file.path, sorted.map(({ line }) => `${line}\n`).join('')),
  );
  await file.complete();
  await file.place();
  for (const name of shared) await rm(join(statePath, name), { force: true });
}

/** When a line was written; 0 when it does not say. */
function timeOf(line: string): number {
  return Number(/"at":(\d+)\}$/.exec(line)?.[1] ?? 0);
}
