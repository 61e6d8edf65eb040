import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunAsrError, TimeSpan } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat, type OutputLayout } from '../../subtitles/formats.ts';
import type { Claim } from '../state/locks/claim.ts';
import { dropJournal, Journal } from '../state/journal/journal.ts';
import { type JournalEntry } from '../state/journal/journal-entry.ts';
import { type Journaled, recordingGapsOf } from '../state/journal/read-journal.ts';
import { type LedgerKey, type OutputRecord, storedKey } from '../state/ledger/ledger-entry.ts';
import type { BackendName } from '../../engines/backend.ts';
import type { PendingRecording } from '../plan/check-finished.ts';
import { isPartialName, outputName, partialName } from '../plan/output-names.ts';
import type { OutputFolder } from '../state/output-folder.ts';
import type { OpenGap, Part, RecordingGaps } from '../state/journal/gaps.ts';
import type { ReportedError } from '../../core/reported-error.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { TranscriptFile } from './transcript-file.ts';

/** A recording whose outputs are to be written. */
export type ClaimedRecording = Pick<PendingRecording, 'outputFolder' | 'stem' | 'key' | 'claim'>;

/** Options of {@link RecordingOutputs}. */
export interface RecordingOutputsOptions {
  /** Number of channels that are recognised separately. @default all channels together */
  readonly channels?: number | undefined;
  /** Are written instead of those of earlier runs. @default those of the journal */
  readonly sentences?: readonly FinalSentence[] | undefined;
  /** Content of the edited `.jsonl` that `sentences` are from. @default they are from the journal */
  readonly edited?: string | undefined;
  /** Who recognises. @default the engine of the settings */
  readonly engine?: BackendName | undefined;
  /** How the outputs are laid out. @default as outputs are by default */
  readonly layout?: OutputLayout | undefined;
}

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
  readonly #claim: Claim;
  readonly #journal: Journal;
  /** By channel; the only key is undefined when all channels are recognised together. */
  readonly #recordingGaps: ReadonlyMap<number | undefined, RecordingGaps>;
  /** Sentences of earlier runs, and of channels, that are not in the outputs yet. */
  readonly #later: FinalSentence[];
  readonly #files: TranscriptFile[] = [];
  /** Whether an earlier run has finished the recording. */
  readonly #isKept: boolean;
  readonly #engine: BackendName | undefined;
  readonly #engines: Set<BackendName | undefined>;
  #sentences = 0;

  /** Creates all of them, or none when one cannot be created. */
  static async create(
    recording: ClaimedRecording,
    formats: readonly OutputFormat[],
    options: RecordingOutputsOptions = {},
  ): Promise<RecordingOutputs> {
    const { outputFolder: folder, stem, key, claim } = recording;
    claim.check();
    const { journal, ...journaled } = await Journal.open(folder.statePath, key);
    const outputs = new RecordingOutputs(recording, journal, journaled, options);
    try {
      for (const format of formats) {
        const path = join(folder.path, outputName(stem, format));
        outputs.#files.push(
          await TranscriptFile.create(path, format, claim.temporaryPath(), options.layout, options.edited),
        );
      }
      return outputs;
    } catch (error) {
      await outputs.discard();
      throw error;
    }
  }

  private constructor(
    { outputFolder, stem, key, claim }: ClaimedRecording,
    journal: Journal,
    journaled: Journaled,
    { channels, engine, sentences = journaled.sentences }: RecordingOutputsOptions,
  ) {
    this.losses = journaled.losses;
    this.#folder = outputFolder;
    this.#stem = stem;
    this.#key = key;
    this.#claim = claim;
    this.#journal = journal;
    const keys = channels === undefined ? [undefined] : Array.from({ length: channels }, (_, index) => index);
    this.#recordingGaps = new Map(keys.map((channel) => [channel, recordingGapsOf(journaled, channel)]));
    this.#isKept = journaled.finished !== undefined;
    this.#later = [...sentences];
    this.#engine = engine;
    this.#engines = new Set(journaled.engines);
  }

  /** Number of all sentences that are known. */
  get sentences(): number {
    return this.#sentences + this.#later.length;
  }

  /** Whose text it is, in their order; undefined stands for the engine of the settings. */
  get engines(): readonly (BackendName | undefined)[] {
    return [...this.#engines];
  }

  /** What is to be said of the complete outputs, once when several formats say the same. */
  get warnings(): readonly FunAsrError[] {
    const all = this.#files.flatMap(({ warnings }) => warnings);
    return [...new Map(all.map((warning) => [warning.message, warning])).values()];
  }

  /** The channels that are recognised separately; undefined stands for all of them together. */
  get channels(): readonly (number | undefined)[] {
    return [...this.#recordingGaps.keys()];
  }

  /** What is left to be recognised of a channel, in the order of time. */
  partsOf(channel?: number): readonly Part[] {
    return this.#gapsIn(channel).parts;
  }

  /** Parts of the recording that the service did not recognise when they were sent. */
  get gaps(): readonly OpenGap[] {
    return [...this.#recordingGaps.values()].flatMap(({ gaps }) => gaps);
  }

  /** The gaps of one channel. */
  gapsOf(channel?: number): readonly OpenGap[] {
    return this.#gapsIn(channel).gaps;
  }

  /** End of what was recognised or given up of a channel, in ms. */
  endOf(channel?: number): number {
    return this.#gapsIn(channel).endMs;
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
    const { channel } = part;
    const recordingGaps = this.#gapsIn(channel);
    for (const gap of gaps) recordingGaps.giveUp(part, gap);
    this.#claim.check();
    await this.#add({
      sentence,
      ...(losses.length > 0 && { losses }),
      ...(gaps.length > 0 && recordingGaps.coverage),
      ...(channel !== undefined && { channel }),
    });
    // The channels go on at different speeds: their sentences are put in order at the end.
    if (channel !== undefined) return void this.#later.push(sentence);
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
    const { channel } = part;
    const recordingGaps = this.#gapsIn(channel);
    for (const gap of gaps) recordingGaps.giveUp(part, gap);
    recordingGaps.complete(part, endMs);
    this.#claim.check();
    await this.#add({
      ...recordingGaps.coverage,
      ...(losses.length > 0 && { losses }),
      ...(channel !== undefined && { channel }),
    });
  }

  /**
   * Puts the complete outputs in place and enters the recording as finished.
   * @returns Their paths.
   */
  async finish(record: OutputRecord): Promise<string[]> {
    const paths = await this.#place(record, outputName, true);
    await this.#removePartial();
    if (this.#isKept) await this.#journal.close();
    else await this.#journal.finish(record);
    return paths;
  }

  /**
   * Keeps what was recognised of an unfinished recording, under names that say so. A later run continues it.
   * @param sent Where the audio of each channel that was sent ended, when it ended in the middle of a part, in ms.
   * @returns Their paths.
   */
  async keepPartial(
    record: OutputRecord,
    sent: ReadonlyMap<number | undefined, number> = new Map(),
  ): Promise<string[]> {
    const paths = await this.#place(record, partialName, false);
    for (const [channel, sentMs] of sent) await this.#journal.withdrawCut(sentMs, channel);
    await this.#journal.close();
    return paths;
  }

  /** Removes the journal after {@link keepPartial}: what is in it cannot be trusted. */
  async dropJournal(): Promise<void> {
    if (!this.#claim.isLost) await dropJournal(this.#folder.statePath, this.#key);
  }

  /** Leaves nothing but the journal, if there is anything in it. */
  async discard(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.discard()));
    await (this.#claim.isLost ? this.#journal.leave() : this.#journal.close());
  }

  #gapsIn(channel: number | undefined): RecordingGaps {
    const recordingGaps = this.#recordingGaps.get(channel);
    if (!recordingGaps) throw new RangeError(`channel ${channel} is not recognised separately`);
    return recordingGaps;
  }

  async #add(entry: JournalEntry): Promise<void> {
    this.#engines.add(this.#engine);
    await this.#journal.add({ ...entry, ...(this.#engine && { engine: this.#engine }) });
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
    this.#later.sort(byBeginAndChannel);
    await this.#takeUntil(Infinity);
    const outputs = await Promise.all(
      this.#files.map(async (file) => ({
        name: nameOf(this.#stem, file.format),
        ...(await file.complete()),
      })),
    );
    const entry = { ...storedKey(this.#key), ...record, outputs };
    this.#claim.check();
    await this.#folder.ledger.add({ ...entry, isFinished: false });
    const paths = outputs.map(({ name }) => join(this.#folder.path, name));
    for (const [index, file] of this.#files.entries()) await file.place(paths[index]);
    if (isFinished) await this.#folder.ledger.add({ ...entry, isFinished });
    return paths;
  }

  /** Also those that an earlier run has written before the recording was renamed. */
  async #removePartial(): Promise<void> {
    const { ledger, path: folder } = this.#folder;
    const formats = Object.keys(OUTPUT_FORMATS) as OutputFormat[];
    const names = new Set(formats.map((format) => partialName(this.#stem, format)));
    for (const name of await ledger.namesOf(this.#key)) if (isPartialName(name)) names.add(name);
    for (const name of names) {
      const path = join(folder, name);
      await withWriteErrors(path, async () => {
        if (await ledger.owns(this.#key, name)) await rm(path);
      });
    }
  }
}

/** Orders sentences by their begin; those that begin together, by their channel. */
function byBeginAndChannel(one: FinalSentence, other: FinalSentence): number {
  return one.begin_time - other.begin_time || channelOf(one) - channelOf(other);
}

function channelOf({ channel_id: channel }: FinalSentence): number {
  return typeof channel === 'number' ? channel : 0;
}
