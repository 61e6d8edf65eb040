import { open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FileState } from '../../core/system/atomic-file.ts';
import { FunAsrError } from '../../core/errors.ts';
import { contentHash } from './content-hash.ts';
import { isLedgerName, LEDGER_NAME, readFrom, sharedLedgerName } from './ledger-files.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { orMissing } from '../../core/system/missing-file.ts';
import { optionName } from '../../core/option-names.ts';

/** An output as it was when it was written. */
export interface WrittenOutput extends FileState {
  /** File name in the output folder. */
  readonly name: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly content: string;
}

/** One line of the ledger: the outputs of one recording. */
export interface LedgerEntry {
  /** Path of the recording relative to the output folder, so that both can be moved together. */
  readonly input: string;
  /** SHA-256 of the recording, in hexadecimal; null for standard input. */
  readonly content: string | null;
  /** Digest of everything that the outputs depend on, except the recording. */
  readonly parameters: string;
  readonly outputs: readonly WrittenOutput[];
  /** False in the line that is written before the outputs get their names, true in the one after. */
  readonly isFinished: boolean;
  /** As in the result of the recording. */
  readonly durationMs: number;
  readonly sentences: number;
  readonly engine: 'cloud' | 'local';
  readonly model: string;
  readonly isPartial: boolean;
  /** When the line was written, in ms since 1970: it orders the lines of several files. @default 0 */
  readonly at?: number;
}

/**
 * Identifies a recording by its content, and the settings. A recording with the same content and settings is not
 * transcribed again, whatever its path: that only says which outputs belong to it.
 */
export type LedgerKey = Pick<LedgerEntry, 'input' | 'content' | 'parameters'>;

/** The fields of an entry that come from the transcription. */
export type OutputRecord = Omit<LedgerEntry, keyof LedgerKey | 'outputs' | 'isFinished' | 'at'>;

/** Which outputs of a recording exist. */
export interface FoundOutputs {
  /** The entry of the last run that has finished it; undefined when none has. */
  readonly entry?: LedgerEntry | undefined;
  readonly outputs: readonly WrittenOutput[];
  /** Names of those that do not exist. */
  readonly missing: readonly string[];
}

/** FAT disks store times in steps of two seconds. */
const CLOCK_STEP_MS = 2_000;

/**
 * The finished recordings of one output folder, one JSON object a line. Lines are only appended. A line that cannot be
 * read, such as a last line that was cut by a crash, is ignored and kept. Processes that share the folder write to
 * files of their own, because network disks do not append in one step; the next one that has the folder for itself joins
 * them.
 */
export class Ledger {
  readonly #folder: string;
  readonly #statePath: string;
  /** Name of the file that this process appends to. */
  readonly #name: string;
  /** How much of each file was read, in bytes. */
  readonly #read = new Map<string, number>();
  #isRead = false;
  /** The entries with the same content and settings, oldest first. */
  readonly #byContent = new Map<string, LedgerEntry[]>();
  /** The entries that have written an output of this name, oldest first. */
  readonly #byName = new Map<string, LedgerEntry[]>();
  #damagedLines = 0;

  /**
   * @param folder The output folder.
   * @param token Of this process, when it shares the folder.
   */
  static async read(folder: string, token?: string): Promise<Ledger> {
    const ledger = new Ledger(folder, token === undefined ? LEDGER_NAME : sharedLedgerName(token));
    await ledger.#readLines(token === undefined);
    return ledger;
  }

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#statePath = join(folder, '.fun-asr');
    this.#name = name;
  }

  /** Number of lines that could not be read. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /** Reads what other processes have added since the last time. */
  async refresh(): Promise<void> {
    await this.#readLines(false);
  }

  /**
   * Finds the outputs of a recording that was finished with the same content and settings. They may be from several runs,
   * may have been edited, and may have been renamed together with the recording.
   * @param names Names of the wanted outputs.
   */
  async find(key: LedgerKey, names: readonly string[]): Promise<FoundOutputs> {
    const entries = (this.#byContent.get(contentKey(key)) ?? []).filter(({ isFinished }) => isFinished);
    const entry = entries.at(-1);
    if (key.content === null || !entry) return { outputs: [], missing: names };
    const found = await Promise.all(names.map((name) => this.#findOutput(key, name, entries)));
    return {
      entry,
      outputs: found.filter((output) => output !== undefined),
      missing: names.filter((_, index) => found[index] === undefined),
    };
  }

  /**
   * Checks that outputs may get these names.
   * @throws {FunAsrError} `E_EXISTS` when there is such a file that this program has not written for this recording, or
   * that was changed since.
   */
  async claim(key: LedgerKey, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const file = await this.#stateOf(name);
      if (!file || (await this.#wrote(key, name, file))) continue;
      throw new FunAsrError('E_EXISTS', `${join(this.#folder, name)}: exists already and is not replaced`, {
        hint: `Move it, write to another folder with ${optionName('outputDir')}, or replace it with ${optionName('force')}.`,
      });
    }
  }

  /** Whether there is a file of this name that this program has written for the recording and that is unchanged. */
  async owns(key: LedgerKey, name: string): Promise<boolean> {
    const file = await this.#stateOf(name);
    return file !== undefined && (await this.#wrote(key, name, file));
  }

  /** Appends an entry. It is on the disk when this resolves. */
  async add(entry: LedgerEntry): Promise<void> {
    const path = join(this.#statePath, this.#name);
    await withWriteErrors(path, async () => {
      const file = await open(path, 'a');
      try {
        // A line that was cut by a crash has no line end: the new one must not continue it.
        await file.appendFile(`\n${JSON.stringify({ ...entry, at: Date.now() })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    });
    this.#index(entry);
  }

  /** Audio that the cloud has recognised, in seconds: each content once for each of its settings. */
  get cloudSeconds(): number {
    let ms = 0;
    for (const entries of this.#byContent.values()) {
      ms += Math.max(0, ...entries.map(({ engine, durationMs }) => (engine === 'cloud' ? durationMs : 0)));
    }
    return ms / 1000;
  }

  /**
   * Indexes the lines that were added to all files, in the order of their times.
   * @param isWhole Whether a last line without an end is damaged. Otherwise another process is writing it.
   */
  async #readLines(isWhole: boolean): Promise<void> {
    const names = (await orMissing(this.#statePath, readdir(this.#statePath), []))
      .filter(isLedgerName)
      .sort();
    const entries: LedgerEntry[] = [];
    for (const name of names) {
      const from = this.#read.get(name) ?? 0;
      // What this process has added is indexed already.
      if (name === this.#name && this.#isRead) continue;
      const path = join(this.#statePath, name);
      const content = await orMissing(path, readFrom(path, from), Buffer.alloc(0));
      const end = isWhole ? content.length : content.lastIndexOf('\n') + 1;
      this.#read.set(name, from + end);
      const lines = content.toString('utf8', 0, end).split('\n').filter(Boolean);
      const parsed = lines.map(parseEntry).filter((entry) => entry !== undefined);
      this.#damagedLines += lines.length - parsed.length;
      entries.push(...parsed);
    }
    this.#isRead = true;
    const sorted = entries.toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0));
    for (const entry of sorted) this.#index(entry);
  }

  #index(entry: LedgerEntry): void {
    push(this.#byContent, contentKey(entry), entry);
    for (const { name } of entry.outputs) push(this.#byName, name, entry);
  }

  /** @param entries Of the same content and settings. */
  async #findOutput(
    key: LedgerKey,
    wanted: string,
    entries: readonly LedgerEntry[],
  ): Promise<WrittenOutput | undefined> {
    const written = entries.flatMap(({ input, outputs }) =>
      outputs
        .filter(({ name }) => extname(name) === extname(wanted))
        .map((output) => ({ output, isOurs: input === key.input || output.name === wanted })),
    );
    const ours = written.findLast(({ isOurs }) => isOurs)?.output;
    if (ours && (await this.#isCurrent(ours.name, key))) return ours;
    // A file that a run has written under this name is no renamed one.
    const renamed = this.#byName.has(wanted) ? undefined : await this.#stateOf(wanted);
    for (const { output } of renamed ? written.toReversed() : []) {
      if (renamed && (await this.#isUnchanged(output, wanted, renamed))) return { ...output, name: wanted };
    }
    return undefined;
  }

  /** Whether an output exists, and no run with other settings has replaced it. */
  async #isCurrent(name: string, key: LedgerKey): Promise<boolean> {
    const last = this.#byName.get(name)?.at(-1);
    return last !== undefined && isSame(last, key) && (await this.#stateOf(name)) !== undefined;
  }

  async #wrote(key: LedgerKey, name: string, file: FileState): Promise<boolean> {
    const entries = (this.#byName.get(name) ?? []).filter(
      ({ input, content }) => input === key.input || (content !== null && content === key.content),
    );
    for (const { outputs } of entries.toReversed()) {
      const output = outputs.find((one) => one.name === name);
      if (output && (await this.#isUnchanged(output, name, file))) return true;
    }
    return false;
  }

  /** Whether a file is an output as it was written. A copy has another time, and the same bytes. */
  async #isUnchanged(output: WrittenOutput, name: string, file: FileState): Promise<boolean> {
    if (output.size !== file.size) return false;
    if (output.name === name && Math.abs(output.mtimeMs - file.mtimeMs) <= CLOCK_STEP_MS) return true;
    return output.content === (await contentHash(join(this.#folder, name)).catch(() => undefined));
  }

  async #stateOf(name: string): Promise<FileState | undefined> {
    const path = join(this.#folder, name);
    return await orMissing(path, stat(path), undefined);
  }
}

/** Whether two keys are of the same content and settings. Standard input never is: it cannot be read again. */
export function isSame(entry: LedgerKey, key: LedgerKey): boolean {
  return key.content !== null && contentKey(entry) === contentKey(key);
}

function contentKey({ content, parameters }: LedgerKey): string {
  return `${content} ${parameters}`;
}

function push(map: Map<string, LedgerEntry[]>, name: string, entry: LedgerEntry): void {
  const entries = map.get(name);
  if (entries) entries.push(entry);
  else map.set(name, [entry]);
}

function parseEntry(line: string): LedgerEntry | undefined {
  try {
    const entry: Partial<LedgerEntry> = JSON.parse(line);
    return typeof entry.input === 'string' && Array.isArray(entry.outputs) && entry.outputs.every(isOutput)
      ? (entry as LedgerEntry)
      : undefined;
  } catch {
    return undefined;
  }
}

function isOutput(output: Partial<WrittenOutput> | null): boolean {
  return typeof output?.name === 'string';
}
