import { copyFile, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FunAsrError, systemCode } from '../../core/errors.ts';
import { orMissing } from '../../core/system/missing-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import type { Claim } from './claim.ts';
import { JOURNAL_SUFFIX, type Journaled, journalName, readJournal } from './journal.ts';
import type { LedgerKey } from './ledger-entry.ts';
import { stateFolder } from './output-folder.ts';
import { realFolder } from './real-folder.ts';

/**
 * Where the journals are that a run can use: in the state folders of its output folders, and in those above them. The text
 * of a recording is so found when the recording was copied or moved between these folders.
 */
export class JournalIndex {
  /** State folders by the names of the journals in them. */
  readonly #statePaths = new Map<string, string>();

  /** @param folders The output folders of a run. */
  static async of(folders: Iterable<string>): Promise<JournalIndex> {
    const index = new JournalIndex();
    for (const folder of withParents(folders)) await index.include(folder);
    return index;
  }

  /** Adds the journals of one folder. */
  async include(folder: string): Promise<void> {
    const statePath = stateFolder(folder);
    // The folders above may be those of other users.
    const names = await orMissing(statePath, readdir(statePath), []).catch((error: FunAsrError) => {
      if (['EACCES', 'EPERM'].includes(systemCode(error.cause) ?? '')) return [];
      throw error;
    });
    for (const name of names) if (name.endsWith(JOURNAL_SUFFIX)) this.#statePaths.set(name, statePath);
  }

  /** Notes that a state folder has a journal of a recording. */
  add(key: LedgerKey, statePath: string): void {
    this.#statePaths.set(journalName(key), statePath);
  }

  /**
   * Reads the journal of a recording from its own state folder, or else from another one. Changes nothing.
   * @param statePath Its own state folder.
   */
  async read(key: LedgerKey, statePath: string): Promise<Journaled> {
    const own = await readJournal(statePath, key);
    const other = this.#statePaths.get(journalName(key));
    if (own.finished || own.channels.size > 0 || other === undefined || other === statePath) return own;
    return await readJournal(other, key);
  }

  /**
   * Copies the journal of a recording from another state folder into its own, if it has none there.
   * @param statePath Its own state folder.
   * @param claim On the recording.
   * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
   */
  async bring(key: LedgerKey, statePath: string, claim: Claim): Promise<void> {
    const other = this.#statePaths.get(journalName(key));
    if (other === undefined || other === statePath) return;
    const own = await readJournal(statePath, key);
    if (own.finished || own.channels.size > 0) return;
    const path = join(statePath, journalName(key));
    const temporary = claim.temporaryPath();
    await withWriteErrors(path, async () => {
      await copyFile(join(other, journalName(key)), temporary);
      await rename(temporary, path);
    });
  }
}

function withParents(folders: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const folder of folders) {
    for (let path = realFolder(folder); !all.has(path); path = dirname(path)) all.add(path);
  }
  return all;
}
