import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FinalSentence } from '../../sentence.ts';
import type { Format } from '../formats.ts';
import { Journal } from '../state/journal.ts';
import type { LedgerEntry, LedgerKey } from '../state/ledger.ts';
import type { OutputFolder } from '../state/output-folder.ts';
import type { ReportedError } from '../report.ts';
import { UnfinishedOutput } from './unfinished-output.ts';

/** What the outputs of a recording are entered into the ledger with, beside its key. */
export type OutputRecord = Omit<LedgerEntry, keyof LedgerKey | 'outputs' | 'isFinished'>;

export function outputName(stem: string, format: Format): string {
  return `${stem}.${format}`;
}

/** Name of what was recognised of a recording before the work on it broke off. */
export function partialName(stem: string, format: Format): string {
  return `${stem}.partial.${format}`;
}

/**
 * All the outputs of one recording: they grow together and get their names together. Whatever they hold is in the
 * journal of the recording first, and what an earlier run had put there is in them from the beginning.
 */
export class RecordingOutputs {
  /** What is missing in what an earlier run had put into the journal. */
  readonly losses: readonly ReportedError[];
  readonly #folder: OutputFolder;
  readonly #stem: string;
  readonly #key: LedgerKey;
  readonly #journal: Journal;
  readonly #outputs: UnfinishedOutput[] = [];
  #sentences = 0;
  #last: FinalSentence | undefined;

  /** Makes all of them or, when one cannot be made, none. */
  static async create(
    folder: OutputFolder,
    stem: string,
    key: LedgerKey,
    formats: readonly Format[],
  ): Promise<RecordingOutputs> {
    const { journal, sentences, losses } = await Journal.open(folder.statePath, key);
    const outputs = new RecordingOutputs(folder, stem, key, journal, losses);
    try {
      for (const format of formats) {
        outputs.#outputs.push(await UnfinishedOutput.create(folder, outputName(stem, format), format));
      }
      for (const sentence of sentences) await outputs.#take(sentence);
      return outputs;
    } catch (error) {
      await outputs.discard();
      throw error;
    }
  }

  private constructor(
    folder: OutputFolder,
    stem: string,
    key: LedgerKey,
    journal: Journal,
    losses: readonly ReportedError[],
  ) {
    this.losses = losses;
    this.#folder = folder;
    this.#stem = stem;
    this.#key = key;
    this.#journal = journal;
  }

  /** Number of sentences so far. */
  get sentences(): number {
    return this.#sentences;
  }

  /** The last one of them. */
  get last(): FinalSentence | undefined {
    return this.#last;
  }

  /**
   * Resolves when there is room for more.
   * @param losses What is missing before it.
   */
  async write(sentence: FinalSentence, losses: readonly ReportedError[] = []): Promise<void> {
    for (const loss of losses) await this.#journal.addLoss(loss);
    await this.#journal.add(sentence);
    await this.#take(sentence);
  }

  /**
   * Puts the complete outputs in place and enters the recording as finished.
   * @returns Their paths.
   */
  async finish(record: OutputRecord): Promise<string[]> {
    const paths = await this.#place(record, outputName, true);
    // What an earlier run had kept of this recording is contained in the outputs now.
    for (const { format } of this.#outputs) await this.#removePartial(format);
    await this.#journal.remove();
    return paths;
  }

  /**
   * Keeps what was recognised before the work broke off, under names that say so. A later run goes on from there.
   * @returns Their paths.
   */
  async keepPartial(record: OutputRecord): Promise<string[]> {
    const paths = await this.#place(record, partialName, false);
    await this.#journal.withdrawCut(record.durationMs);
    await this.#journal.close();
    return paths;
  }

  /** Leaves nothing but the journal, if there is anything in it. */
  async discard(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.discard()));
    await this.#journal.close();
  }

  async #take(sentence: FinalSentence): Promise<void> {
    this.#sentences += 1;
    this.#last = sentence;
    await Promise.all(this.#outputs.map((output) => output.write(sentence)));
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
    const entry = { ...this.#key, ...record, outputs };
    await this.#folder.ledger.add({ ...entry, isFinished: false });
    for (const output of this.#outputs) await output.place(nameOf(this.#stem, output.format));
    if (isFinished) await this.#folder.ledger.add({ ...entry, isFinished });
    return outputs.map(({ name }) => join(this.#folder.path, name));
  }

  async #removePartial(format: Format): Promise<void> {
    const name = partialName(this.#stem, format);
    if (await this.#folder.ledger.owns(this.#key.input, name)) await rm(join(this.#folder.path, name));
  }
}
