import { join } from 'node:path';
import type { EngineName } from '../engines/engine.ts';
import { type ErrorCode, FunAsrError, type TimeSpan } from '../core/errors.ts';
import type { LedgerEntry } from './state/ledger.ts';
import type { PlannedRecording } from './plan/output-plan.ts';

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
  /** Parts of a failed recording that the service did not recognise, in ms from its start; missing when there are none. */
  readonly gaps?: readonly { readonly begin: number; readonly end: number }[];
  readonly engine: EngineName;
  readonly model: string;
}

/** A {@link FunAsrError} as plain data. */
export interface ReportedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** The part of the recording that it concerns, if it concerns one. */
  readonly span?: TimeSpan;
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
    ...(error.span && { span: error.span }),
  };
}

/** The error that {@link reportError} has made plain data of. */
export function asError({ code, message, hint, requestId, span }: ReportedError): FunAsrError {
  return new FunAsrError(code, message, { hint: hint ?? undefined, requestId: requestId ?? undefined, span });
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
