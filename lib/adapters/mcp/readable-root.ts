import { link, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { FunAsrError, systemCode } from '../../core/errors.ts';
import { temporaryName } from '../../core/system/atomic-file.ts';
import { writeError } from '../../core/system/write-error.ts';

/** A folder that contains everything a client may read and write. Paths are compared as the real paths of their files. */
export class ReadableRoot {
  /** Its real path. */
  readonly path: string;

  /** @throws {FunAsrError} `E_OPTION` when it is not a folder. */
  static async open(path: string): Promise<ReadableRoot> {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined && (await stat(real)).isDirectory()) return new ReadableRoot(real);
    throw new FunAsrError('E_OPTION', `${path}: it is not a folder`, {
      hint: 'Name an existing folder with --root.',
    });
  }

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * The real path of a file of the client.
   * @throws {FunAsrError} `E_READ` when there is none below the folder. What exists elsewhere does not change the error.
   */
  async file(path: string): Promise<string> {
    const real = await this.#realPath(path);
    if (real !== undefined) return real;
    throw new FunAsrError('E_READ', `${path}: there is no such file in ${this.path}`, {
      hint: 'Only files in this folder and its sub-folders are read. Start the server with --root <dir> for another folder.',
    });
  }

  /**
   * Writes a file that does not exist yet: it appears when it is complete.
   * @param extension What its name must end with.
   * @returns Its path.
   * @throws {FunAsrError} `E_OPTION`, `E_WRITE`, `E_EXISTS`, `E_DISK_FULL`
   */
  async write(path: string, extension: string, content: string): Promise<string> {
    const file = await this.output(path, extension);
    const temporary = join(dirname(file), `.${temporaryName()}`);
    try {
      await writeFile(temporary, content, { flag: 'wx' });
      // Unlike a new name, a link does not replace a file.
      await link(temporary, file);
      return file;
    } catch (cause) {
      throw systemCode(cause) === 'EEXIST' ? existing(path) : writeError(path, cause);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /**
   * Checks the path of an output, before any work for it begins.
   * @returns Its real path.
   * @throws {FunAsrError} `E_OPTION`, `E_WRITE`, `E_EXISTS`
   */
  async output(path: string, extension: string): Promise<string> {
    if (extname(path) !== `.${extension}`) {
      throw new FunAsrError('E_OPTION', `${path}: the name of the output must end with .${extension}`);
    }
    const folder = await this.#realPath(dirname(path));
    if (folder === undefined) {
      throw new FunAsrError('E_WRITE', `${path}: its folder is not in ${this.path}`, {
        hint: 'Only this folder and its sub-folders are written. Start the server with --root <dir> for another folder.',
      });
    }
    const file = join(folder, basename(path));
    const exists = await stat(file).then(
      () => true,
      () => false,
    );
    if (exists) throw existing(path);
    return file;
  }

  /** Undefined when there is nothing below the folder at a path. */
  async #realPath(path: string): Promise<string | undefined> {
    const absolute = resolve(this.path, path);
    if (!this.#contains(absolute)) return undefined;
    const real = await realpath(absolute).catch(() => undefined);
    return real !== undefined && this.#contains(real) ? real : undefined;
  }

  #contains(path: string): boolean {
    const way = relative(this.path, path);
    return way !== '..' && !way.startsWith(`..${sep}`) && resolve(this.path, way) === path;
  }
}

function existing(path: string): FunAsrError {
  return new FunAsrError('E_EXISTS', `${path}: it exists already`, {
    hint: 'Name another output: files are not replaced.',
  });
}
