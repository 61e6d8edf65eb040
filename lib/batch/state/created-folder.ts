import { rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../../core/system/make-folder.ts';

/** A folder for outputs. What this run has created of its path can be removed again. */
export class CreatedFolder {
  readonly path: string;
  /** The topmost folder that was created; undefined when all of them existed. */
  readonly #topmost: string | undefined;

  /** Creates a folder, and those above it, when they do not exist. */
  static async create(path: string): Promise<CreatedFolder> {
    return new CreatedFolder(path, await makeFolder(path));
  }

  private constructor(path: string, topmost: string | undefined) {
    this.path = path;
    this.#topmost = topmost;
  }

  /** Removes the folders that were created, as far as they are empty. */
  async removeIfEmpty(): Promise<void> {
    if (this.#topmost === undefined) return;
    try {
      for (let folder = resolve(this.path); ; folder = dirname(folder)) {
        await rmdir(folder);
        if (folder === this.#topmost) return;
      }
    } catch {
      // There is something in it, or another run has removed it.
    }
  }
}
