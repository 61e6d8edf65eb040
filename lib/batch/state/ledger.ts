import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileState } from '../../core/atomic-file.ts';
import { FunAsrError } from '../../core/errors.ts';
import { withWriteErrors } from '../../core/write-error.ts';

/** How an output was when we wrote it. */
export interface WrittenOutput extends FileState {
  /** File name in the folder of the outputs. */
  readonly name: string;
}

/** One line of the ledger: what was made of one recording. */
export interface LedgerEntry {
  /** Path of the recording seen from the folder of the outputs, so that both can be moved together. */
  readonly input: string;
  /** State of the recording that was transcribed; null for standard input. */
  readonly fingerprint: string | null;
  /** Digest of everything that the result depends on, beside the recording. */
  readonly parameters: string;
  readonly outputs: readonly WrittenOutput[];
  /** False in the line that is written before the outputs get their names, true in the one after. */
  readonly isFinished: boolean;
  /** What was reported. */
  readonly durationMs: number;
  readonly sentences: number;
  readonly engine: 'cloud' | 'local';
  readonly model: string;
  readonly isPartial: boolean;
}

/** What must be the same for a recording not to be transcribed again. */
export type LedgerKey = Pick<LedgerEntry, 'input' | 'fingerprint' | 'parameters'>;

/** FAT disks keep times in steps of two seconds. */
const CLOCK_STEP_MS = 2_000;

/**
 * What was finished in one folder, one JSON object a line. Lines are only ever appended. A line that cannot be
 * read, the last one above all, which a crash may have cut, is passed over and left as it is.
 */
export class Ledger {
  readonly #folder: string;
  readonly #path: string;
  readonly #entries: LedgerEntry[];
  /** Number of lines that could not be read. */
  readonly damagedLines: number;

  /** @param folder Folder of the outputs. */
  static async read(folder: string): Promise<Ledger> {
    const path = join(folder, '.fun-asr', 'ledger.jsonl');
    const content = await readFile(path, 'utf8').catch(() => '');
    const lines = content.split('\n').filter(Boolean);
    const entries = lines.map(parseEntry).filter((entry) => entry !== undefined);
    return new Ledger(folder, path, entries, lines.length - entries.length);
  }

  private constructor(folder: string, path: string, entries: LedgerEntry[], damagedLines: number) {
    this.#folder = folder;
    this.#path = path;
    this.#entries = entries;
    this.damagedLines = damagedLines;
  }

  /**
   * The entry of a recording that needs no more work: finished as it is now, with the same parameters, and with all
   * wanted outputs still there (they may have been edited since), whichever runs have made them.
   * @param formats Extensions of the outputs that are wanted.
   * @returns What the latest of these runs reported, with the wanted outputs.
   */
  async finished(key: LedgerKey, formats: readonly string[]): Promise<LedgerEntry | undefined> {
    const entries = this.#entries.filter((entry) => isSame(entry, key) && entry.isFinished);
    const outputs = formats
      .map((format) => entries.flatMap((entry) => outputsIn(entry, format)).at(-1))
      .filter((output) => output !== undefined);
    const latest = entries.at(-1);
    if (!latest || outputs.length < formats.length) return undefined;
    const current = await Promise.all(outputs.map(({ name }) => this.#isCurrent(name, key)));
    return current.every(Boolean) ? { ...latest, outputs } : undefined;
  }

  /**
   * Makes sure that outputs may get these names.
   * @throws {FunAsrError} `E_EXISTS` when one of them is a file that was not written by us for this recording,
   * or was changed since.
   */
  async claim(input: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const file = await this.#look(name);
      if (!file || this.#wrote(input, name, file)) continue;
      throw new FunAsrError('E_EXISTS', `${join(this.#folder, name)}: exists already, and is kept`, {
        hint: 'Move it away, write elsewhere with --output-dir, or replace it with --force.',
      });
    }
  }

  /** Whether there is a file of this name that we wrote for the same recording, untouched since. */
  async owns(input: string, name: string): Promise<boolean> {
    const file = await this.#look(name);
    return file !== undefined && this.#wrote(input, name, file);
  }

  /** Appends an entry; it is on the disk when this resolves. */
  async add(entry: LedgerEntry): Promise<void> {
    await withWriteErrors(this.#path, async () => {
      const file = await open(this.#path, 'a');
      try {
        // A line that was cut by a crash has no line end: the new one must not continue it.
        await file.appendFile(`\n${JSON.stringify(entry)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    });
    this.#entries.push(entry);
  }

  /** Whether an output is there, and no run with other parameters has replaced it since. */
  async #isCurrent(name: string, key: LedgerKey): Promise<boolean> {
    const last = this.#entries.findLast(({ outputs }) => outputs.some((output) => output.name === name));
    return last !== undefined && isSame(last, key) && (await this.#look(name)) !== undefined;
  }

  #wrote(input: string, name: string, file: FileState): boolean {
    return this.#entries.some(
      (entry) =>
        entry.input === input &&
        entry.outputs.some(
          (output) =>
            output.name === name &&
            output.size === file.size &&
            Math.abs(output.mtimeMs - file.mtimeMs) <= CLOCK_STEP_MS,
        ),
    );
  }

  async #look(name: string): Promise<FileState | undefined> {
    return stat(join(this.#folder, name)).catch(() => undefined);
  }
}

/** Whether two keys are of the same recording in the same state, and of the same settings. */
export function isSame(entry: LedgerKey, key: LedgerKey): boolean {
  return (
    entry.input === key.input &&
    key.fingerprint !== null &&
    entry.fingerprint === key.fingerprint &&
    entry.parameters === key.parameters
  );
}

function outputsIn({ outputs }: LedgerEntry, format: string): WrittenOutput[] {
  return outputs.filter(({ name }) => name.endsWith(`.${format}`));
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
