import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TimeSpan } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../subtitles/formats.ts';
import { Journal, type Journaled } from '../state/journal.ts';
import type { LedgerEntry, LedgerKey } from '../state/ledger.ts';
import { outputName, partialName } from '../plan/output-names.ts';
import type { OutputFolder } from '../state/output-folder.ts';
import { type OpenGap, type Part, RecordingGaps } from '../state/gaps.ts';
import type { ReportedError } from '../../core/reported-error.ts';
import { TranscriptFile } from './transcript-file.ts';

/** The fields of a ledger entry that the caller supplies. */
export type OutputRecord = Omit<LedgerEntry, keyof LedgerKey | 'outputs' | 'isFinished'>;

/**
 * All the outputs of one recording: they grow together and get their names together. Sentences are in the journal of the
 * recording before they are in the outputs. What earlier runs have recognised is between them in its place by time.
 */
export class RecordingOutputs {
  /** Warnings of earlier runs about audio whose words are missing. */
  readonly losses: readonly ReportedError[];
  readonly #folder: OutputFolder;
  readonly #stem: string;
  readonly #key: LedgerKey;
  readonly #journal: Journal;
  readonly #recordingGaps: RecordingGaps;
  /** Sentences of earlier runs that are not in the outputs yet. */
  readonly #later: FinalSentence[];
  readonly #files: TranscriptFile[] = [];
  #sentences = 0;

  /** Creates all of them, or none when one cannot be created. */
  static async create(
    folder: OutputFolder,
    stem: string,
    key: LedgerKey,
    formats: readonly OutputFormat[],
  ): Promise<RecordingOutputs> {
    const { journal, ...journaled } = await Journal.open(folder.statePath, key);
    const outputs = new RecordingOutputs(folder, stem, key, journal, journaled);
    try {
      for (const format of formats) {
        const path = join(folder.path, outputName(stem, format));
        outputs.#files.push(await TranscriptFile.create(path, format, folder.temporaryPath()));
      }
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
    { sentences, losses, ...coverage }: Journaled,
  ) {
    this.losses = losses;
    this.#folder = folder;
    this.#stem = stem;
    this.#key = key;
    this.#journal = journal;
    this.#recordingGaps = new RecordingGaps(coverage, sentences.at(-1)?.end_time ?? 0);
    this.#later = [...sentences];
  }

  /** Number of all sentences that are known. */
  get sentences(): number {
    return this.#sentences + this.#later.length;
  }

  /** What is left to be recognised, in the order of time. */
  get parts(): readonly Part[] {
    return this.#recordingGaps.parts;
  }

  /** Parts of the recording that the service did not recognise when they were sent. */
  get gaps(): readonly OpenGap[] {
    return this.#recordingGaps.gaps;
  }

  /** End of what was recognised or given up, in ms. */
  get endMs(): number {
    return this.#recordingGaps.endMs;
  }

  /**
   * Adds the next sentence of a part. Resolves when there is room for more.
   * @param gaps Given up before it.
   * @param losses Warnings about audio before it.
   */
  async write(
    part: Part,
    sentence: FinalSentence,
    gaps: readonly TimeSpan[] = [],
    losses: readonly ReportedError[] = [],
  ): Promise<void> {
    for (const gap of gaps) this.#recordingGaps.giveUp(part, gap);
    await this.#journal.add({
      sentence,
      ...(losses.length > 0 && { losses }),
      ...(gaps.length > 0 && this.#recordingGaps.coverage),
    });
    await this.#takeUntil(sentence.begin_time);
    await this.#take(sentence);
  }

  /**
   * Notes that a part was recognised to its end.
   * @param endMs Where that is, in ms.
   * @param gaps Given up after its last sentence.
   * @param losses Warnings about audio after its last sentence.
   */
  async completePart(
    part: Part,
    endMs: number,
    gaps: readonly TimeSpan[] = [],
    losses: readonly ReportedError[] = [],
  ): Promise<void> {
    for (const gap of gaps) this.#recordingGaps.giveUp(part, gap);
    this.#recordingGaps.complete(part, endMs);
    await this.#journal.add({ ...this.#recordingGaps.coverage, ...(losses.length > 0 && { losses }) });
  }

  /**
   * Puts the complete outputs in place and enters the recording as finished.
   * @returns Their paths.
   */
  async finish(record: OutputRecord): Promise<string[]> {
    const paths = await this.#place(record, outputName, true);
    for (const format of Object.keys(OUTPUT_FORMATS) as OutputFormat[]) await this.#removePartial(format);
    await this.#journal.remove();
    return paths;
  }

  /**
   * Keeps what was recognised of an unfinished recording, under names that say so. A later run continues it.
   * @param sentMs Where the audio that was sent ended, when it ended in the middle of a part.
   * @returns Their paths.
   */
  async keepPartial(record: OutputRecord, sentMs?: number): Promise<string[]> {
    const paths = await this.#place(record, partialName, false);
    if (sentMs !== undefined) await this.#journal.withdrawCut(sentMs);
    await this.#journal.close();
    return paths;
  }

  /** Leaves nothing but the journal, if there is anything in it. */
  async discard(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.discard()));
    await this.#journal.close();
  }

  /** Takes those sentences of earlier runs that begin before a time. */
  async #takeUntil(beginMs: number): Promise<void> {
    while (this.#later[0] && this.#later[0].begin_time < beginMs) {
      await this.#take(this.#later.shift() as FinalSentence);
    }
  }

  async #take(sentence: FinalSentence): Promise<void> {
    this.#sentences += 1;
    const numbered = { ...sentence, sentence_id: this.#sentences };
    await Promise.all(this.#files.map((file) => file.write(numbered)));
  }

  /**
   * Enters the outputs into the ledger twice: before they get their names, so that after a crash in between they are
   * known to be ours, and after, so that a recording is only finished when all of them are there.
   */
  async #place(
    record: OutputRecord,
    nameOf: (stem: string, format: OutputFormat) => string,
    isFinished: boolean,
  ): Promise<string[]> {
    await this.#takeUntil(Infinity);
    const outputs = await Promise.all(
      this.#files.map(async (file) => ({
        name: nameOf(this.#stem, file.format),
        ...(await file.complete()),
      })),
    );
    const entry = { ...this.#key, ...record, outputs };
    await this.#folder.ledger.add({ ...entry, isFinished: false });
    const paths = outputs.map(({ name }) => join(this.#folder.path, name));
    for (const [index, file] of this.#files.entries()) await file.place(paths[index]);
    if (isFinished) await this.#folder.ledger.add({ ...entry, isFinished });
    return paths;
  }

  async #removePartial(format: OutputFormat): Promise<void> {
    const name = partialName(this.#stem, format);
    if (await this.#folder.ledger.owns(this.#key.input, name)) await rm(join(this.#folder.path, name));
  }
}
