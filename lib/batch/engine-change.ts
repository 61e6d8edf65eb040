import { setMaxListeners } from 'node:events';
import type { LimitFunction } from 'p-limit';
import { asFunAsrError, type FunAsrError } from '../core/errors.ts';
import { reportError } from '../core/reported-error.ts';
import { Turn } from '../core/turn.ts';
import { OpenRecording } from '../recognition/events/open-recording.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import type { RunCosts } from './cost.ts';
import type { PendingRecording } from './plan/check-finished.ts';
import { transcribeRecording } from './recording/transcribe-recording.ts';
import type { Outcome, RunContext } from './recording/run-context.ts';
import { addConsumption } from './report/consumption.ts';
import type { OpenEngine, RunEngines } from './run-engines.ts';

/** What recordings are transcribed with. */
export interface Means extends OpenEngine {
  readonly costs: RunCosts;
  /** Recordings at a time. */
  readonly atATime: number;
  /** Limits how many recordings are sent at a time. */
  readonly sending: LimitFunction;
}

/** The engines of a batch. */
export type BatchEngines = RunEngines<TranscribeOptions, Means>;

/** What all recordings of a batch share, whatever engine recognises them. */
export interface ChangeContext
  extends Pick<RunContext, 'firstEngine' | 'formats' | 'layout' | 'transcription' | 'stdin' | 'onEvent'> {
  /** Stops at once. */
  readonly signal: AbortSignal;
  /** Stops reading recordings. */
  readonly stop: AbortSignal;
}

/**
 * Transcribes a recording. What an engine cannot do the next engine continues, after the last final sentence.
 * @returns Undefined when it was not its turn before the run was stopped: it counts as not tried.
 */
export async function transcribeWithEngines(
  recording: PendingRecording,
  engines: BatchEngines,
  context: ChangeContext,
): Promise<Outcome | undefined> {
  const open = new OpenRecording(recording.input);
  try {
    const outcome = await open.run(() => transcribeWithEach(recording, engines, context));
    if (outcome) {
      const { result, error } = outcome;
      const { sentences, durationMs } = result;
      open.end(stateOf(error), { sentences, durationMs, error });
    }
    return outcome;
  } catch (error) {
    open.end('failed', { error });
    throw error;
  } finally {
    open.end('aborted', {});
  }
}

async function transcribeWithEach(
  recording: PendingRecording,
  engines: BatchEngines,
  context: ChangeContext,
): Promise<Outcome | undefined> {
  const { input } = recording;
  let outcome: Outcome | undefined;
  for (let means: Means | undefined = await engines.current(); means; ) {
    const attempt = await transcribeOnce(recording, means, engines, context, outcome);
    if (!attempt) break;
    outcome = attempt;
    const { error } = outcome;
    if (!error || context.signal.aborted || context.stop.aborted) break;
    try {
      const isSkipped: boolean = error.code === 'E_INTERRUPTED' && engines.isGivenUp(means);
      means = isSkipped ? await engines.current() : await engines.after(means, error, input);
    } catch (cause) {
      outcome = withError(outcome, asFunAsrError(cause, input));
      break;
    }
  }
  return outcome;
}

/** Transcribes what is left of a recording with one engine. */
async function transcribeOnce(
  recording: PendingRecording,
  means: Means,
  engines: BatchEngines,
  { signal: all, stop, transcription, ...context }: ChangeContext,
  earlier: Outcome | undefined,
): Promise<Outcome | undefined> {
  const { backend, costs, sending } = means;
  const signal = AbortSignal.any([all, recording.claim.signal]);
  setMaxListeners(0, signal);
  const turn = new Turn(sending, AbortSignal.any([signal, stop]));
  // When its turn comes, another recording may have shown that the engine can do none.
  const takeTurn = async (): Promise<boolean> => (await turn.take()) && !engines.isGivenUp(means);
  const run = {
    ...context,
    backend,
    costs,
    isContinued: earlier !== undefined,
    transcription: { ...transcription, engine: { ...backend, turn: takeTurn }, signal, stop },
    onRecognized: () => turn.end(),
  };
  const outcome = await transcribeRecording(recording, run).finally(() => turn.end());
  // It was only prepared.
  if (outcome.error?.code === 'E_INTERRUPTED' && !turn.hasCome) return undefined;
  if (!earlier) return outcome;
  return { ...outcome, consumption: addConsumption(earlier.consumption, outcome.consumption) };
}

/** The outcome of a recording that another engine was to continue, and why that engine cannot be used. */
function withError(outcome: Outcome, error: FunAsrError): Outcome {
  return { ...outcome, error, result: { ...outcome.result, error: reportError(error) } };
}

function stateOf(error: FunAsrError | undefined): 'finished' | 'failed' | 'aborted' {
  if (!error) return 'finished';
  return error.code === 'E_INTERRUPTED' ? 'aborted' : 'failed';
}
