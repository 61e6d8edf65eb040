import { pMapIterable } from 'p-map';
import { asFunAsrError, type FunAsrError } from '../core/errors.ts';
import { stopsRun } from './recording/error-rules.ts';
import type { OutputFolders } from './state/output-folder.ts';
import {
  checkFinished,
  type CheckedRecording,
  type CheckFinishedOptions,
  type FinishedEntry,
  type KeptRecording,
  type PendingRecording,
} from './plan/check-finished.ts';
import type { PlannedRecording } from './plan/output-plan.ts';

/** Recordings that are read at a time to find out whether they are finished. */
export const CHECKS_AT_A_TIME = 16;

/** Recordings that are checked before their hashes are saved. */
const CHECKS_PER_SAVE = 500;

/** What is done with the recordings without work to do. */
export interface CheckHandlers {
  readonly onFinished: (recording: FinishedEntry) => void;
  readonly onRefused: (plan: PlannedRecording, error: FunAsrError) => void;
}

/**
 * Finds the recordings of a run that have work to do, in the order of the plans. Of the others nothing is held: there may be
 * very many.
 * @param options Nothing more is checked once its signal is aborted.
 * @throws {FunAsrError} Which makes the whole run impossible.
 */
export async function findPending(
  plans: readonly PlannedRecording[],
  folders: OutputFolders,
  options: CheckFinishedOptions,
  { onFinished, onRefused }: CheckHandlers,
): Promise<{ pending: PendingRecording[]; kept: KeptRecording[] }> {
  const pending: PendingRecording[] = [];
  const kept: KeptRecording[] = [];
  const checks = pMapIterable(
    plans,
    async (plan) => ({ plan, checked: await check(plan, folders, options) }),
    { concurrency: CHECKS_AT_A_TIME },
  );
  let count = 0;
  for await (const { plan, checked } of checks) {
    count += 1;
    if (count % CHECKS_PER_SAVE === 0) await folders.saveHashes();
    if (!checked) continue;
    if ('pending' in checked) pending.push(checked.pending);
    else if ('kept' in checked) kept.push(checked.kept);
    else if ('finished' in checked) onFinished(checked.finished);
    else onRefused(plan, checked.error);
  }
  await folders.saveHashes();
  return { pending, kept };
}

/** Undefined when the run was stopped before. */
async function check(
  plan: PlannedRecording,
  folders: OutputFolders,
  options: CheckFinishedOptions,
): Promise<CheckedRecording | { readonly error: FunAsrError } | undefined> {
  if (options.signal?.aborted) return undefined;
  try {
    return await checkFinished(plan, folders, options);
  } catch (cause) {
    if (options.signal?.aborted) return undefined;
    const error = asFunAsrError(cause, plan.input);
    if (stopsRun(error)) throw error;
    return { error };
  }
}
