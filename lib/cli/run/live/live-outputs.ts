import { join } from 'node:path';
import type { OutputFormat, OutputLayout } from '../../../subtitles/formats.ts';
import { freeStem } from '../../../batch/plan/free-stem.ts';
import { outputName, partialName } from '../../../batch/plan/output-names.ts';
import { CreatedFolder } from '../../../batch/state/created-folder.ts';
import { TranscriptFile } from '../../../batch/recording/transcript-file.ts';
import { withWriteErrors } from '../../../core/system/write-error.ts';
import type { Sentence } from '../../../sentence.ts';

/**
 * The output files of a live transcription. They are written continuously, as `live.partial.srt`, so that the text
 * survives a crash. They never replace other files: the next name is `live-2.srt`.
 */
export class LiveOutputs {
  readonly #folder: CreatedFolder;
  readonly #stem: string;
  readonly #outputs: TranscriptFile[] = [];

  /** @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`. */
  static async create(
    folder: string,
    formats: readonly OutputFormat[],
    layout: OutputLayout = {},
  ): Promise<LiveOutputs> {
    const created = await withWriteErrors(folder, () => CreatedFolder.create(folder));
    const outputs = new LiveOutputs(created, await freeStem(folder, 'live'));
    try {
      for (const format of formats) await outputs.#add(format, layout);
      return outputs;
    } catch (error) {
      await outputs.discard();
      throw error;
    }
  }

  private constructor(folder: CreatedFolder, stem: string) {
    this.#folder = folder;
    this.#stem = stem;
  }

  /** Path of a recording beside the outputs. */
  get audioPath(): string {
    return join(this.#folder.path, `${this.#stem}.wav`);
  }

  /** Resolves when the outputs accept more data. */
  async write(sentence: Sentence): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.write(sentence)));
  }

  /**
   * Completes the files and renames them to their final names.
   * @returns Their paths.
   */
  async finish(): Promise<string[]> {
    await this.keepPartial();
    for (const output of this.#outputs) await output.place();
    return this.#paths(outputName);
  }

  /**
   * Completes the files under their `.partial` names, after a failure.
   * @returns Their paths.
   */
  async keepPartial(): Promise<string[]> {
    await Promise.all(this.#outputs.map((output) => output.complete()));
    return this.#paths(partialName);
  }

  /** Deletes the files, and the folder if it was created for them. */
  async discard(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.discard()));
    await this.#folder.removeIfEmpty();
  }

  async #add(format: OutputFormat, layout: OutputLayout): Promise<void> {
    const path = this.#path(outputName, format);
    this.#outputs.push(
      await TranscriptFile.create(path, format, this.#path(partialName, format), { ...layout, live: true }),
    );
  }

  #paths(nameOf: NameOf): string[] {
    return this.#outputs.map(({ format }) => this.#path(nameOf, format));
  }

  #path(nameOf: NameOf, format: OutputFormat): string {
    return join(this.#folder.path, nameOf(this.#stem, format));
  }
}

/** Builds a file name from its stem and format. */
type NameOf = (stem: string, format: OutputFormat) => string;
