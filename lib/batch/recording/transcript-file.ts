import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { AtomicFile } from '../../core/system/atomic-file.ts';
import type { Sentence } from '../../sentence.ts';
import { layoutId, OUTPUT_FORMATS, type OutputFormat, type OutputOptions } from '../../subtitles/formats.ts';
import type { SubtitleStream } from '../../subtitles/writer.ts';
import type { FunAsrError } from '../../core/errors.ts';
import { contentHash } from '../state/content/content-hash.ts';
import type { WrittenOutput } from '../state/ledger/ledger-entry.ts';

/** One output of a transcription: an {@link AtomicFile} that sentences are written to. */
export class TranscriptFile {
  readonly format: OutputFormat;
  readonly #file: AtomicFile;
  readonly #writer: SubtitleStream;
  readonly #layout: string | undefined;
  readonly #warnings: FunAsrError[] = [];
  readonly #written: Promise<void>;

  /** @param temporaryPath Where it is written. @default a hidden file beside the final path */
  static async create(
    finalPath: string,
    format: OutputFormat,
    temporaryPath?: string,
    layout: OutputOptions = {},
    edited?: string,
  ): Promise<TranscriptFile> {
    const writer = OUTPUT_FORMATS[format](layout);
    const file = await AtomicFile.create(finalPath, temporaryPath);
    return new TranscriptFile(file, format, writer, layoutId(format, layout, edited));
  }

  private constructor(
    file: AtomicFile,
    format: OutputFormat,
    writer: SubtitleStream,
    layout: string | undefined,
  ) {
    this.#layout = layout;
    writer.on('warning', (warning) => this.#warnings.push(warning));
    this.format = format;
    this.#file = file;
    this.#writer = writer;
    this.#written = pipeline(this.#writer, createWriteStream(file.path));
    // Awaited in write() and complete(), or never when the output is discarded.
    this.#written.catch(() => undefined);
  }

  /** What is to be said of the complete file. */
  get warnings(): readonly FunAsrError[] {
    return this.#warnings;
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
    const content = await contentHash(this.#file.path);
    return { ...state, content, ...(this.#layout !== undefined && { layout: this.#layout }) };
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
