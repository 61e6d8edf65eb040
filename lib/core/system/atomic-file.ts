import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withWriteErrors } from './write-error.ts';

/** Ends the names of files that are not complete. */
export const TEMPORARY_SUFFIX = '.part';

/** Size and time of a file, by which a later change is noticed. */
export interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * A file that is written under a temporary name, and gets its own name in one step when it is complete and safe on the
 * disk: a reader never sees half a file, whatever ends the program. Its content is written to `path` by any means.
 *
 * All methods fail with `E_WRITE` or `E_DISK_FULL`, which name the final path.
 */
export class AtomicFile {
  /** Where its content is written. */
  readonly path: string;
  /** Path of the finished file, unless it is placed elsewhere. */
  readonly finalPath: string;

  /**
   * Creates an empty file at the temporary path; fails if it exists already.
   * @param temporaryPath Must be on the same disk. @default a hidden file beside the final path
   */
  static async create(
    finalPath: string,
    temporaryPath: string = join(dirname(finalPath), `.${temporaryName()}`),
  ): Promise<AtomicFile> {
    const file = new AtomicFile(finalPath, temporaryPath);
    await file.attempt(async () => (await open(file.path, 'wx')).close());
    return file;
  }

  private constructor(finalPath: string, temporaryPath: string) {
    this.path = temporaryPath;
    this.finalPath = finalPath;
  }

  /** Forces its content on to the disk. Its size and time are final then, its name is not. */
  async complete(): Promise<FileState> {
    return await this.attempt(async () => {
      const file = await open(this.path, 'r+');
      try {
        await file.sync();
        const { size, mtimeMs } = await file.stat();
        return { size, mtimeMs };
      } finally {
        await file.close();
      }
    });
  }

  /** Gives the complete file its name. It replaces a file of that name. */
  async place(path: string = this.finalPath): Promise<void> {
    await this.attempt(() => rename(this.path, path));
    await syncFolder(dirname(path));
  }

  /** Removes the file, unless it was placed. One that cannot be removed is left: its name says that it is not complete. */
  async discard(): Promise<void> {
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  /** Runs work on the file, so that its failure names the final path. */
  async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    return await withWriteErrors(this.finalPath, work);
  }
}

/** A name that no other file has. */
export function temporaryName(): string {
  return `${randomUUID()}${TEMPORARY_SUFFIX}`;
}

/** Forces the new name on to the disk. Windows and some network disks cannot do that: the name is in place without it. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // The file itself is safe.
  }
}
