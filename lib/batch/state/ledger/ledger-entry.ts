import type { FileState } from '../../../core/system/atomic-file.ts';
import type { BackendName } from '../../../engines/backend.ts';

/** An output as it was when it was written. */
export interface WrittenOutput extends FileState {
  /** File name in the output folder. */
  readonly name: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly content: string;
  /** Identifies how it is laid out. @default as outputs are by default */
  readonly layout?: string | undefined;
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
  readonly engine: BackendName;
  /** All engines whose text it is, in their order. @default only `engine` */
  readonly engines?: readonly BackendName[] | undefined;
  readonly model: string;
  readonly isPartial: boolean;
  /** When the line was written, in ms since 1970: it orders the lines of several files. @default 0 */
  readonly at?: number;
}

/**
 * Identifies a recording by its content, and the settings. A recording with the same content and settings is not
 * transcribed again, whatever its path: that only says which outputs belong to it.
 */
export interface LedgerKey extends Pick<LedgerEntry, 'input' | 'content' | 'parameters'> {
  /** Only text of this engine is accepted, and not of another one that has continued it. It is not stored. @default all text */
  readonly onlyBy?: BackendName | undefined;
}

/** The fields of an entry that come from the transcription. */
export type OutputRecord = Omit<LedgerEntry, keyof LedgerKey | 'outputs' | 'isFinished' | 'at'>;

/** The fields of a key that are stored. */
export function storedKey({ input, content, parameters }: LedgerKey): LedgerKey {
  return { input, content, parameters };
}

/** Whether the text of a finished recording is accepted: all of it is of the engine that the key asks for. */
export function isAccepted({ engine, engines = [engine] }: OutputRecord, { onlyBy }: LedgerKey): boolean {
  return onlyBy === undefined || [engine, ...engines].every((name) => name === onlyBy);
}

/** Whether two keys are of the same content and settings. Standard input never is: it cannot be read again. */
export function isSame(entry: LedgerKey, key: LedgerKey): boolean {
  return key.content !== null && entry.content === key.content && entry.parameters === key.parameters;
}

/** Reads a line of a ledger; undefined when it is damaged. */
export function parseEntry(line: string): LedgerEntry | undefined {
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
