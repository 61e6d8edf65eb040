import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sentence } from '../sentence.ts';
import { FORMATS, type Format } from './formats.ts';
import type { WrittenOutput } from './ledger.ts';
import { type OutputFolder, UNFINISHED } from './output-folder.ts';
import { writeError } from './write-error.ts';

/**
 * One output file that grows under a temporary name and gets its own only when it is complete and safe on the
 * disk, so that no reader ever finds half a file.
 */
export class UnfinishedOutput {
  readonly format: Format;
  readonly #folder: string;
  /** The name that it is meant for: what error messages speak of. */
  readonly #name: string;
  readonly #path: string;
  readonly #writer: Transform;
  readonly #written: Promise<void>;

  static async create(folder: OutputFolder, name: string, format: Format): Promise<UnfinishedOutput> {
    const path = join(folder.statePath, `${randomUUID()}${UNFINISHED}`);
    // flush forces the content on to the disk before the file is closed.
    const file = createWriteStream(path, { flags: 'wx', flush: true });
    try {
      await once(file, 'open');
    } catch (error) {
      throw writeError(join(folder.path, name), error);
    }
    return new UnfinishedOutput(folder.path, name, file, format);
  }

  private constructor(folder: string, name: string, file: WriteStream, format: Format) {
    this.format = format;
    this.#folder = folder;
    this.#name = name;
    this.#path = String(file.path);
    this.#writer = FORMATS[format]();
    this.#written = pipeline(this.#writer, file);
    // Awaited in write() and complete(), or never when the output is discarded.
    this.#written.catch(() => undefined);
  }

  /** Resolves when there is room for more. */
  async write(sentence: Sentence): Promise<void> {
    await this.#attempt(async () => {
      if (this.#writer.destroyed) await this.#written;
      if (!this.#writer.write(sentence)) await Promise.race([once(this.#writer, 'drain'), this.#written]);
    });
  }

  /** Ends the file and forces it on to the disk. It has its final size and time then, but not its name. */
  async complete(name: string): Promise<WrittenOutput> {
    return this.#attempt(async () => {
      this.#writer.end();
      await this.#written;
      const { size, mtimeMs } = await stat(this.#path);
      return { name, size, mtimeMs };
    });
  }

  /** Gives the complete file its name, in place of whatever had it. */
  async place(name: string): Promise<void> {
    await this.#attempt(() => rename(this.#path, join(this.#folder, name)));
  }

  async discard(): Promise<void> {
    this.#writer.destroy();
    await this.#written.catch(() => undefined);
    await rm(this.#path, { force: true });
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw writeError(join(this.#folder, this.#name), error);
    }
  }
}
