import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FileState } from '../../../core/system/atomic-file.ts';
import { FunAsrError } from '../../../core/errors.ts';
import { optionName } from '../../../core/option-names.ts';
import { orMissing } from '../../../core/system/missing-file.ts';
import { withWriteErrors } from '../../../core/system/write-error.ts';
import { contentHash } from '../content/content-hash.ts';
import { isAccepted, isSame, type LedgerEntry, type LedgerKey, type WrittenOutput } from './ledger-entry.ts';
import { LedgerIndex } from './ledger-index.ts';

/** Which outputs of a recording exist. */
export interface FoundOutputs {
  /** The entry of the last run that has finished it; undefined when none has. */
  readonly entry?: LedgerEntry | undefined;
  readonly outputs: readonly WrittenOutput[];
  /** Names of those that do not exist. */
  readonly missing: readonly string[];
}

/**
 * The finished recordings of one output folder, one JSON object a line. Lines are only appended. A line that cannot be
 * read, such as a last line that was cut by a crash, is ignored and kept. Processes that share the folder write to
 * files of their own, because network disks do not append in one step; the next one that has the folder for itself joins
 * them.
 */
export class Ledger {
  readonly #folder: string;
  readonly #index: LedgerIndex;

  /**
   * @param folder The output folder.
   * @param token Of this process, when it shares the folder.
   */
  static async read(folder: string, token?: string): Promise<Ledger> {
    return new Ledger(folder, await LedgerIndex.read(join(folder, '.fun-asr'), token));
  }

  private constructor(folder: string, index: LedgerIndex) {
    this.#folder = folder;
    this.#index = index;
  }

  /** Number of lines that could not be read. */
  get damagedLines(): number {
    return this.#index.damagedLines;
  }

  /** Reads what other processes have added since the last time. */
  async refresh(): Promise<void> {
    await this.#index.refresh();
  }

  /**
   * Finds the outputs of a recording that was finished with the same content and settings. They may be from several runs,
   * may have been edited, and may have been renamed together with the recording.
   * @param names Names of the wanted outputs.
   * @param layoutOf How they are to be laid out: an output that is laid out otherwise counts as missing. @default any layout
   */
  async find(
    key: LedgerKey,
    names: readonly string[],
    layoutOf?: (name: string) => string | undefined,
  ): Promise<FoundOutputs> {
    const entries = (await this.#index.of(key)).filter((one) => one.isFinished && isAccepted(one, key));
    const entry = entries.at(-1);
    if (!entry) return { outputs: [], missing: names };
    const found = await Promise.all(
      names.map(async (name) => {
        const output = await this.#findOutput(key, name, entries);
        return output && (layoutOf === undefined || output.layout === layoutOf(name)) ? output : undefined;
      }),
    );
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

  /** The last entry of a finished recording that has written an output of this name. */
  async lastOf(name: string): Promise<LedgerEntry | undefined> {
    return (await this.#index.named(name)).findLast(({ isFinished }) => isFinished);
  }

  /**
   * The output of exactly this name, when it exists and the last run that has written it had the same content and settings.
   * It may have been edited.
   */
  async outputOf(key: LedgerKey, name: string): Promise<WrittenOutput | undefined> {
    const last = await this.lastOf(name);
    if (!last || !(await this.#isCurrent(name, key))) return undefined;
    return isSame(last, key) ? last.outputs.find((output) => output.name === name) : undefined;
  }

  /** The content of an output that its owner has edited; undefined when it is as it was written, or missing. */
  async editedContent(key: LedgerKey, name: string): Promise<string | undefined> {
    const [output] = (await this.find(key, [name])).outputs;
    const file = output && (await this.#stateOf(output.name));
    if (!file || (output.mtimeMs === file.mtimeMs && output.size === file.size)) return undefined;
    const content = await contentHash(join(this.#folder, output.name));
    return content === output.content ? undefined : content;
  }

  /** Names of all outputs that were written for the same content and settings, complete or not. */
  async namesOf(key: LedgerKey): Promise<Set<string>> {
    const entries = await this.#index.of(key);
    return new Set(entries.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  }

  /** Appends an entry. It is on the disk when this resolves. */
  async add(entry: LedgerEntry): Promise<void> {
    await withWriteErrors(this.#index.path, () => this.#index.add(entry));
  }

  /**
   * Audio that the cloud has recognised, in seconds: each content once for each of its settings, and all standard input.
   * Reads all entries.
   */
  async cloudSeconds(): Promise<number> {
    let ms = 0;
    const longest = new Map<string, number>();
    for await (const entry of this.#index.all()) {
      const { engine, engines = [engine], content, parameters, durationMs, isFinished } = entry;
      if (!engines.includes('cloud')) continue;
      if (content === null) {
        if (isFinished) ms += durationMs;
        continue;
      }
      const key = `${content} ${parameters}`;
      longest.set(key, Math.max(durationMs, longest.get(key) ?? 0));
    }
    for (const durationMs of longest.values()) ms += durationMs;
    return ms / 1000;
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
    const renamed = this.#index.hasName(wanted) ? undefined : await this.#stateOf(wanted);
    for (const { output } of renamed ? written.toReversed() : []) {
      if (renamed && (await this.#isUnchanged(output, wanted, renamed))) return { ...output, name: wanted };
    }
    return undefined;
  }

  /** Whether an output exists, and no run with other settings has replaced it. */
  async #isCurrent(name: string, key: LedgerKey): Promise<boolean> {
    const last = (await this.#index.named(name)).at(-1);
    return last !== undefined && isSame(last, key) && (await this.#stateOf(name)) !== undefined;
  }

  async #wrote(key: LedgerKey, name: string, file: FileState): Promise<boolean> {
    const entries = (await this.#index.named(name)).filter(
      ({ input, content }) => input === key.input || (content !== null && content === key.content),
    );
    for (const { outputs } of entries.toReversed()) {
      const output = outputs.find((one) => one.name === name);
      if (output && (await this.#isUnchanged(output, name, file))) return true;
    }
    return false;
  }

  /** Whether a file is an output as it was written. Copies, and files on disks with coarse times, have another time and the same bytes. */
  async #isUnchanged(output: WrittenOutput, name: string, file: FileState): Promise<boolean> {
    if (output.size !== file.size) return false;
    if (output.name === name && output.mtimeMs === file.mtimeMs) return true;
    return output.content === (await contentHash(join(this.#folder, name)).catch(() => undefined));
  }

  async #stateOf(name: string): Promise<FileState | undefined> {
    const path = join(this.#folder, name);
    return await orMissing(path, stat(path), undefined);
  }
}
