import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orMissing } from '../../../core/system/missing-file.ts';
import { isSame, type LedgerEntry, type LedgerKey, parseEntry } from './ledger-entry.ts';
import { isLedgerName, LEDGER_NAME, sharedLedgerName } from './ledger-files.ts';
import { LineFile } from '../../../core/system/line-file.ts';

/** Numbers of lines. Most contents and names have only one. */
type LineNumbers = number | number[];

/**
 * The lines of all ledger files of a folder: where they are, by content and by name. An entry is read when it is asked for,
 * because a folder may have very many.
 */
export class LedgerIndex {
  readonly #statePath: string;
  /** The file that this process appends to. */
  readonly #own: LineFile;
  readonly #files = new Map<string, LineFile>();
  /** How much of each file was read, in bytes. */
  readonly #read = new Map<LineFile, number>();
  /** Files and places of the lines, by their numbers. */
  readonly #fileOf: LineFile[] = [];
  readonly #startOf: number[] = [];
  readonly #byContent = new Map<string, LineNumbers>();
  readonly #byName = new Map<string, LineNumbers>();
  #damagedLines = 0;

  /**
   * @param statePath The state folder.
   * @param token Of this process, when it shares the folder.
   */
  static async read(statePath: string, token?: string): Promise<LedgerIndex> {
    const index = new LedgerIndex(statePath, token === undefined ? LEDGER_NAME : sharedLedgerName(token));
    await index.#readFiles(token === undefined);
    return index;
  }

  private constructor(statePath: string, name: string) {
    this.#statePath = statePath;
    this.#own = this.#file(name);
  }

  /** Number of lines that could not be read. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /** Path of the file that this process appends to. */
  get path(): string {
    return this.#own.path;
  }

  /** Reads what other processes have added since the last time. */
  async refresh(): Promise<void> {
    await this.#readFiles(false);
  }

  /** The entries with the same content and settings, oldest first. Standard input has none: it cannot be read again. */
  async of(key: LedgerKey): Promise<LedgerEntry[]> {
    const entries = await this.#entries(key.content === null ? undefined : this.#byContent.get(key.content));
    return entries.filter((entry) => isSame(entry, key));
  }

  /** The entries that have written an output of a name, oldest first. */
  async named(name: string): Promise<LedgerEntry[]> {
    return await this.#entries(this.#byName.get(name));
  }

  hasName(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Appends an entry. It is on the disk when this resolves. */
  async add(entry: LedgerEntry): Promise<void> {
    const [start] = await this.#own.append([JSON.stringify({ ...entry, at: Date.now() })], true);
    if (start !== undefined) this.#note(entry, this.#own, start);
  }

  /** Reads all entries, in the order of the files. */
  async *all(): AsyncGenerator<LedgerEntry> {
    for (const file of this.#files.values()) {
      for await (const { line } of file.lines()) {
        const entry = parseEntry(line);
        if (entry) yield entry;
      }
    }
  }

  /** @param isWhole Whether a last line without an end is damaged. Otherwise another process is writing it. */
  async #readFiles(isWhole: boolean): Promise<void> {
    const names = await orMissing(this.#statePath, readdir(this.#statePath), []);
    for (const name of names.filter(isLedgerName).sort()) {
      const file = this.#file(name);
      const from = this.#read.get(file);
      // What this process has added is noted already.
      if (file !== this.#own || from === undefined) await this.#readLines(file, from, isWhole);
    }
    if (!this.#read.has(this.#own)) this.#read.set(this.#own, 0);
  }

  async #readLines(file: LineFile, from: number | undefined, isWhole: boolean): Promise<void> {
    const lines = file.lines(from, isWhole);
    let next = await lines.next();
    for (; !next.done; next = await lines.next()) {
      const { line, start } = next.value;
      const entry = parseEntry(line);
      if (entry) this.#note(entry, file, start);
      else this.#damagedLines += 1;
    }
    this.#read.set(file, next.value);
  }

  #file(name: string): LineFile {
    const file = this.#files.get(name) ?? new LineFile(join(this.#statePath, name));
    this.#files.set(name, file);
    return file;
  }

  #note({ content, outputs }: LedgerEntry, file: LineFile, start: number): void {
    const number = this.#startOf.push(start) - 1;
    this.#fileOf.push(file);
    if (content !== null) addNumber(this.#byContent, content, number);
    for (const { name } of outputs) addNumber(this.#byName, name, number);
  }

  /** Reads entries, and orders them by their times. */
  async #entries(numbers: LineNumbers = []): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (const number of [numbers].flat()) {
      const entry = parseEntry((await this.#fileOf[number]?.line(this.#startOf[number] ?? 0)) ?? '');
      if (entry) entries.push(entry);
    }
    return entries.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
  }
}

function addNumber(map: Map<string, LineNumbers>, key: string, number: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, number);
  else if (typeof known === 'number') map.set(key, [known, number]);
  else known.push(number);
}
