import type { FunAsrError } from '../../core/errors.ts';

/** What the next task gets. The sender and the recognizer carry it out. */
export interface TaskPlan {
  /** Where the task begins, in bytes of the input; undefined for the first byte that is not final. */
  readonly from: number | undefined;
  /** Whether its first audio is sent in real time, in small frames: it is suspected of making tasks fail. */
  readonly isCareful: boolean;
  /** The task is started only when the input has more than this many bytes; 0 to start at once. */
  readonly waitsForMoreThan: number;
}

/** The plan while nothing has failed. */
export const ORDINARY_PLAN: TaskPlan = { from: undefined, isCareful: false, waitsForMoreThan: 0 };

/** What happens between a failed task and the next one. */
export interface RecoveryPlan {
  readonly task: TaskPlan;
  /** The number of the retry, from 1; undefined for a retry that is not reported. */
  readonly attempt: number | undefined;
  readonly delayMs: number;
  /** Whether the audio before `task.from` is given up: the reason of the gap. Undefined when it is final or quiet. */
  readonly gapReason: FunAsrError | undefined;
  /** Whether tasks are to end before the service's silence timeout from now on. */
  readonly limitsSilence: boolean;
  /** Where check tasks begin, in bytes. During the delay they check whether the service recognises other audio. */
  readonly checkPositions: readonly number[];
}
