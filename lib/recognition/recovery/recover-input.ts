import type { GapReporter } from '../events/gap-reporter.ts';
import type { InputQueue } from '../input/input-queue.ts';
import type { TaskWindow } from '../input/task-window.ts';
import type { FailedTask, Recovery } from './recovery.ts';
import type { RecoveryPlan } from '../task/task-plan.ts';

/** The parts of a recognition that a recovery reads and changes. */
export interface RecoveredParts {
  readonly queue: InputQueue;
  readonly window: TaskWindow;
  readonly gaps: GapReporter;
  readonly recovery: Recovery;
}

/** A plan, and how much audio the next task is sent again, in ms. */
export interface InputRecovery {
  readonly plan: RecoveryPlan;
  readonly resentMs: number;
}

/**
 * Plans what happens after a failure, and moves the input to where the next task begins. Audio that is lost by that is
 * added to the gaps.
 * @throws {FunAsrError} the failure, when the recognition does not continue.
 */
export function recoverInput(
  parts: RecoveredParts,
  failure: Pick<FailedTask, 'error' | 'kind'>,
): InputRecovery {
  const { queue, window, gaps, recovery } = parts;
  const { buffer } = queue;
  const { start, sent, end, furthestMs, isTimed, isReplayable } = buffer;
  const input = { start, sent, end, furthestMs, isTimed, isReplayable };
  const { isQuiet, silenceEnd } = window;
  const { isSourcePaused } = queue;
  const plan = recovery.plan({ ...failure, ...input, isSourcePaused, isQuiet, silenceEnd });
  if (plan.limitsSilence) window.limitSilence();
  queue.rewind();
  const skipped = plan.task.from === undefined ? undefined : buffer.skipTo(plan.task.from);
  if (skipped && plan.gapReason) gaps.add(skipped, plan.gapReason);
  return { plan, resentMs: Math.max(0, buffer.msBetween(buffer.start, sent)) };
}
