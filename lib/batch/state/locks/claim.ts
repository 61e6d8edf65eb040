import { join } from 'node:path';
import { FunAsrError } from '../../../core/errors.ts';
import { temporaryName } from '../../../core/system/atomic-file.ts';

/** The right of one process to work on a recording. */
export class Claim {
  /** Folder of its files that are not complete. It is gone when another process has taken the recording over. */
  readonly #folder: string;
  readonly #release: () => Promise<void>;
  readonly #lost = new AbortController();

  /** @param release Called once, unless the claim was lost. @default nothing is to be done */
  constructor(folder: string, release: () => Promise<void> = async () => {}) {
    this.#folder = folder;
    this.#release = release;
  }

  /** Aborts when another process has taken the recording over. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  get isLost(): boolean {
    return this.#lost.signal.aborted;
  }

  /** Path for a file that is not complete yet: on the disk of the outputs, so that it gets its name in one step. */
  temporaryPath(): string {
    return join(this.#folder, temporaryName());
  }

  /**
   * Checks that nothing is written for a recording that another process works on.
   * @throws {FunAsrError} `E_LOCKED`
   */
  check(): void {
    if (!this.isLost) return;
    throw new FunAsrError('E_LOCKED', 'another worker has taken the recording over', { retryable: true });
  }

  /** Another process has taken the recording over. */
  lose(): void {
    this.#lost.abort();
  }

  /** Lets other processes work on the recording. */
  async release(): Promise<void> {
    if (!this.isLost) await this.#release();
  }
}
