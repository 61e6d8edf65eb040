import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonLine } from '../../../core/json-line.ts';
import { orMissing } from '../../../core/system/missing-file.ts';
import { withWriteErrors } from '../../../core/system/write-error.ts';
import { type LedgerKey, type OutputRecord, storedKey } from '../ledger/ledger-entry.ts';
import type { JournalEntry } from './journal-entry.ts';
import { journalName } from './journal-name.ts';
import { type Journaled, readEntries } from './read-journal.ts';

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
    const { bytes, ...journaled } = await readEntries(path, key);
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
