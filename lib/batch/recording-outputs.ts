import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sentence } from '../sentence.ts';
import type { Format } from './formats.ts';
import type { LedgerEntry } from './ledger.ts';
import type { OutputFolder } from './output-folder.ts';
import { UnfinishedOutput } from './unfinished-output.ts';

/** What the outputs of a recording are entered into the ledger with. */
export type OutputRecord = Omit<LedgerEntry, 'outputs' | 'isFinished'>;

export function outputName(stem: string, format: Format): string {
  return `${stem}.${format}`;
}

/** Name of what was recognised of a recording before the work on it broke off. */
export function partialName(stem: string, format: Format): string {
  return `${stem}.partial.${format}`;
}

/** All the outputs of one recording: they grow together and get their names together. */
export class RecordingOutputs {
  readonly #folder: OutputFolder;
  readonly #stem: string;
  readonly #outputs: UnfinishedOutput[] = [];

  /** Makes all of them or, when one cannot be made, none. */
  static async create(
    folder: OutputFolder,
    stem: string,
    formats: readonly Format[],
  ): Promise<RecordingOutputs> {
    const outputs = new RecordingOutputs(folder, stem);
    try {
      for (const format of formats) {
        outputs.#outputs.push(await UnfinishedOutput.create(folder, outputName(stem, format), format));
      }
      return outputs;
    } catch (error) {
      await outputs.discard();
      throw error;
    }
  }

  private constructor(folder: OutputFolder, stem: string) {
    this.#folder = folder;
    this.#stem = stem;
  }

  /** Resolves when there is room for more. */
  async write(sentence: Sentence): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.write(sentence)));
  }

  /**
   * Puts the complete outputs in place and enters the recording as finished.
   * @returns Their paths.
   */
  async finish(record: OutputRecord): Promise<string[]> {
    const paths = await this.#place(record, outputName, true);
    // What an earlier run had kept of this recording is contained in the outputs now.
    for (const { format } of this.#outputs) await this.#removePartial(record.input, format);
    return paths;
  }

  /**
   * Keeps what was recognised before the work broke off, under names that say so.
   * @returns Their paths.
   */
  async keepPartial(record: OutputRecord): Promise<string[]> {
    return this.#place(record, partialName, false);
  }

  async discard(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.discard()));
  }

  /**
   * The ledger hears of the outputs twice: before they get their names, so that after a crash in between they
   * are known to be ours, and after, so that a recording is only finished when all of them are there.
   */
  async #place(
    record: OutputRecord,
    nameOf: (stem: string, format: Format) => string,
    isFinished: boolean,
  ): Promise<string[]> {
    const outputs = await Promise.all(
      this.#outputs.map((output) => output.complete(nameOf(this.#stem, output.format))),
    );
    await this.#folder.ledger.add({ ...record, outputs, isFinished: false });
    for (const output of this.#outputs) await output.place(nameOf(this.#stem, output.format));
    if (isFinished) await this.#folder.ledger.add({ ...record, outputs, isFinished });
    return outputs.map(({ name }) => join(this.#folder.path, name));
  }

  async #removePartial(input: string, format: Format): Promise<void> {
    const name = partialName(this.#stem, format);
    if (await this.#folder.ledger.owns(input, name)) await rm(join(this.#folder.path, name));
  }
}
