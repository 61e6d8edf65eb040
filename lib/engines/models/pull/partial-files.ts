import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Partial files are kept beside the models as `.partial-<SHA-256 of the whole file>`, for the next download of the same file
 * from any host. A download renames the file into its own folder first. A rename is atomic: no two downloads write one file.
 */
const PREFIX = '.partial-';

/** The folder of the partial files, in the temporary folder of a download. */
const FOLDER = 'parts';

/** The partial files of one download. */
export class PartialFiles {
  readonly #models: string;
  readonly #folder: string;

  private constructor(models: string, staging: string) {
    this.#models = models;
    this.#folder = join(staging, FOLDER);
  }

  /**
   * Takes the partial files of earlier downloads.
   * @param models Folder of the models.
   * @param staging Temporary folder of the download.
   * @param hashes SHA-256 of the files that are needed.
   */
  static async claim(models: string, staging: string, hashes: readonly string[]): Promise<PartialFiles> {
    const files = new PartialFiles(models, staging);
    await mkdir(files.#folder);
    for (const sha256 of hashes) {
      // Most often there is none, or another download has it.
      await rename(join(models, PREFIX + sha256), files.pathOf(sha256)).catch(() => {});
    }
    return files;
  }

  /** Where the file with a hash is written. */
  pathOf(sha256: string): string {
    return join(this.#folder, sha256);
  }

  /** Size of the file with a hash, in bytes. */
  async sizeOf(sha256: string): Promise<number> {
    return await fileSize(this.pathOf(sha256));
  }

  /** Keeps what was received for the next download. */
  async keep(): Promise<void> {
    await keepPartialFiles(this.#models, this.#folder);
  }
}

/**
 * Keeps the partial files of a download that was killed.
 * @param models Folder of the models.
 * @param staging Temporary folder of the download.
 */
export async function rescuePartialFiles(models: string, staging: string): Promise<void> {
  await keepPartialFiles(models, join(staging, FOLDER));
}

/** Removes the partial files of some hashes. */
export async function removePartialFiles(models: string, hashes: readonly string[]): Promise<void> {
  for (const sha256 of hashes) await rm(join(models, PREFIX + sha256), { force: true }).catch(() => {});
}

async function keepPartialFiles(models: string, folder: string): Promise<void> {
  for (const sha256 of await readdir(folder).catch(() => [])) {
    const path = join(folder, sha256);
    const kept = join(models, PREFIX + sha256);
    // Another download may have kept more.
    if ((await fileSize(path)) > (await fileSize(kept))) await rename(path, kept).catch(() => {});
  }
}

/** Size of a file in bytes; 0 when there is none. */
export async function fileSize(path: string): Promise<number> {
  const status = await stat(path).catch(() => undefined);
  return status?.size ?? 0;
}
