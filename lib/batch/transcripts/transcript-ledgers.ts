import { randomUUID } from 'node:crypto';
import { FunAsrError } from '../../core/errors.ts';
import { Ledger } from '../state/ledger/ledger.ts';
import { OutputFolders } from '../state/output-folder.ts';
import { realFolder } from '../state/real-folder.ts';

/**
 * The ledgers of the output folders of a run that recognises nothing. A folder that another run uses, such as `watch`, is
 * not locked: the entries go to a file of their own, which a later run joins with the others.
 */
export class TranscriptLedgers {
  readonly #folders: OutputFolders;
  readonly #unlocked = new Map<string, Ledger>();

  /** @param onWarning Called with `W_LEDGER` when a ledger is damaged. */
  constructor(onWarning: (warning: FunAsrError) => void) {
    this.#folders = new OutputFolders(onWarning);
  }

  /**
   * The ledger of a folder.
   * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
   */
  async open(folder: string): Promise<Ledger> {
    try {
      return (await this.#folders.open(folder)).ledger;
    } catch (cause) {
      if (!(cause instanceof FunAsrError) || cause.code !== 'E_LOCKED') throw cause;
      const path = realFolder(folder);
      const ledger = this.#unlocked.get(path) ?? (await Ledger.read(folder, randomUUID()));
      this.#unlocked.set(path, ledger);
      return ledger;
    }
  }

  async close(): Promise<void> {
    await this.#folders.close();
  }
}
