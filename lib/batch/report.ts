import { join } from 'node:path';
import type { EngineName } from '../engine.ts';
import type { ErrorCode, FunAsrError } from '../errors.ts';
import type { LedgerEntry } from './ledger.ts';
import type { PlannedRecording } from './output-plan.ts';

/** What became of one recording of a run, whatever the run does. */
export interface RecordingResult {
  readonly type: 'result';
  /** Path as it was given or found; `-` for standard input. */
  readonly input: string;
  /** `skipped`: its outputs are there from an earlier run. */
  readonly status: 'done' | 'skipped' | 'failed';
  /** Paths of the files that were written; after a failure those of what was made until then. */
  readonly outputs: readonly string[];
  /** Length of the audio that was worked on, in ms. */
  readonly durationMs: number;
  /** Whether something is missing: the recording is damaged or cut off, or the work on it was. */
  readonly partial: boolean;
  readonly warnings: readonly ReportedError[];
  readonly error?: ReportedError;
}

/** What became of one recording that was to be transcribed. */
export interface TranscriptionResult extends RecordingResult {
  /** Number of sentences in the outputs. */
  readonly sentences: number;
  readonly engine: EngineName;
  readonly model: string;
}

/** A {@link FunAsrError} as plain data. */
export interface ReportedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly requestId: string | null;
}

/** What became of a whole run, whatever it does. */
export interface RunReport {
  readonly done: number;
  /** Finished by an earlier run. */
  readonly skipped: number;
  readonly failed: number;
  /** Recordings that the run was stopped before. */
  readonly untried: number;
  /** Length of the recordings that were worked on in this run, in seconds: of those that failed, up to there. */
  readonly audioSeconds: number;
  /** The failure that made all further work pointless, such as a refused key. */
  readonly stoppedBy?: FunAsrError;
}

/** What it took to transcribe a recording. */
export interface Cost {
  /** Audio that was sent, what was sent again included, in ms. */
  readonly sentMs: number;
  /** Audio that was sent again after a failure, in ms. */
  readonly resentMs: number;
  /** Seconds billed by the service's own count. */
  readonly billedSeconds: number;
}

/** Of a recording of which nothing was sent. */
export const NO_COST: Cost = { sentMs: 0, resentMs: 0, billedSeconds: 0 };

export function addCosts(one: Cost, other: Cost): Cost {
  return {
    sentMs: one.sentMs + other.sentMs,
    resentMs: one.resentMs + other.resentMs,
    billedSeconds: one.billedSeconds + other.billedSeconds,
  };
}

/** What became of a run that transcribes. */
export interface BatchReport extends RunReport {
  /** Audio that this run has sent, what was sent again included, in seconds. */
  readonly sentSeconds: number;
  /** Audio that had to be sent again after a failure, in seconds. */
  readonly resentSeconds: number;
  /**
   * What the service says it bills, in seconds: its own `usage`, wherever it is. Whether anybody pays for it is not
   * asked: a service on this machine counts as the real one does, so that costs can be tried out on it. The embedded
   * engine bills nothing.
   */
  readonly billedSeconds: number;
}

export function reportError(error: FunAsrError): ReportedError {
  return {
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    requestId: error.requestId ?? null,
  };
}

/** Result of a recording that an earlier run has finished. */
export function skippedResult(
  { input, folder }: PlannedRecording,
  finished: LedgerEntry,
): TranscriptionResult {
  const { outputs, durationMs, sentences, engine, model, isPartial } = finished;
  return {
    type: 'result',
    input,
    status: 'skipped',
    outputs: outputs.map(({ name }) => join(folder, name)),
    durationMs,
    sentences,
    engine,
    model,
    partial: isPartial,
    warnings: [],
  };
}

/** Result of a recording that was refused before anything was sent. */
export function refusedResult(
  { input }: PlannedRecording,
  engine: EngineName,
  model: string,
  error: FunAsrError,
): TranscriptionResult {
  return {
    type: 'result',
    input,
    status: 'failed',
    outputs: [],
    durationMs: 0,
    sentences: 0,
    engine,
    model,
    partial: false,
    warnings: [],
    error: reportError(error),
  };
}

/** Adds up what became of the recordings of a run. */
export class Tally {
  #done = 0;
  #skipped = 0;
  #failed = 0;
  #audioMs = 0;

  add({ status, durationMs }: RecordingResult): void {
    if (status === 'done') this.#done += 1;
    if (status === 'skipped') this.#skipped += 1;
    if (status === 'failed') this.#failed += 1;
    if (status !== 'skipped') this.#audioMs += durationMs;
  }

  /** @param recordings Number of all recordings of the run. */
  report(recordings: number, stoppedBy?: FunAsrError): RunReport {
    return {
      done: this.#done,
      skipped: this.#skipped,
      failed: this.#failed,
      untried: recordings - this.#done - this.#skipped - this.#failed,
      audioSeconds: this.#audioMs / 1000,
      ...(stoppedBy && { stoppedBy }),
    };
  }
}

/** Adds up what transcribing cost, too. */
export class TranscriptionTally {
  readonly #tally = new Tally();
  #cost = NO_COST;

  add(result: TranscriptionResult, cost: Cost): void {
    this.#tally.add(result);
    this.#cost = addCosts(this.#cost, cost);
  }

  /** @param recordings Number of all recordings of the run. */
  report(recordings: number, stoppedBy?: FunAsrError): BatchReport {
    return {
      ...this.#tally.report(recordings, stoppedBy),
      sentSeconds: this.#cost.sentMs / 1000,
      resentSeconds: this.#cost.resentMs / 1000,
      billedSeconds: this.#cost.billedSeconds,
    };
  }
}
