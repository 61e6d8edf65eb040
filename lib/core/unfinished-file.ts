import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WrittenOutput } from '../batch/state/ledger.ts';
import { type OutputFolder, UNFINISHED } from '../batch/state/output-folder.ts';
import { writeError } from './write-error.ts';

/** The folder of a file, and the one that it grows in: on one disk. */
export type Place = Pick<OutputFolder, 'path' | 'statePath'>;

/**
 * A file that grows under a temporary name and gets its own only when it is complete and safe on the disk, so
 * that no reader ever finds half a file. Whoever writes it knows only its path.
 */
export class UnfinishedFile {
  /** Where it grows. */
  readonly path: string;
  /** Where it is meant to be: what error messages speak of. */
  readonly finalPath: string;
  readonly #folder: string;

  /**
   * Makes the file, empty. Nobody else can have put one in its place.
   * @param unfinishedName Its name in the state folder. @default one that nobody else takes
   */
  static async create(
    folder: Place,
    name: string,
    unfinishedName = `${randomUUID()}${UNFINISHED}`,
  ): Promise<UnfinishedFile> {
    const file = new UnfinishedFile(folder, name, unfinishedName);
    await file.attempt(async () => (await open(file.path, 'wx')).close());
    return file;
  }

  private constructor(folder: Place, name: string, unfinishedName: string) {
    this.path = join(folder.statePath, unfinishedName);
    this.finalPath = join(folder.path, name);
    this.#folder = folder.path;
  }

  /** Forces what was written on to the disk. The file has its final size and time then, but not its name. */
  async complete(name: string): Promise<WrittenOutput> {
    return this.attempt(async () => {
      const file = await open(this.path, 'r+');
      try {
        await file.sync();
        const { size, mtimeMs } = await file.stat();
        return { name, size, mtimeMs };
      } finally {
        await file.close();
      }
    });
  }

  /** Gives the complete file its name, in place of whatever had it. */
  async place(name: string): Promise<void> {
    await this.attempt(() => rename(this.path, join(this.#folder, name)));
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Does some work on the file; a failure of it names the output. */
  async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw writeError(this.finalPath, error);
    }
  }
}
