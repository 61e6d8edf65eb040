import { access, constants, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import { ContentHashes, HASHES_NAME } from './content-hash.ts';
import { CreatedFolder } from './created-folder.ts';
import { Ledger } from './ledger.ts';
import { lockFolder } from './lock.ts';
import { realFolder } from './real-folder.ts';
import { TEMPORARY_SUFFIX, temporaryName } from '../../core/system/atomic-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';

/** The state folder of an output folder. */
export function stateFolder(folder: string): string {
  return join(folder, '.fun-asr');
}

/** An output folder that is locked for this run, with its state in `.fun-asr/`. */
export class OutputFolder {
  readonly path: string;
  /** Where the ledger, the lock, journals and outputs that are not complete are. */
  readonly statePath: string;
  readonly ledger: Ledger;
  /** The content of the recordings. */
  readonly hashes: ContentHashes;
  readonly #folder: CreatedFolder;
  readonly #unlock: () => Promise<void>;

  /**
   * Creates the folder if it is missing, checks that it can be written, locks it, and removes temporary files of runs
   * that were killed.
   * @throws {FunAsrError} `E_LOCKED`, `E_WRITE` or `E_DISK_FULL`.
   */
  static async open(path: string): Promise<OutputFolder> {
    const statePath = stateFolder(path);
    return await withWriteErrors(path, async () => {
      const folder = await CreatedFolder.create(path);
      try {
        await mkdir(statePath, { recursive: true });
        await access(path, constants.W_OK);
        const unlock = await lockFolder(statePath);
        // No other run uses this folder: temporary files are from a run that was killed.
        await removeTemporary(statePath);
        const ledger = await Ledger.read(path);
        return new OutputFolder(folder, statePath, ledger, await ContentHashes.read(statePath), unlock);
      } catch (error) {
        await folder.removeIfEmpty();
        throw error;
      }
    });
  }

  private constructor(
    folder: CreatedFolder,
    statePath: string,
    ledger: Ledger,
    hashes: ContentHashes,
    unlock: () => Promise<void>,
  ) {
    this.path = folder.path;
    this.statePath = statePath;
    this.ledger = ledger;
    this.hashes = hashes;
    this.#folder = folder;
    this.#unlock = unlock;
  }

  /** Path for an output that is not complete yet: on the same disk, so that it gets its final name in one step. */
  temporaryPath(): string {
    return join(this.statePath, temporaryName());
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

/** The output folders of a run. Each is opened once, on its first use, whatever links lead to it. */
export class OutputFolders {
  readonly #folders = new Map<string, Promise<OutputFolder>>();
  readonly #onWarning: (warning: FunAsrError) => void;

  /** @param onWarning Called with `W_LEDGER` when the ledger of a folder is damaged. */
  constructor(onWarning: (warning: FunAsrError) => void) {
    this.#onWarning = onWarning;
  }

  /** A folder that was opened before. */
  opened(path: string): Promise<OutputFolder> | undefined {
    return this.#folders.get(realFolder(path));
  }

  open(path: string): Promise<OutputFolder> {
    const key = realFolder(path);
    const folder = this.#folders.get(key) ?? this.#open(path);
    this.#folders.set(key, folder);
    return folder;
  }

  async #open(path: string): Promise<OutputFolder> {
    const folder = await OutputFolder.open(path);
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
    for (const folder of await this.#opened()) await folder.hashes.save();
  }

  /** Audio that the cloud has recognised for these folders, in seconds. */
  async cloudSeconds(): Promise<number> {
    return (await this.#opened()).reduce((sum, { ledger }) => sum + ledger.cloudSeconds, 0);
  }

  async close(): Promise<void> {
    for (const folder of await this.#opened()) await folder.close();
  }

  async #opened(): Promise<OutputFolder[]> {
    const folders = await Promise.allSettled(this.#folders.values());
    return folders.flatMap((folder) => (folder.status === 'fulfilled' ? [folder.value] : []));
  }
}

/** The cache of a folder in which nothing else is kept says nothing that is needed. */
async function removeUnusedCache(statePath: string): Promise<void> {
  const names = await readdir(statePath).catch(() => []);
  if (names.every((name) => name === HASHES_NAME)) await rm(join(statePath, HASHES_NAME), { force: true });
}

async function removeTemporary(statePath: string): Promise<void> {
  for (const name of await readdir(statePath)) {
    if (name.endsWith(TEMPORARY_SUFFIX)) await rm(join(statePath, name), { force: true });
  }
}
