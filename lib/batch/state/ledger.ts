import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileState } from '../../core/system/atomic-file.ts';
import { FunAsrError } from '../../core/errors.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { optionName } from '../../core/option-names.ts';

/** An output as it was when it was written. */
export interface WrittenOutput extends FileState {
  /** File name in the output folder. */
  readonly name: string;
}

/** One line of the ledger: the outputs of one recording. */
export interface LedgerEntry {
  /** Path of the recording relative to the output folder, so that both can be moved together. */
  readonly input: string;
  /** State of the recording when it was transcribed; null for standard input. */
  readonly fingerprint: string | null;
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
}

/** Identifies a recording, its state and the settings. A recording with the same key is not transcribed again. */
export type LedgerKey = Pick<LedgerEntry, 'input' | 'fingerprint' | 'parameters'>;

/** FAT disks store times in steps of two seconds. */
const CLOCK_STEP_MS = 2_000;

/**
 * The finished recordings of one output folder, one JSON object a line. Lines are only appended. A line that cannot be
 * read, such as a last line that was cut by a crash, is ignored and kept.
 */
export class Ledger {
  readonly #folder: string;
  readonly #path: string;
  readonly #entries: LedgerEntry[];
  /** Number of lines that could not be read. */
  readonly damagedLines: number;

  /** @param folder The output folder. */
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
   * The entry of a recording that is finished in its present state and with the same settings, when all wanted outputs
   * exist. They may be from several runs, and may have been edited.
   * @param formats Extensions of the wanted outputs.
   * @returns The entry of the last of these runs, with the wanted outputs.
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
   * Checks that outputs may get these names.
   * @throws {FunAsrError} `E_EXISTS` when there is such a file that this program has not written for this recording, or
   * that was changed since.
   */
  async claim(input: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const file = await this.#stateOf(name);
      if (!file || this.#wrote(input, name, file)) continue;
      throw new FunAsrError('E_EXISTS', `${join(this.#folder, name)}: exists already and is not replaced`, {
        hint: `Move it, write to another folder with ${optionName('outputDir')}, or replace it with ${optionName('force')}.`,
      });
    }
  }

  /** Whether there is a file of this name that this program has written for the recording and that is unchanged. */
  async owns(input: string, name: string): Promise<boolean> {
    const file = await this.#stateOf(name);
    return file !== undefined && this.#wrote(input, name, file);
  }

  /** Appends an entry. It is on the disk when this resolves. */
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

  /** Whether an output exists, and no run with other settings has replaced it. */
  async #isCurrent(name: string, key: LedgerKey): Promise<boolean> {
    const last = this.#entries.findLast(({ outputs }) => outputs.some((output) => output.name === name));
    return last !== undefined && isSame(last, key) && (await this.#stateOf(name)) !== undefined;
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

  async #stateOf(name: string): Promise<FileState | undefined> {
    return stat(join(this.#folder, name)).catch(() => undefined);
  }
}

/** Whether two keys are equal. Standard input never equals an earlier one: it cannot be read again. */
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
