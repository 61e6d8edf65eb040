import type { FunAsrError } from '../../core/errors.ts';

/** Length of the frames of a careful task and of a check task, which must end soon after a certain place in the audio. */
export const SMALL_FRAME_MS = 100;

/** How the next task is run. */
export interface TaskPlan {
  /** Where the task begins, in bytes of the input; undefined for the first byte that is not final. */
  readonly from: number | undefined;
  /** Where the task is finished, in bytes of the input; undefined when it continues to the end. */
  readonly to: number | undefined;
  /** Whether its first audio is sent in real time, in small frames, because it may make the task fail. */
  readonly isCareful: boolean;
  /** The task is started only when the input has more than this many bytes; 0 to start at once. */
  readonly waitsForMoreThan: number;
}

/** The plan while nothing has failed. */
export const ORDINARY_PLAN: TaskPlan = {
  from: undefined,
  to: undefined,
  isCareful: false,
  waitsForMoreThan: 0,
};

/** What happens between a task and the next one. */
export interface RecoveryPlan {
  readonly task: TaskPlan;
  /** The number of the retry, from 1; undefined when nothing is reported. */
  readonly attempt: number | undefined;
  readonly delayMs: number;
  /** The reason of the gap before `task.from`; undefined when the audio before it is final or quiet. */
  readonly gapReason: FunAsrError | undefined;
  /** Whether later tasks must end before the silence timeout of the service. */
  readonly hasSilenceTimeout: boolean;
  /** Where check tasks begin, in bytes, which show during the delay whether the service recognises other audio. */
  readonly checkPositions: readonly number[];
}

/** A plan without a wait, which does not count as a retry. */
export function immediatePlan(task: Partial<TaskPlan> = {}, gapReason?: FunAsrError): RecoveryPlan {
  return {
    task: { ...ORDINARY_PLAN, ...task },
    attempt: undefined,
    delayMs: 0,
    gapReason,
    hasSilenceTimeout: false,
    checkPositions: [],
  };
}
