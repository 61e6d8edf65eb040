import { access, constants, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import { Claim } from './locks/claim.ts';
import { ContentHashes, HASHES_NAME } from './content/content-hash.ts';
import { CreatedFolder } from './created-folder.ts';
import { journalName } from './journal/journal-name.ts';
import { Ledger } from './ledger/ledger.ts';
import { type LedgerKey } from './ledger/ledger-entry.ts';
import { joinLedgers } from './ledger/ledger-files.ts';
import { locked, lockFolder } from './locks/lock.ts';
import { realFolder } from './real-folder.ts';
import { checkNotShared, SharedLock, type Sharing } from './locks/shared-lock.ts';
import { TEMPORARY_SUFFIX, temporaryName } from '../../core/system/atomic-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { makeFolder } from '../../core/system/make-folder.ts';

/** The state folder of an output folder. */
export function stateFolder(folder: string): string {
  return join(folder, '.fun-asr');
}

/** How long a worker of a queue may be silent, in ms. */
export const SILENCE_MS = 60_000;

/** What is read of an output folder. */
export interface FolderState {
  readonly path: string;
  /** Its state folder. */
  readonly statePath: string;
  readonly ledger: Ledger;
}

/** An output folder that is not locked. */
export interface ReadFolder extends FolderState {
  readonly hashes: ContentHashes;
}

/** Reads an output folder without locking it. Changes nothing. */
export async function readFolder(path: string): Promise<ReadFolder> {
  const statePath = stateFolder(path);
  return { path, statePath, ledger: await Ledger.read(path), hashes: await ContentHashes.read(statePath) };
}

/** An output folder that is locked for this run, or shared with others, with its state in `.fun-asr/`. */
export class OutputFolder implements FolderState {
  readonly path: string;
  /** Where the ledger, the lock, journals and outputs that are not complete are. */
  readonly statePath: string;
  readonly ledger: Ledger;
  /** The content of the recordings. */
  readonly hashes: ContentHashes;
  readonly #folder: CreatedFolder;
  /** The lock of a folder that is shared; undefined when this run has it for itself. */
  readonly #shared: SharedLock | undefined;
  readonly #unlock: () => Promise<void>;
  /** The claim on all recordings of a folder that is not shared. */
  readonly #own: Claim;

  /**
   * Creates the folder if it is missing, checks that it can be written, locks it, and removes temporary files of runs
   * that were killed.
   * @param sharing How it is shared with others. @default it is not shared
   * @throws {FunAsrError} `E_LOCKED`, `E_WRITE` or `E_DISK_FULL`.
   */
  static async open(path: string, sharing?: Sharing): Promise<OutputFolder> {
    const statePath = stateFolder(path);
    return await withWriteErrors(path, async () => {
      const folder = await CreatedFolder.create(path);
      try {
        await makeFolder(statePath);
        await access(path, constants.W_OK);
        const hashes = await ContentHashes.read(statePath);
        const shared = sharing && (await SharedLock.take(statePath, sharing));
        const unlock = shared ? () => shared.release() : await lockForItself(statePath);
        try {
          const ledger = await Ledger.read(path, shared?.token);
          return new OutputFolder(folder, statePath, { ledger, hashes, shared, unlock });
        } catch (error) {
          await unlock();
          throw error;
        }
      } catch (error) {
        await folder.removeIfEmpty();
        throw error;
      }
    });
  }

  private constructor(
    folder: CreatedFolder,
    statePath: string,
    { ledger, hashes, shared, unlock }: OpenedState,
  ) {
    this.path = folder.path;
    this.statePath = statePath;
    this.ledger = ledger;
    this.hashes = hashes;
    this.#folder = folder;
    this.#shared = shared;
    this.#unlock = unlock;
    this.#own = new Claim(statePath);
  }

  /** Path for an output that is not complete yet: on the same disk, so that it gets its final name in one step. */
  temporaryPath(): string {
    return join(this.statePath, temporaryName());
  }

  /** Whether this process has lost its lock to others: the folder must be opened again. */
  get isLost(): boolean {
    return this.#shared?.isLost ?? false;
  }

  /**
   * Claims a recording, so that no other process works on it.
   * @throws {FunAsrError} `E_LOCKED` when one does.
   */
  async claim(key: LedgerKey): Promise<Claim> {
    if (!this.#shared) return this.#own;
    const claim = await withWriteErrors(this.path, async () => await this.#shared?.claim(journalName(key)));
    if (!claim) {
      throw locked(this.statePath, `another worker transcribes ${key.input}, or a copy of it`, {
        retryable: true,
      });
    }
    // What it has finished is in the ledger before its claim is gone.
    await this.ledger.refresh();
    return claim;
  }

  async close(): Promise<void> {
    await this.hashes.save();
    await this.#unlock();
    await removeUnusedCache(this.statePath);
    // The state folder stays only when something is in it.
    await rmdir(this.statePath).catch(() => undefined);
    await this.#folder.removeIfEmpty();
  }
}

/** What is known of an output folder. */
interface OpenedState {
  readonly ledger: Ledger;
  readonly hashes: ContentHashes;
  readonly shared: SharedLock | undefined;
  readonly unlock: () => Promise<void>;
}

/** The output folders of a run. Each is opened once, on its first use, whatever links lead to it. */
export class OutputFolders {
  readonly #folders = new Map<string, Promise<OutputFolder>>();
  readonly #onWarning: (warning: FunAsrError) => void;
  readonly #sharing: Sharing | undefined;

  /**
   * @param onWarning Called with `W_LEDGER` when the ledger of a folder is damaged.
   * @param sharing How they are shared with others. @default they are not shared
   */
  constructor(onWarning: (warning: FunAsrError) => void, sharing?: Sharing) {
    this.#onWarning = onWarning;
    this.#sharing = sharing;
  }

  /** A folder that was opened before. */
  openedAt(path: string): Promise<OutputFolder> | undefined {
    return this.#folders.get(realFolder(path));
  }

  open(path: string): Promise<OutputFolder> {
    const key = realFolder(path);
    const folder = this.#folders.get(key) ?? this.#open(path);
    this.#folders.set(key, folder);
    // A run reports each recording of a folder that cannot be opened. A worker tries again later.
    if (this.#sharing) folder.catch(() => this.#folders.delete(key));
    return folder;
  }

  /** Forgets the folders whose lock was lost to others, so that they are opened again. */
  async forgetLost(): Promise<void> {
    for (const [key, opening] of this.#folders) {
      const folder = await opening.catch(() => undefined);
      if (folder?.isLost) this.#folders.delete(key);
    }
  }

  async #open(path: string): Promise<OutputFolder> {
    const folder = await OutputFolder.open(path, this.#sharing);
    const { damagedLines } = folder.ledger;
    if (damagedLines > 0) {
      const message = `${folder.statePath}: the list of finished recordings is damaged (lines: ${damagedLines})`;
      this.#onWarning(
        new FunAsrError('W_LEDGER', message, {
          hint: 'The recordings of these lines are transcribed again.',
        }),
      );
    }
    return folder;
  }

  /** Saves the hashes of the recordings, so that a run that is killed later does not read them again. */
  async saveHashes(): Promise<void> {
    for (const folder of await this.opened()) await folder.hashes.save();
  }

  /** Closes all of them. They may be opened again. */
  async close(): Promise<void> {
    const opened = await this.opened();
    this.#folders.clear();
    for (const folder of opened) await folder.close();
  }

  /** The folders that are open. */
  async opened(): Promise<OutputFolder[]> {
    const folders = await Promise.allSettled(this.#folders.values());
    return folders.flatMap((folder) => (folder.status === 'fulfilled' ? [folder.value] : []));
  }
}

/** The cache of a folder in which nothing else is kept says nothing that is needed. */
async function removeUnusedCache(statePath: string): Promise<void> {
  const names = await readdir(statePath).catch(() => undefined);
  if (!names?.every((name) => name === HASHES_NAME)) return;
  await rm(join(statePath, HASHES_NAME), { force: true }).catch(() => undefined);
}

/** Locks a state folder for this run alone. */
async function lockForItself(statePath: string): Promise<() => Promise<void>> {
  const unlock = await lockFolder(statePath);
  try {
    await checkNotShared(statePath, { silenceMs: SILENCE_MS });
    // No other run uses this folder: temporary files are from a run that was killed.
    await removeTemporary(statePath);
    await joinLedgers(statePath);
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function removeTemporary(statePath: string): Promise<void> {
  for (const name of await readdir(statePath)) {
    if (name.endsWith(TEMPORARY_SUFFIX)) await rm(join(statePath, name), { force: true });
  }
}
