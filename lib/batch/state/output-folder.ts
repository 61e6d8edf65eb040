import { access, constants, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
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
        return new OutputFolder(folder, statePath, await Ledger.read(path), unlock);
      } catch (error) {
        await folder.removeIfEmpty();
        throw error;
      }
    });
  }

  private constructor(folder: CreatedFolder, statePath: string, ledger: Ledger, unlock: () => Promise<void>) {
    this.path = folder.path;
    this.statePath = statePath;
    this.ledger = ledger;
    this.#folder = folder;
    this.#unlock = unlock;
  }

  /** Path for an output that is not complete yet: on the same disk, so that it gets its final name in one step. */
  temporaryPath(): string {
    return join(this.statePath, temporaryName());
  }

  async close(): Promise<void> {
    await this.#unlock();
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

  async close(): Promise<void> {
    for (const folder of await Promise.allSettled(this.#folders.values())) {
      if (folder.status === 'fulfilled') await folder.value.close();
    }
  }
}

async function removeTemporary(statePath: string): Promise<void> {
  for (const name of await readdir(statePath)) {
    if (name.endsWith(TEMPORARY_SUFFIX)) await rm(join(statePath, name), { force: true });
  }
}
