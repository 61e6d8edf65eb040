import { setTimeout as wait } from 'node:timers/promises';
import type { FunAsrError } from '../../core/errors.ts';
import { isAboutConcurrency } from '../../protocol/errors/service-errors.ts';
import type { Reconnect } from '../events/diagnostics.ts';
import type { GapReporter } from '../events/gap-reporter.ts';
import { checkLaterAudio, type LaterAudioCheckParts } from '../task/later-audio-check.ts';
import type { RecoveryPlan, TaskPlan } from '../task/task-plan.ts';
import type { Failure } from './failure-cause.ts';
import type { Recovery } from './recovery.ts';

/** Options of a {@link Retrier}: the parts of the recognition that it reads and changes. */
export interface RetrierOptions extends LaterAudioCheckParts {
  readonly gaps: GapReporter;
  readonly recovery: Recovery;
  /** Replaces the failure of a task by what is known about it. @default the failure itself */
  readonly explainFailure?: ((failure: FunAsrError) => FunAsrError) | undefined;
  /** Aborts when the recognition is destroyed. */
  readonly destroyed: AbortSignal;
  /** Aborts when failures are not retried any more. */
  readonly stopped: AbortSignal;
}

/** Carries out what a {@link Recovery} plans: moves the input, reports gaps, runs check tasks and waits. */
export class Retrier {
  readonly #options: RetrierOptions;

  constructor(options: RetrierOptions) {
    this.#options = options;
  }

  /** A task has finished. @returns The plan for the next one. */
  afterFinish(): TaskPlan {
    const { queue, recovery } = this.#options;
    return this.#apply(recovery.planAfterFinish(queue.buffer.start));
  }

  /**
   * A task has failed, or has not started. Resolves with the plan for the next one when it is time to start it.
   * @throws {FunAsrError} the failure, when the recognition does not continue.
   */
  async afterFailure(failure: FunAsrError): Promise<TaskPlan> {
    const { queue, starter, stopped, explainFailure } = this.#options;
    const error = explainFailure?.(failure) ?? failure;
    const { buffer } = queue;
    const { sent, taskSpan } = buffer;
    starter.publishState('failed', taskSpan);
    const kind = starter.task?.failure === failure ? starter.task.failureKind : undefined;
    const plan = await this.#plan({ error, kind });
    const { attempt, delayMs, checkPositions } = plan;
    if (error.code === 'E_THROTTLED' && !isAboutConcurrency(error)) starter.throttled(delayMs);
    if (attempt !== undefined) {
      const resentMs = Math.max(0, buffer.msBetween(buffer.start, sent));
      await this.#wait({ reason: error, attempt, delayMs, resentMs }, checkPositions);
    }
    if (stopped.aborted) throw error;
    return plan.task;
  }

  async #plan(failure: Failure): Promise<RecoveryPlan> {
    const { queue, window, gaps, starter, recovery, stopped } = this.#options;
    try {
      if (stopped.aborted) throw failure.error;
      const plan = recovery.planAfterFailure(failure, { buffer: queue.buffer, queue, window });
      queue.rewind();
      this.#apply(plan);
      return plan;
    } catch (error) {
      gaps.flush();
      throw error;
    } finally {
      await starter.end();
    }
  }

  /** Moves the input to where the next task begins. Audio that is lost by that is added to the gaps. */
  #apply({ task, gapReason, hasSilenceTimeout }: RecoveryPlan): TaskPlan {
    const { queue, window, gaps } = this.#options;
    if (hasSilenceTimeout) window.expectSilenceTimeout();
    const skipped = task.from === undefined ? undefined : queue.buffer.skipTo(task.from);
    if (skipped && gapReason) gaps.add(skipped, gapReason);
    return task;
  }

  async #wait(reconnect: Reconnect, checkPositions: readonly number[]): Promise<void> {
    const { events, recovery, destroyed, stopped } = this.#options;
    events.publish('reconnect', reconnect);
    const signal = AbortSignal.any([destroyed, stopped]);
    const waiting = wait(reconnect.delayMs, undefined, { signal }).catch(() => {});
    if (checkPositions.length > 0 && (await checkLaterAudio(this.#options, checkPositions, signal)))
      recovery.laterAudioRecognized();
    await waiting;
    destroyed.throwIfAborted();
  }
}
