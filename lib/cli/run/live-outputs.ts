import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputFormat } from '../../batch/output-formats.ts';
import { outputName, partialName } from '../../batch/recording/recording-outputs.ts';
import { TranscriptFile } from '../../batch/recording/transcript-file.ts';
import { withWriteErrors } from '../../core/write-error.ts';
import type { Sentence } from '../../sentence.ts';

/**
 * The files of a live recording. Nobody can say it all again: they grow in sight, under names that say that they
 * are not complete (`live.partial.srt`), so that what was said outlives whatever ends the program; and they never
 * take the place of others (`live-2.srt`).
 */
export class LiveOutputs {
  readonly #folder: string;
  readonly #stem: string;
  readonly #outputs: TranscriptFile[] = [];

  /** @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`. */
  static async create(folder: string, formats: readonly OutputFormat[]): Promise<LiveOutputs> {
    const outputs = new LiveOutputs(folder, await freeStem(folder));
    try {
      for (const format of formats) await outputs.#add(format);
      return outputs;
    } catch (error) {
      await outputs.discard();
      throw error;
    }
  }

  private constructor(folder: string, stem: string) {
    this.#folder = folder;
    this.#stem = stem;
  }

  /** Resolves when there is room for more. */
  async write(sentence: Sentence): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.write(sentence)));
  }

  /**
   * Completes the files and gives them their names.
   * @returns Their paths.
   */
  async finish(): Promise<string[]> {
    await this.keepPartial();
    for (const output of this.#outputs) await output.place();
    return this.#paths(outputName);
  }

  /**
   * Completes the files and leaves them the names that say that something is missing.
   * @returns Their paths.
   */
  async keepPartial(): Promise<string[]> {
    await Promise.all(this.#outputs.map((output) => output.complete()));
    return this.#paths(partialName);
  }

  async discard(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.discard()));
  }

  async #add(format: OutputFormat): Promise<void> {
    const [path, partialPath] = [outputName, partialName].map((nameOf) =>
      join(this.#folder, nameOf(this.#stem, format)),
    ) as [string, string];
    this.#outputs.push(await TranscriptFile.create(path, format, partialPath));
  }

  #paths(nameOf: (stem: string, format: OutputFormat) => string): string[] {
    return this.#outputs.map(({ format }) => join(this.#folder, nameOf(this.#stem, format)));
  }
}

/** `live`, or `live-2` where a file of whatever kind has that name already, and so on. */
async function freeStem(folder: string): Promise<string> {
  return await withWriteErrors(folder, async () => {
    await mkdir(folder, { recursive: true });
    // Many disks do not distinguish upper case from lower case.
    const names = (await readdir(folder)).map((name) => name.toLowerCase());
    for (let number = 1; ; number += 1) {
      const stem = number === 1 ? 'live' : `live-${number}`;
      if (!names.some((name) => name.startsWith(`${stem}.`))) return stem;
    }
  });
}
