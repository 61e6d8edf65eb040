import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../../sentence.ts';
import { isSame, type LedgerKey } from './ledger.ts';
import type { ReportedError } from '../report.ts';
import { writeError } from '../../core/write-error.ts';

/** What an earlier run has left in the journal of a recording. */
export interface Journaled {
  readonly sentences: readonly FinalSentence[];
  /** What is missing between them. */
  readonly losses: readonly ReportedError[];
}

/** A sentence that ends so close to the end of the audio was not ended by its speaker, in ms. */
const CUT_MS = 300;

/**
 * The final sentences of one recording under work, one JSON object a line, behind a line that says which recording
 * in which state and with which settings. Each is in the file before anybody sees it: whatever ends the program,
 * a later run goes on behind the last one. Lines are not forced on to the disk one by one: they outlive the
 * program, and what is lost with the power of the machine is recognised again.
 */
export class Journal {
  readonly #path: string;
  readonly #key: LedgerKey;
  readonly #file: FileHandle;
  #bytes = 0;
  #sentences: number;
  /** The last sentence of this run, and where its line begins. */
  #last: { readonly endMs: number; readonly at: number } | undefined;

  /**
   * Opens the journal of a recording, and gives what is in it already. What it holds of another state of the
   * recording, or of other settings, is dropped.
   * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
   */
  static async open(statePath: string, key: LedgerKey): Promise<Journaled & { journal: Journal }> {
    const path = join(statePath, nameOf(key));
    const { sentences, losses, bytes } = await read(path, key);
    const file = await attempt(path, () => open(path, 'a'));
    const journal = new Journal(path, key, file, sentences.length);
    try {
      await journal.#truncate(bytes);
      if (bytes === 0) await journal.#append(key);
      return { journal, sentences, losses };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(path: string, key: LedgerKey, file: FileHandle, sentences: number) {
    this.#path = path;
    this.#key = key;
    this.#file = file;
    this.#sentences = sentences;
  }

  /** The sentence is in the file when this resolves. */
  async add(sentence: FinalSentence): Promise<void> {
    const at = this.#bytes;
    await this.#append(sentence);
    this.#sentences += 1;
    this.#last = { endMs: sentence.end_time, at };
  }

  /** Notes what is missing before the next sentence: a run that goes on behind that would not find out any more. */
  async addLoss(loss: ReportedError): Promise<void> {
    await this.#append(loss);
  }

  /**
   * Takes the last sentence back if the end of what was heard has cut it in the middle: half of a word at its end,
   * and half at the beginning of the next one, would stay in the text for ever.
   * @param heardMs Up to where the recording was heard.
   */
  async withdrawCut(heardMs: number): Promise<void> {
    if (!this.#last || this.#last.endMs < heardMs - CUT_MS) return;
    await this.#truncate(this.#last.at);
    this.#sentences -= 1;
    this.#last = undefined;
  }

  /** Leaves the file to a later run, if that can go on from it: standard input is never the same again. */
  async close(): Promise<void> {
    if (this.#sentences === 0 || this.#key.fingerprint === null) await this.remove();
    else await this.#file.close();
  }

  /** For a recording that is finished. */
  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #append(line: object): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    await attempt(this.#path, () => this.#file.appendFile(bytes));
    this.#bytes += bytes.length;
  }

  async #truncate(bytes: number): Promise<void> {
    await attempt(this.#path, () => this.#file.truncate(bytes));
    this.#bytes = bytes;
  }
}

/** Up to where an earlier run has recognised a recording, in ms. */
export async function journaledMs(statePath: string, key: LedgerKey): Promise<number> {
  const { sentences } = await read(join(statePath, nameOf(key)), key);
  return sentences.at(-1)?.end_time ?? 0;
}

/** Drops the journal of a recording, if there is one: it is to be recognised from its beginning. */
export async function dropJournal(statePath: string, key: LedgerKey): Promise<void> {
  const path = join(statePath, nameOf(key));
  await attempt(path, () => rm(path, { force: true }));
}

/** Told by its input alone: there is never more than one of a recording, whatever the settings. */
function nameOf({ input }: LedgerKey): string {
  return `${createHash('sha256').update(input).digest('hex').slice(0, 16)}.journal.jsonl`;
}

/**
 * Reads up to the first line that cannot be read: most often the last one, which was cut when the program was killed.
 * @returns The length of what could be read, in bytes, too.
 */
async function read(path: string, key: LedgerKey): Promise<Journaled & { bytes: number }> {
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  const lines = wholeLines(content);
  const head = lines.next();
  if (head.done || !isSame(head.value.object as LedgerKey, key))
    return { sentences: [], losses: [], bytes: 0 };
  const sentences: FinalSentence[] = [];
  const losses: ReportedError[] = [];
  let bytes = head.value.end;
  // What is missing behind the last sentence gets another chance.
  let pending: ReportedError[] = [];
  for (const { object, end } of lines) {
    if (isReported(object)) {
      pending.push(object);
      continue;
    }
    if (!isFinal(object)) break;
    sentences.push(object);
    losses.push(...pending);
    pending = [];
    bytes = end;
  }
  return { sentences, losses, bytes };
}

/** What stands in the lines that have an end, and where each of them ends. */
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

function isFinal(object: Partial<Sentence>): object is FinalSentence {
  const { sentence_id, text, words } = object;
  return (
    typeof sentence_id === 'number' &&
    typeof text === 'string' &&
    Array.isArray(words) &&
    isSentenceEnd(object as Sentence)
  );
}

function isReported(object: object): object is ReportedError {
  const { code, message } = object as Partial<ReportedError>;
  return typeof code === 'string' && typeof message === 'string';
}

async function attempt<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw writeError(path, error);
  }
}
