import { copyFile, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { glob } from 'tinyglobby';
import { type FunAsrError, systemCode } from '../../core/errors.ts';
import { orMissing } from '../../core/system/missing-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import type { Claim } from './locks/claim.ts';
import { JOURNAL_SUFFIX, journalName } from './journal/journal-name.ts';
import { type Journaled, readJournal } from './journal/read-journal.ts';
import type { LedgerKey } from './ledger/ledger-entry.ts';
import { stateFolder } from './output-folder.ts';
import { realFolder } from './real-folder.ts';

/**
 * Where the journals are that a run can use: in the state folders of its output folders, in those above them, and in those
 * below the folders that it was given. The text of a recording is so found when the recording was copied or moved between these.
 */
export class JournalIndex {
  /** State folders by the names of the journals in them. Most journals are in one. */
  readonly #statePaths = new Map<string, string | string[]>();

  /**
   * @param folders The output folders of a run.
   * @param roots Folders below which others are searched too. A folder that all recordings have left still has their text.
   */
  static async of(folders: Iterable<string>, roots: readonly string[] = []): Promise<JournalIndex> {
    const index = new JournalIndex();
    const all = withParents(folders);
    for (const root of roots) for (const folder of await foldersWithState(root)) all.add(folder);
    for (const folder of all) await index.include(folder);
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
    for (const name of names) if (name.endsWith(JOURNAL_SUFFIX)) this.#add(name, statePath);
  }

  /** Notes that a state folder may have a journal of a recording. */
  add(key: LedgerKey, statePath: string): void {
    this.#add(journalName(key), statePath);
  }

  /**
   * Reads the journal of a recording: that of its own state folder, unless another one has more of its text. Changes nothing.
   * @param statePath Its own state folder.
   */
  async read(key: LedgerKey, statePath: string): Promise<Journaled> {
    return (await this.#best(key, statePath)).journal;
  }

  /**
   * Copies the journal of a recording from another state folder into its own, if that one has more of its text.
   * @param statePath Its own state folder.
   * @param claim On the recording.
   * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
   */
  async bring(key: LedgerKey, statePath: string, claim: Claim): Promise<void> {
    const { from } = await this.#best(key, statePath);
    if (from === statePath) return;
    const path = join(statePath, journalName(key));
    const temporary = claim.temporaryPath();
    await withWriteErrors(path, async () => {
      await copyFile(join(from, journalName(key)), temporary);
      await rename(temporary, path);
    });
  }

  /** A finished journal, or else the one that has most of the recording; its own one when they have the same. */
  async #best(key: LedgerKey, statePath: string): Promise<{ journal: Journaled; from: string }> {
    let best = { journal: await readJournal(statePath, key), from: statePath };
    for (const other of [this.#statePaths.get(journalName(key)) ?? []].flat()) {
      if (best.journal.finished) break;
      if (other === statePath) continue;
      const journal = await readJournal(other, key);
      if (journal.finished || doneMs(journal) > doneMs(best.journal)) best = { journal, from: other };
    }
    return best;
  }

  #add(name: string, statePath: string): void {
    const known = this.#statePaths.get(name);
    if (known === undefined) this.#statePaths.set(name, statePath);
    else if (![known].flat().includes(statePath)) this.#statePaths.set(name, [known, statePath].flat());
  }
}

/** How much of a recording a journal has, in ms: of all channels together. */
function doneMs({ channels }: Journaled): number {
  return [...channels.values()].reduce((sum, { endMs }) => sum + endMs, 0);
}

/** The folders below one that have a state folder. Links are not followed, and folders that cannot be read are left out. */
async function foldersWithState(root: string): Promise<string[]> {
  const found = await glob('**/.fun-asr', {
    cwd: root,
    dot: true,
    onlyDirectories: true,
    followSymbolicLinks: false,
    expandDirectories: false,
    absolute: true,
  });
  return found.map((path) => realFolder(dirname(path)));
}

function withParents(folders: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const folder of folders) {
    for (let path = realFolder(folder); !all.has(path); path = dirname(path)) all.add(path);
  }
  return all;
}
