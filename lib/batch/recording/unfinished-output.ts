import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sentence } from '../../sentence.ts';
import { FORMATS, type Format } from '../formats.ts';
import type { WrittenOutput } from '../state/ledger.ts';
import { type Place, UnfinishedFile } from '../../core/unfinished-file.ts';

/** One output of a transcription: an {@link UnfinishedFile} that sentences are written to. */
export class UnfinishedOutput {
  readonly format: Format;
  readonly #file: UnfinishedFile;
  readonly #writer: Duplex;
  readonly #written: Promise<void>;

  /** @param unfinishedName Its name while it grows. @default one that nobody else takes */
  static async create(
    folder: Place,
    name: string,
    format: Format,
    unfinishedName?: string,
  ): Promise<UnfinishedOutput> {
    const writer = FORMATS[format]();
    return new UnfinishedOutput(await UnfinishedFile.create(folder, name, unfinishedName), format, writer);
  }

  private constructor(file: UnfinishedFile, format: Format, writer: Duplex) {
    this.format = format;
    this.#file = file;
    this.#writer = writer;
    this.#written = pipeline(this.#writer, createWriteStream(file.path));
    // Awaited in write() and complete(), or never when the output is discarded.
    this.#written.catch(() => undefined);
  }

  /** Resolves when there is room for more. */
  async write(sentence: Sentence): Promise<void> {
    await this.#file.attempt(async () => {
      if (this.#writer.destroyed) await this.#written;
      if (!this.#writer.write(sentence)) await Promise.race([once(this.#writer, 'drain'), this.#written]);
    });
  }

  /** Ends the file and forces it on to the disk. It has its final size and time then, but not its name. */
  async complete(name: string): Promise<WrittenOutput> {
    await this.#file.attempt(async () => {
      this.#writer.end();
      await this.#written;
    });
    return this.#file.complete(name);
  }

  /** Gives the complete file its name, in place of whatever had it. */
  async place(name: string): Promise<void> {
    await this.#file.place(name);
  }

  async discard(): Promise<void> {
    this.#writer.destroy();
    await this.#written.catch(() => undefined);
    await this.#file.discard();
  }
}
