import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AtomicFile } from '../../core/system/atomic-file.ts';
import type { Sentence } from '../../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../subtitles/formats.ts';

import { contentHash } from '../state/content-hash.ts';
import type { WrittenOutput } from '../state/ledger-entry.ts';

/** One output of a transcription: an {@link AtomicFile} that sentences are written to. */
export class TranscriptFile {
  readonly format: OutputFormat;
  readonly #file: AtomicFile;
  readonly #writer: Duplex;
  readonly #written: Promise<void>;

  /** @param temporaryPath Where it is written. @default a hidden file beside the final path */
  static async create(
    finalPath: string,
    format: OutputFormat,
    temporaryPath?: string,
  ): Promise<TranscriptFile> {
    const writer = OUTPUT_FORMATS[format]({});
    return new TranscriptFile(await AtomicFile.create(finalPath, temporaryPath), format, writer);
  }

  private constructor(file: AtomicFile, format: OutputFormat, writer: Duplex) {
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

  /** Ends the file and forces it on to the disk. Its size and time are final then, its name is not. */
  async complete(): Promise<Omit<WrittenOutput, 'name'>> {
    await this.#file.attempt(async () => {
      this.#writer.end();
      await this.#written;
    });
    const state = await this.#file.complete();
    return { ...state, content: await contentHash(this.#file.path) };
  }

  /** Gives the complete file its name. It replaces a file of that name. */
  async place(path?: string): Promise<void> {
    await this.#file.place(path);
  }

  /** Removes the file, unless it was placed. */
  async discard(): Promise<void> {
    this.#writer.destroy();
    await this.#written.catch(() => undefined);
    await this.#file.discard();
  }
}
