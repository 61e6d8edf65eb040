import { lstat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { layoutId, type OutputFormat, type OutputLayout } from '../../subtitles/formats.ts';
import { nameIn } from '../plan/check-finished.ts';
import type { PlannedRecording } from '../plan/output-plan.ts';
import type { Ledger } from '../state/ledger/ledger.ts';
import type { LedgerEntry, LedgerKey, OutputRecord, WrittenOutput } from '../state/ledger/ledger-entry.ts';

/** The parameters of outputs that are made of a transcript: no text of them is recognised. */
const CONVERTED = 'subtitles';

/** A transcript as it was read. */
export interface ReadTranscript {
  readonly sentences: readonly FinalSentence[];
  /** SHA-256 of its file, in hexadecimal. */
  readonly content: string;
}

/**
 * The outputs of one transcript that earlier runs have written, by the ledger of their folder. Outputs beside a transcript
 * that `transcribe` has written are entered for its recording, as `transcribe` itself does: each of the two commands knows
 * the outputs of the other one. All others are entered for the transcript.
 */
export class EarlierOutputs {
  readonly #ledger: Ledger;
  readonly #key: LedgerKey;
  readonly #record: OutputRecord;
  /** Content of the transcript, when it was edited after `transcribe` had written it. */
  readonly #edited: string | undefined;
  /** What may have written the outputs: the transcript, and its recording. */
  readonly #owners: readonly LedgerKey[];

  static async of(
    ledger: Ledger,
    { input, folder, stem }: PlannedRecording,
    { sentences, content }: ReadTranscript,
  ): Promise<EarlierOutputs> {
    const name = nameIn(folder, input);
    const own = { input: name, content, parameters: CONVERTED };
    const record = {
      durationMs: Math.max(0, ...sentences.slice(-1).map(({ end_time: end }) => end)),
      sentences: sentences.length,
      // No audio of it is counted as recognised by the cloud.
      engine: 'local',
      model: '',
      isPartial: false,
    } as const;
    const origin = await ledger.lastOf(name);
    if (!origin || origin.content === null) return new EarlierOutputs(ledger, [own], record);
    const recording = keyOf(origin);
    // With another stem, such as one with a language, these are not the outputs that transcribe writes.
    if (stem !== basename(name, extname(name))) return new EarlierOutputs(ledger, [own, recording], record);
    const written = origin.outputs.find((output) => output.name === name);
    const edited = written?.content === content ? undefined : content;
    return new EarlierOutputs(ledger, [recording, own], recordOf(origin), edited);
  }

  private constructor(
    ledger: Ledger,
    owners: readonly [LedgerKey, ...LedgerKey[]],
    record: OutputRecord,
    edited?: string,
  ) {
    this.#ledger = ledger;
    this.#owners = owners;
    this.#key = owners[0];
    this.#record = record;
    this.#edited = edited;
  }

  /** Identifies how an output is laid out, and of which text it is made. */
  layoutOf(format: OutputFormat, layout: OutputLayout): string | undefined {
    return format === 'jsonl' ? this.#edited : layoutId(format, layout, this.#edited);
  }

  /** Whether an output exists that was made of the same text with the same layout. It may have been edited. */
  async isCurrent(path: string, layout: string | undefined): Promise<boolean> {
    const output = await this.#ledger.outputOf(this.#key, basename(path));
    return output !== undefined && output.layout === layout;
  }

  /** Why an output may not be written: it exists, and no earlier run has written it, or it was edited since. */
  async refusal(path: string): Promise<FunAsrError | undefined> {
    if (!(await exists(path))) return undefined;
    const name = basename(path);
    for (const owner of this.#owners) if (await this.#ledger.owns(owner, name)) return undefined;
    const last = await this.#ledger.lastOf(name);
    if (!last) return existsError(path, 'exists already');
    const isUnchanged = await this.#ledger.owns(last, name);
    return existsError(
      path,
      isUnchanged ? `was written for ${last.input}` : 'was changed after it was written',
    );
  }

  /** Enters outputs into the ledger. */
  async enter(outputs: readonly WrittenOutput[], isFinished: boolean): Promise<void> {
    await this.#ledger.add({ ...this.#key, ...this.#record, outputs, isFinished });
  }
}

/**
 * Checks that an output of standard input does not exist.
 * @throws {FunAsrError} `E_EXISTS`
 */
export async function checkMissing(path: string): Promise<void> {
  if (await exists(path)) throw existsError(path, 'exists already');
}

function existsError(path: string, reason: string): FunAsrError {
  return new FunAsrError('E_EXISTS', `${path}: ${reason}`, {
    hint: 'Replace it with --force, or write to another folder with --output-dir.',
  });
}

/** A broken link counts as a file that exists. */
async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

function keyOf({ input, content, parameters }: LedgerEntry): LedgerKey {
  return { input, content, parameters };
}

function recordOf({ durationMs, sentences, engine, model, isPartial }: LedgerEntry): OutputRecord {
  return { durationMs, sentences, engine, model, isPartial };
}
