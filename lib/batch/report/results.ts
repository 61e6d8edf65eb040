import { join } from 'node:path';
import type { BackendName } from '../../engines/backend.ts';
import type { FunAsrError } from '../../core/errors.ts';
import { type ReportedError, reportError, type ReportedSpan } from '../../core/reported-error.ts';
import type { RunCost } from '../cost.ts';
import type { LedgerEntry } from '../state/ledger/ledger-entry.ts';
import type { PlannedRecording } from '../plan/output-plan.ts';

/** Result of one recording of a run. */
export interface RecordingResult {
  readonly type: 'result';
  /** Path as it was given or found; `-` for standard input. */
  readonly input: string;
  /** `skipped`: an earlier run has finished it. `interrupted`: this run was stopped before its end. */
  readonly status: 'done' | 'skipped' | 'failed' | 'interrupted';
  /** Paths of the outputs; after a failure those of the `.partial.` files, if there are any. */
  readonly outputs: readonly string[];
  /** Length of the recording in ms; after a failure, how far it was sent. */
  readonly durationMs: number;
  /**
   * Whether a part is missing in the outputs: the recording is damaged or truncated, words were not recognised, or it
   * failed.
   */
  readonly partial: boolean;
  /** Whether its outputs were made of text that an earlier run has kept: nothing was sent. */
  readonly fromKept?: true;
  readonly warnings: readonly ReportedError[];
  readonly error?: ReportedError;
}

/** Result of one recording of a run that transcribes. */
export interface TranscriptionResult extends RecordingResult {
  /** Number of sentences in the outputs. */
  readonly sentences: number;
  /**
   * Parts of a failed recording that the service did not recognise, in ms from its start; missing when there are none.
   */
  readonly gaps?: readonly ReportedSpan[];
  /** The engine that has recognised it to its end. */
  readonly engine: BackendName;
  /** All engines whose text it is, in their order; missing when it is one. */
  readonly engines?: readonly BackendName[];
  readonly model: string;
}

/** Result of a whole run. */
export interface RunReport {
  readonly done: number;
  /** Those of the recordings that are done whose outputs are partial. */
  readonly partial: number;
  /** Those of the recordings that are done whose outputs were made of kept text. */
  readonly fromKept: number;
  /** Recordings that an earlier run has finished. */
  readonly skipped: number;
  readonly failed: number;
  /** Recordings that were begun and not completed, because the run was stopped. */
  readonly interrupted: number;
  /** Recordings that a stopped run has not begun. */
  readonly untried: number;
  /**
   * Length of the recordings that are not skipped and not made of kept text, in seconds; of those that failed or were interrupted, how far they
   * were sent.
   */
  readonly audioSeconds: number;
  /** The error that has stopped the run, such as a refused key. */
  readonly stoppedBy?: FunAsrError;
}

/** Result of a run that transcribes. */
export interface BatchReport extends RunReport, RunCost {
  /** All audio that this run has sent, including audio that was sent again, in seconds. */
  readonly sentSeconds: number;
  /** Audio that had to be sent again after a failure, in seconds. */
  readonly resentSeconds: number;
  /**
   * Seconds that the service bills, by the `usage` of its messages. A service on this machine counts in the same way, so
   * that costs can be tried out with it. The local engine bills nothing.
   */
  readonly billedSeconds: number;
}

/** Result of a recording that an earlier run has finished. */
export function skippedResult(
  { input, folder }: PlannedRecording,
  finished: LedgerEntry,
): TranscriptionResult {
  const { outputs, durationMs, sentences, engine, engines, model, isPartial } = finished;
  return {
    type: 'result',
    input,
    status: 'skipped',
    outputs: outputs.map(({ name }) => join(folder, name)),
    durationMs,
    sentences,
    engine,
    ...(engines && { engines }),
    model,
    partial: isPartial,
    warnings: [],
  };
}

/** Result of a recording that was refused before any audio was sent. */
export function refusedResult(
  { input }: PlannedRecording,
  backendName: BackendName,
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
    engine: backendName,
    model,
    partial: false,
    warnings: [],
    error: reportError(error),
  };
}
