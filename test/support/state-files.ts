import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What `.fun-asr/` of a folder contains when one of its recordings is finished, and no run works on it. */
export const FINISHED_STATE: readonly string[] = ['.journal.jsonl', 'content.jsonl', 'ledger.jsonl'];

/** The names of the files in `.fun-asr/` of a folder; those of journals without their digest. */
export async function stateFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, '.fun-asr'));
  return names.map((name) => name.replace(/^[\da-f]{32}(?=\.journal)/, '')).sort();
}
