import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../../sentence.ts';
import type { BackendName } from '../../engines/backend.ts';
import { isAccepted, isSame, type LedgerKey, type OutputRecord, storedKey } from './ledger-entry.ts';
import { type Coverage, NO_COVERAGE, type OpenGap, RecordingGaps, restOf } from './gaps.ts';
import type { ReportedError } from '../../core/reported-error.ts';
import { jsonLine } from '../../core/json-line.ts';
import { orMissing } from '../../core/system/missing-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';

/** What was recognised of one channel, or of all channels together. */
export interface JournaledChannel extends Coverage {
  /** End of its last sentence, in ms. */
  readonly endMs: number;
}

/** What the journal of a recording holds. */
export interface Journaled {
  /** In the order of their times. */
  readonly sentences: readonly FinalSentence[];
  /** What was recognised of each channel. The key is undefined when all channels were recognised together. */
  readonly channels: ReadonlyMap<number | undefined, JournaledChannel>;
  /** Warnings about audio whose words are missing from them. */
  readonly losses: readonly ReportedError[];
  /** Who recognised it, in their order; undefined stands for the engine of the settings. */
  readonly engines: readonly (BackendName | undefined)[];
  /** What the run that has finished the recording said of it: the sentences are its kept text. */
  readonly finished?: OutputRecord | undefined;
}

/** One line of a journal, after the first. */
export interface JournalEntry extends Partial<Coverage> {
  readonly sentence?: FinalSentence;
  readonly losses?: readonly ReportedError[];
  /**
   * The channel that the entry is about, from 0. The `channel_id` of a sentence does not say it: the service sets it in
   * every sentence. @default all channels together
   */
  readonly channel?: number | undefined;
  /** Who recognised it. @default the engine of the settings */
  readonly engine?: BackendName | undefined;
  /** Takes back the last sentence of this channel. */
  readonly withdrawn?: number;
  /** In the last line: the recording is finished. */
  readonly finished?: OutputRecord;
}

/** A sentence that ends this close to the end of the audio may have been cut, in ms. */
const CUT_MS = 300;

/**
 * What was recognised of one recording, one JSON object a line. The first line names the recording, its state and the
 * settings. A later line has a final sentence, the losses and gaps before it, or both. Each sentence is in the file
 * before it is used: a run that was ended in any way is continued by the next run. Lines are not forced on to the
 * disk one by one: they outlive the program, and what is lost in a power failure is recognised again. The journal of a
 * finished recording stays: it is the text for other formats.
 */
export class Journal {
  readonly #path: string;
  readonly #key: LedgerKey;
  readonly #file: FileHandle;
  #bytes = 0;
  /** The last entry of this run of each channel, while it has a sentence, and where its line begins. */
  readonly #last = new Map<number | undefined, { readonly endMs: number; readonly at: number }>();

  /**
   * Opens the journal of a recording, and reads what is in it. Another content of the recording, or other settings, have
   * another journal.
   * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
   */
  static async open(statePath: string, key: LedgerKey): Promise<Journaled & { journal: Journal }> {
    const path = join(statePath, journalName(key));
    const { bytes, ...journaled } = await read(path, key);
    const file = await withWriteErrors(path, () => open(path, 'a'));
    const journal = new Journal(path, key, file);
    try {
      await journal.#truncate(bytes);
      if (bytes === 0) await journal.#append(storedKey(key));
      return { journal, ...journaled };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(path: string, key: LedgerKey, file: FileHandle) {
    this.#path = path;
    this.#key = key;
    this.#file = file;
  }

  /** The entry is in the file when this resolves: all of it, or nothing after a crash. */
  async add(entry: JournalEntry): Promise<void> {
    const at = this.#bytes;
    await this.#append(entry);
    const { sentence, channel } = entry;
    if (sentence) this.#last.set(channel, { endMs: sentence.end_time, at });
    else this.#last.delete(channel);
  }

  /**
   * Removes the last sentence if the end of the audio that was sent may have cut it: otherwise half a word at its end,
   * and the other half at the beginning of the next one, would stay in the text.
   * @param sentMs Where the audio that was sent ended.
   * @param channel Of the sentence, from 0. @default all channels together
   */
  async withdrawCut(sentMs: number, channel?: number): Promise<void> {
    const last = this.#last.get(channel);
    if (!last || last.endMs < sentMs - CUT_MS) return;
    // After the sentence there may be sentences of other channels.
    if (channel === undefined) await this.#truncate(last.at);
    else await this.#append({ withdrawn: channel });
    this.#last.delete(channel);
  }

  /** Leaves the file to a later run, if that can use it: standard input cannot be read again. */
  async close(): Promise<void> {
    if (this.#bytes <= lineOf(storedKey(this.#key)).length || this.#key.content === null) await this.remove();
    else await this.#file.close();
  }

  /** Leaves the file as it is: another process has taken the recording over. */
  async leave(): Promise<void> {
    await this.#file.close();
  }

  /** Keeps the text of a finished recording. It is on the disk when this resolves. */
  async finish(finished: OutputRecord): Promise<void> {
    if (this.#key.content === null) return await this.remove();
    await this.#append({ finished });
    await withWriteErrors(this.#path, () => this.#file.sync());
    await this.#file.close();
  }

  /** For text that cannot be used again. */
  async remove(): Promise<void> {
    await this.#file.close();
    await withWriteErrors(this.#path, () => rm(this.#path, { force: true }));
  }

  async #append(line: object): Promise<void> {
    const bytes = lineOf(line);
    await withWriteErrors(this.#path, () => this.#file.appendFile(bytes));
    this.#bytes += bytes.length;
  }

  async #truncate(bytes: number): Promise<void> {
    await withWriteErrors(this.#path, () => this.#file.truncate(bytes));
    this.#bytes = bytes;
  }
}

function lineOf(object: object): Buffer {
  return Buffer.from(`${jsonLine(object)}\n`);
}

/** Reads the journal of a recording without changing it. */
export async function readJournal(statePath: string, key: LedgerKey): Promise<Journaled> {
  return await read(join(statePath, journalName(key)), key);
}

/** Removes the journal of a recording, if there is one, so that all of it is recognised again. */
export async function dropJournal(statePath: string, key: LedgerKey): Promise<void> {
  const path = join(statePath, journalName(key));
  await withWriteErrors(path, () => rm(path, { force: true }));
}

/** When text was last added to the journal of a recording, in ms since 1970; 0 when there is none. */
export async function lastChange(statePath: string, key: LedgerKey): Promise<number> {
  const path = join(statePath, journalName(key));
  return (await orMissing(path, stat(path), { mtimeMs: 0 })).mtimeMs;
}

/** Ends the names of journals. */
export const JOURNAL_SUFFIX = '.journal.jsonl';

/** File name of the journal of a recording, the same in all folders. */
export function journalName({ input, content, parameters }: LedgerKey): string {
  const id = JSON.stringify([content ?? input, parameters]);
  return createHash('sha256').update(id).digest('hex').slice(0, 32) + JOURNAL_SUFFIX;
}

/**
 * Reads a journal up to the first line that is damaged: most often the last one, cut when the program was killed. Text of an
 * engine that the key does not accept ends it too: from there on the recording is recognised again.
 * @returns Also the length of the part that is not damaged, in bytes.
 */
async function read(path: string, key: LedgerKey): Promise<Journaled & { bytes: number }> {
  const content = await orMissing(path, readFile(path), Buffer.alloc(0));
  const lines = wholeLines(content);
  const head = lines.next();
  const isOurs = !head.done && isSame(head.value.object as LedgerKey, key);
  let bytes = isOurs ? head.value.end : 0;
  const statesByChannel = new Map<number | undefined, ChannelState>();
  const stateOf = (channel: number | undefined): ChannelState => {
    const state = statesByChannel.get(channel) ?? { sentences: [], coverage: NO_COVERAGE, recent: 0 };
    statesByChannel.set(channel, state);
    return state;
  };
  const losses: ReportedError[] = [];
  const engines = new Set<BackendName | undefined>();
  let finishedAs: OutputRecord | undefined;
  for (const { object, end } of isOurs ? lines : []) {
    const entry = asEntry(object);
    if (!entry || !isUsed(entry, key)) break;
    const { sentence, losses: lost = [], gaps, lengthMs = null, channel, withdrawn, finished } = entry;
    if (gaps) {
      const state = stateOf(channel);
      state.coverage = { gaps, lengthMs };
      state.recent = state.sentences.length;
    }
    if (sentence) stateOf(channel).sentences.push(sentence);
    if (withdrawn !== undefined) stateOf(withdrawn).sentences.pop();
    losses.push(...lost);
    if (sentence || gaps) engines.add(entry.engine);
    finishedAs = finished;
    bytes = end;
  }
  const states = [...statesByChannel];
  return {
    sentences: states
      .flatMap(([, { sentences }]) => sentences)
      .toSorted((one, other) => one.begin_time - other.begin_time),
    losses,
    engines: [...engines],
    ...(finishedAs && { finished: finishedAs }),
    channels: new Map(states.map(([channel, state]) => [channel, channelOf(state)])),
    bytes,
  };
}

/** What the lines of one channel say. */
interface ChannelState {
  readonly sentences: FinalSentence[];
  coverage: Coverage;
  /** Number of sentences before the last line that has gaps. */
  recent: number;
}

function channelOf({ sentences, coverage, recent }: ChannelState): JournaledChannel {
  const later = sentences.slice(recent);
  return {
    gaps: coverage.gaps.flatMap((gap) => restOf(gap, later)),
    lengthMs: coverage.lengthMs,
    endMs: Math.max(0, ...sentences.map(({ end_time }) => end_time)),
  };
}

/** What is left of a recording, or of one of its channels. */
export function recordingGapsOf({ channels }: Pick<Journaled, 'channels'>, channel?: number): RecordingGaps {
  const { endMs, ...coverage } = channels.get(channel) ?? { ...NO_COVERAGE, endMs: 0 };
  return new RecordingGaps(coverage, endMs, channel);
}

/** The objects of all complete lines, and the position after each line. */
function* wholeLines(content: Buffer): Generator<{ object: object; end: number }, undefined> {
  for (let start = 0; ; ) {
    const end = content.indexOf('\n', start) + 1;
    const object = end > 0 && parse(content.toString('utf8', start, end));
    if (!object) return;
    yield { object, end };
    start = end;
  }
}

function parse(line: string): object | undefined {
  try {
    return Object(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Whether the text of an entry is accepted: it is of the engine that the key asks for. */
function isUsed({ engine, finished }: JournalEntry, key: LedgerKey): boolean {
  if (finished && !isAccepted(finished, key)) return false;
  return engine === undefined || key.onlyBy === undefined || engine === key.onlyBy;
}

/** An entry, when all parts of it can be used. */
function asEntry(object: object): JournalEntry | undefined {
  const { sentence, losses, gaps, lengthMs, channel, engine, withdrawn, finished } = object as JournalEntry;
  const isEntry =
    [sentence, gaps, withdrawn, finished].some((value) => value !== undefined) &&
    (finished === undefined || isRecord(finished)) &&
    (engine === undefined || typeof engine === 'string') &&
    [channel, withdrawn].every((value) => value === undefined || Number.isSafeInteger(value)) &&
    (sentence === undefined || isFinal(Object(sentence))) &&
    (losses === undefined || (Array.isArray(losses) && losses.every(isReported))) &&
    (gaps === undefined || (Array.isArray(gaps) && gaps.every(isGap))) &&
    (lengthMs === undefined || lengthMs === null || Number.isFinite(lengthMs));
  return isEntry ? object : undefined;
}

function isFinal(object: Partial<Sentence>): object is FinalSentence {
  const { sentence_id, text, words } = object;
  return (
    typeof sentence_id === 'number' &&
    typeof text === 'string' &&
    Array.isArray(words) &&
    isSentenceEnd(object as Sentence)
  );
}

function isRecord(value: unknown): boolean {
  const { durationMs, sentences, engine, model, isPartial } = Object(value) as Partial<OutputRecord>;
  return (
    [durationMs, sentences].every(Number.isFinite) &&
    [engine, model].every((name) => typeof name === 'string') &&
    typeof isPartial === 'boolean'
  );
}

function isReported(value: unknown): boolean {
  const { code, message } = Object(value) as Partial<ReportedError>;
  return typeof code === 'string' && typeof message === 'string';
}

function isGap(value: unknown): boolean {
  const { beginMs, endMs, retries } = Object(value) as Partial<OpenGap>;
  return [beginMs, endMs, retries].every(Number.isFinite);
}
