import type { Clock } from '../../core/deadline.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { InputBuffer, InputTimes } from '../input/input-buffer.ts';
import type { InputQueue } from '../input/input-queue.ts';
import type { TaskWindow } from '../input/task-window.ts';
import type { Limits } from '../task/client-limits.ts';
import { immediatePlan, ORDINARY_PLAN, type RecoveryPlan, type TaskPlan } from '../task/task-plan.ts';
import { causeOf, type Failure, type FailureCause } from './failure-cause.ts';
import { GapSearch } from './gap-search.ts';
import { PoisonAudio } from './poison-audio.ts';
import { type RetryEffect, RetryPolicy } from './retry-policy.ts';

/** Options of a {@link Recovery}. */
export interface RecoveryOptions {
  readonly limits: Limits;
  /** Whether the key comes from a function, which may return a new one. */
  readonly hasKeyFunction: boolean;
  /** Whether another recognition of this process got a final sentence since a time of the clock. */
  readonly isServiceProven: (sinceMs: number) => boolean;
  readonly times: InputTimes;
  /** @default that of the process */
  readonly clock?: Clock | undefined;
  /** Failures of poison audio that are closer together count as one, in ms. @default 5000 */
  readonly poisonSpacingMs?: number | undefined;
}

/** The state of the input when a task has ended. */
export interface InputState {
  readonly buffer: Pick<InputBuffer, 'start' | 'sent' | 'end' | 'furthestMs' | 'isTimed' | 'isReplayable'>;
  readonly queue: Pick<InputQueue, 'isSourcePaused'>;
  readonly window: Pick<TaskWindow, 'isQuiet' | 'silenceEnd'>;
}

/** What a failure changes for the next task. What is not given stays as after a lost connection. */
interface Response {
  readonly task?: Partial<TaskPlan>;
  readonly retry?: RetryEffect;
  readonly gapReason?: FunAsrError;
  readonly hasSilenceTimeout?: true;
  readonly checkPositions?: readonly number[];
  /** Whether the next task starts without a wait, and no retry is reported. */
  readonly isImmediate?: true;
}

/** Retries without progress after a close code that says that the client broke the protocol. */
const MAX_PROTOCOL_RETRIES = 1;
/** A task that runs for this long, and is sent this much new audio, resets the retry count. */
const STABLE_MS = 30_000;

/** Plans how one recognition continues after each task, or ends it. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #clock: Clock;
  readonly #retry: RetryPolicy;
  #poison: PoisonAudio;
  /** The gap that is being made, and its reason. */
  #gap: { readonly search: GapSearch; readonly reason: FunAsrError } | undefined;
  #protocolFailures = 0;
  #hasNewKey = false;
  #started: { readonly atMs: number; readonly furthestMs: number } | undefined;
  /** The end of the input when its source last paused. */
  #pausedAt = 0;
  /** The response to each cause; undefined to give up. */
  readonly #responses: Record<FailureCause, (failure: Failure, input: InputState) => Response | undefined> = {
    key: () => this.#renewKey(),
    'no-audio': (_, input) => this.#waitForSource(input),
    silence: (_, input) => skipSilence(input),
    'no-speech': (_, input) => skipQuiet(input),
    protocol: (_, input) => this.#retryProtocol(input),
    service: ({ error }, input) => this.#suspectAudio(error, input),
    other: (_, input) => this.#retryAudio(input),
  };

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? performance;
    this.#retry = new RetryPolicy(options.limits, this.#clock);
    this.#poison = this.#newPoison();
  }

  /** The service has started a task. @param furthestMs The end of the audio that any task was sent, in ms. */
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

  /** A check task received a final sentence: the service recognises other audio. */
  laterAudioRecognized(): void {
    this.#poison.prove();
  }

  /** Plans what happens after a task that has finished. @param start The first byte that is not final. */
  planAfterFinish(start: number): RecoveryPlan {
    if (!this.#gap) return immediatePlan();
    const { task, gapReason } = this.#searchGap(start);
    return immediatePlan(task, gapReason);
  }

  /**
   * Plans what happens after a failure.
   * @throws {FunAsrError} the failure, when the recognition does not continue.
   */
  planAfterFailure(failure: Failure, input: InputState): RecoveryPlan {
    const { start, isTimed, isReplayable } = input.buffer;
    const { error } = failure;
    if (this.#wasStable(input)) this.#reset();
    const retries = this.#retry.failures;
    const response = this.#responses[causeOf(failure)](failure, input);
    if (response?.isImmediate) return immediatePlan(response.task);
    this.#started = undefined;
    const delayMs = response && isReplayable ? this.#retry.failed(error, response.retry) : undefined;
    if (!response || delayMs === undefined) throw givenUp(error, retries);
    const { from = start } = response.task ?? {};
    const isCareful = isTimed && this.#poison.isSuspect(from);
    return {
      task: { ...ORDINARY_PLAN, isCareful, ...response.task, from },
      attempt: this.#retry.failures,
      delayMs: Math.max(delayMs, this.#poison.waitMs),
      gapReason: response.gapReason,
      hasSilenceTimeout: response.hasSilenceTimeout ?? false,
      checkPositions: response.checkPositions ?? [],
    };
  }

  /** Asks the key function again, once for each task. */
  #renewKey(): Response | undefined {
    if (!this.#options.hasKeyFunction || this.#hasNewKey) return undefined;
    this.#hasNewKey = true;
    return { isImmediate: true };
  }

  /** While the source pauses, a new task would fail again: waits for more audio. */
  #waitForSource({ buffer: { end }, queue: { isSourcePaused } }: InputState): Response {
    if (!isSourcePaused) return { retry: 'uncounted' };
    const hasNewAudio = end > this.#pausedAt;
    this.#pausedAt = end;
    return { task: { waitsForMoreThan: end }, retry: hasNewAudio ? 'progress' : 'uncounted' };
  }

  #retryProtocol(input: InputState): Response | undefined {
    this.#protocolFailures += 1;
    return this.#protocolFailures > MAX_PROTOCOL_RETRIES ? undefined : this.#retryAudio(input);
  }

  /** The failure says nothing about the audio. */
  #retryAudio({ buffer: { start } }: Pick<InputState, 'buffer'>): Response {
    return { ...this.#searchGap(start), retry: 'counted' };
  }

  /** Retries the audio, or gives it up when it is proven to make tasks fail. */
  #suspectAudio(error: FunAsrError, { buffer }: Pick<InputState, 'buffer'>): Response {
    const { start, sent, isTimed } = buffer;
    // Audio without times cannot be resumed in the middle.
    if (!isTimed || sent <= start) return this.#retryAudio({ buffer });
    if (this.#gap) this.#gap.search.failed(sent);
    else {
      this.#findProof();
      const end = this.#poison.failed({ start, reach: sent });
      this.#findProof();
      if (end === undefined) return { checkPositions: this.#poison.checkPositions };
      const { reach } = this.#poison;
      const { times } = this.#options;
      this.#gap = { search: new GapSearch({ reach, end, times }), reason: error };
    }
    return this.#searchGap(start);
  }

  /** Plans a task for the audio before the poison audio, as long as that is not final; then skips the poison audio. */
  #searchGap(start: number): Response {
    if (!this.#gap) return {};
    const { search, reason } = this.#gap;
    const to = search.next(start);
    if (to !== undefined) return { task: { from: start, to }, retry: 'progress' };
    this.#gap = undefined;
    return { task: { from: search.end }, gapReason: reason, retry: 'progress' };
  }

  #findProof(): void {
    const since = this.#poison.proofNeededSince;
    if (since !== undefined && this.#options.isServiceProven(since)) this.#poison.prove();
  }

  #wasStable({ buffer: { furthestMs } }: InputState): boolean {
    if (!this.#started) return false;
    const runMs = this.#clock.now() - this.#started.atMs;
    return runMs >= STABLE_MS && furthestMs - this.#started.furthestMs >= STABLE_MS;
  }

  #reset(): void {
    this.progressed();
    this.#poison = this.#newPoison();
  }

  #newPoison(): PoisonAudio {
    const { times, poisonSpacingMs: spacingMs } = this.#options;
    return new PoisonAudio({ clock: this.#clock, times, spacingMs });
  }
}

/** The task began with silence: sent again, it would end the next task, too. */
function skipSilence({ window: { silenceEnd } }: InputState): Response {
  if (silenceEnd === undefined) return { retry: 'uncounted', hasSilenceTimeout: true };
  return { task: { from: silenceEnd }, retry: 'progress', hasSilenceTimeout: true };
}

/** When the audio is quiet, the answer of the service is correct. */
function skipQuiet({ buffer: { start, sent }, window: { isQuiet } }: InputState): Response {
  return sent > start && isQuiet ? { task: { from: sent }, isImmediate: true } : { retry: 'uncounted' };
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
