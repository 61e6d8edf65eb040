import type { Clock } from '../../core/deadline.ts';
import { FunAsrError } from '../../core/errors.ts';
import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';
import type { Limits } from '../task/client-limits.ts';
import type { FailureKind } from '../task/task.ts';
import { PoisonAudio } from './poison-audio.ts';
import { RetryPolicy } from './retry-policy.ts';
import { ORDINARY_PLAN, type RecoveryPlan, type TaskPlan } from '../task/task-plan.ts';

/** Options of a {@link Recovery}. */
export interface RecoveryOptions {
  readonly limits: Limits;
  /** Whether a new key can be had by calling the key function again. */
  readonly hasKeyFunction: boolean;
  /** Whether another recognition of this process got a final sentence since a time of the clock. */
  readonly isServiceProven: (sinceMs: number) => boolean;
  /** @default that of the process */
  readonly clock?: Clock | undefined;
  /** Failures of poison audio that are closer together count as one, in ms. @default 5000 */
  readonly poisonSpacingMs?: number | undefined;
}

/** A task that did not finish, or did not start, and the state of the input. Positions are bytes of the input. */
export interface FailedTask {
  readonly error: FunAsrError;
  readonly kind: FailureKind | undefined;
  /** Where the next task can begin: the first byte that is not final. */
  readonly start: number;
  /** Up to where the task was sent the input. */
  readonly sent: number;
  readonly end: number;
  /** Up to where any task was sent the input, in ms. */
  readonly furthestMs: number;
  /** Whether a task can begin in the middle. */
  readonly isTimed: boolean;
  /** Whether another task can continue: not for encoded audio whose first bytes were dropped. */
  readonly isReplayable: boolean;
  /** Whether the task was sent everything so far, and the source can give more. */
  readonly isSourcePaused: boolean;
  /** Whether everything that the task was sent since its last final sentence is quiet. */
  readonly isQuiet: boolean;
  /** Where the silence ends that the task began with; undefined when there is none. */
  readonly silenceEnd: number | undefined;
}

/** Retries without progress after a close code that blames what was sent. */
const MAX_PROTOCOL_RETRIES = 1;
/** A task that runs for this long, and is sent this much audio that no task was sent before, shows that the service works. */
const STABLE_MS = 30_000;

/** Plans how one recognition continues after each failure, or gives it up. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #clock: Clock;
  readonly #retry: RetryPolicy;
  #poison: PoisonAudio;
  #protocolFailures = 0;
  #hasNewKey = false;
  #started: { readonly atMs: number; readonly furthestMs: number } | undefined;
  /** Where the input ended when its source paused. */
  #pausedAt = 0;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? performance;
    this.#retry = new RetryPolicy(options.limits, this.#clock);
    this.#poison = this.#newPoison();
  }

  /** The service has started a task. @param furthestMs Up to where any task was sent the input, in ms. */
  started(furthestMs: number): void {
    this.#hasNewKey = false;
    this.#retry.started();
    this.#started = { atMs: this.#clock.now(), furthestMs };
  }

  /** Audio became final. */
  progressed(): void {
    this.#retry.progressed();
    this.#protocolFailures = 0;
  }

  /** A check task got a final sentence: the service recognises other audio. */
  laterAudioRecognized(): void {
    this.#poison.prove();
  }

  /**
   * Plans what happens after a failure.
   * @throws {FunAsrError} the failure, when the recognition does not continue.
   */
  plan(failed: FailedTask): RecoveryPlan {
    const { error } = failed;
    if (error.code === 'E_AUTH' && this.#options.hasKeyFunction && !this.#hasNewKey) {
      this.#hasNewKey = true;
      return immediately(ORDINARY_PLAN);
    }
    // The audio that the task was sent is quiet, so the answer of the service is correct.
    if (error.code === 'E_NO_SPEECH' && failed.sent > failed.start && failed.isQuiet) {
      return immediately({ ...ORDINARY_PLAN, from: failed.sent });
    }
    if (this.#wasStable(failed)) this.#reset();
    this.#started = undefined;
    return this.#retryPlan(failed);
  }

  #retryPlan(failed: FailedTask): RecoveryPlan {
    const { error, kind, start, end } = failed;
    const isPause = failed.isSourcePaused && isNoAudio(error);
    // There was audio since the last pause: the source pauses again, and the service does not fail again.
    if (isPause && end > this.#pausedAt) this.#retry.progressed();
    const delayMs = this.#nextDelay(failed);
    const attempt = this.#retry.failures;
    if (isPause) this.#pausedAt = end;
    const silenceEnd = isSilence(error) ? failed.silenceEnd : undefined;
    if (silenceEnd !== undefined) this.#retry.progressed();
    const isBlamed = kind === 'task-failed' && !saysNothingCame(error) && error.code !== 'E_THROTTLED';
    const gapEnd = isBlamed ? this.#gapEnd(failed) : undefined;
    const from = gapEnd ?? silenceEnd ?? start;
    return {
      task: {
        from,
        isCareful: failed.isTimed && this.#poison.isSuspect(from),
        waitsForMoreThan: isPause ? end : 0,
      },
      attempt,
      delayMs: Math.max(delayMs, this.#poison.waitMs),
      gapReason: gapEnd === undefined ? undefined : error,
      limitsSilence: isSilence(error),
      checkPositions: failed.isTimed && isBlamed ? this.#poison.checkPositions : [],
    };
  }

  #nextDelay({ error, kind, isReplayable }: FailedTask): number {
    if (kind === 'protocol') this.#protocolFailures += 1;
    const delayMs = isReplayable ? this.#retry.failed(error, saysNothingCame(error)) : undefined;
    if (delayMs === undefined || this.#protocolFailures > MAX_PROTOCOL_RETRIES) {
      throw givenUp(error, this.#retry.failures - 1);
    }
    return delayMs;
  }

  /** @returns Up to where the audio is given up, because it is proven to make tasks fail. */
  #gapEnd({ start, sent, isTimed }: FailedTask): number | undefined {
    this.#lookForProof();
    const end = this.#poison.failed({ start, reach: sent });
    this.#lookForProof();
    // Encoded audio without times cannot be resumed in the middle.
    if (end === undefined || !isTimed) return undefined;
    // The proof was a final sentence.
    this.#retry.progressed();
    return end;
  }

  #lookForProof(): void {
    const since = this.#poison.proofNeededSince;
    if (since !== undefined && this.#options.isServiceProven(since)) this.#poison.prove();
  }

  #wasStable({ furthestMs }: FailedTask): boolean {
    if (!this.#started) return false;
    const runMs = this.#clock.now() - this.#started.atMs;
    return runMs >= STABLE_MS && furthestMs - this.#started.furthestMs >= STABLE_MS;
  }

  #reset(): void {
    this.progressed();
    this.#poison = this.#newPoison();
  }

  #newPoison(): PoisonAudio {
    return new PoisonAudio(this.#clock, this.#options.poisonSpacingMs);
  }
}

/** A plan without a wait, which counts as no retry. */
function immediately(task: TaskPlan): RecoveryPlan {
  return {
    task,
    attempt: undefined,
    delayMs: 0,
    gapReason: undefined,
    limitsSilence: false,
    checkPositions: [],
  };
}

/** The service got no audio for too long. When the source has paused, there is nothing to do before it continues. */
function isNoAudio({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === SERVICE_CODES.clientError;
}

/** The service got only silence for too long. */
function isSilence({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === SERVICE_CODES.responseTimeout;
}

/** The service only says that it heard nothing or got nothing: no fault of the audio or of the service. */
function saysNothingCame(error: FunAsrError): boolean {
  return isNoAudio(error) || isSilence(error) || error.code === 'E_NO_SPEECH';
}

/** The same failure, with the number of retries in its message. */
function givenUp(error: FunAsrError, retries: number): FunAsrError {
  if (!error.retryable || retries < 1) return error;
  const { code, message, hint, requestId, serviceCode, retryable, retryAfterMs, cause } = error;
  return new FunAsrError(code, `${message} (given up after ${retries} retries)`, {
    hint,
    requestId,
    serviceCode,
    retryable,
    retryAfterMs,
    cause,
  });
}
