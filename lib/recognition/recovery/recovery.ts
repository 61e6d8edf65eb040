import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { Backlog } from '../input/backlog.ts';
import type { Clock } from '../../core/deadline.ts';
import type { Reconnect } from '../events/diagnostics.ts';
import type { Limits } from '../limits.ts';
import type { Losses } from './losses.ts';
import { PoisonAudio } from './poison-audio.ts';
import { RetryPolicy } from './retry.ts';
import type { FailureKind } from '../task/task.ts';

/** What a {@link Recovery} is made with. */
export interface RecoveryOptions {
  readonly backlog: Backlog;
  readonly losses: Losses;
  readonly limits: Limits;
  /** Whether a new key may be had by asking again. */
  readonly hasKeyFunction: boolean;
  /** Whether another recognition of this process got a final sentence since a time of the clock. */
  readonly isServiceProven: (sinceMs: number) => boolean;
  /** @default that of the process */
  readonly clock?: Clock | undefined;
  /** Failures of poison audio that are closer together count as one, in ms. @default 5000 */
  readonly poisonSpacingMs?: number | undefined;
}

/** How a task ended that did not finish, or did not start. */
export interface EndedTask {
  readonly error: FunAsrError;
  readonly kind: FailureKind | undefined;
  /** Whether the task was sent everything there was, and the source had nothing more. */
  readonly isPaused: boolean;
}

/** How the recognition goes on after a failure. */
export interface RetryPlan {
  /** What is reported before the next task, and how long to wait; undefined for at once and without a report. */
  readonly reconnect: Reconnect | undefined;
  /** Where a probe task begins that is to show, during the wait, whether the service recognises other audio. */
  readonly probeFrom: number | undefined;
}

/** Close codes that blame what we sent are retried so often without progress. */
const MAX_PROTOCOL_RETRIES = 1;
/** A task that ran for so long, and took so much audio that none had before, shows that the service works. */
const SOUND_MS = 30_000;

/** Decides what is to be done about each failure of one recognition: try again, when, and from where; or give up. */
export class Recovery {
  readonly #backlog: Backlog;
  readonly #losses: Losses;
  readonly #hasKeyFunction: boolean;
  readonly #clock: Clock;
  readonly #retry: RetryPolicy;
  readonly #isServiceProven: (sinceMs: number) => boolean;
  readonly #poisonSpacingMs: number | undefined;
  #poison: PoisonAudio;
  #protocolFailures = 0;
  #hasNewKey = false;
  #started: { readonly at: number; readonly furthestMs: number } | undefined;
  #pausedAt = 0;

  constructor(options: RecoveryOptions) {
    const { backlog, losses, limits, hasKeyFunction, clock = performance } = options;
    this.#isServiceProven = options.isServiceProven;
    this.#poisonSpacingMs = options.poisonSpacingMs;
    this.#poison = new PoisonAudio(clock, options.poisonSpacingMs);
    this.#backlog = backlog;
    this.#losses = losses;
    this.#hasKeyFunction = hasKeyFunction;
    this.#clock = clock;
    this.#retry = new RetryPolicy(limits, clock);
  }

  /** Where the input ended when its source paused: without more there is nothing to do. */
  get pausedAt(): number {
    return this.#pausedAt;
  }

  /** Whether the audio that comes next is suspected to make tasks fail. */
  get isSuspect(): boolean {
    return this.#backlog.isPcm && this.#poison.isSuspect(this.#backlog.start);
  }

  /** The service has started a task. */
  started(): void {
    this.#hasNewKey = false;
    this.#retry.started();
    this.#started = { at: this.#clock.now(), furthestMs: this.#backlog.furthestMs };
  }

  /** Something became final. */
  progressed(): void {
    this.#retry.progressed();
    this.#protocolFailures = 0;
  }

  /** A probe task got a final sentence: the service recognises other audio. */
  probed(): void {
    this.#poison.prove();
  }

  /**
   * Decides how to go on after a task that failed or did not start.
   * @throws {FunAsrError} the failure, when the recognition does not go on.
   */
  after({ error, kind, isPaused }: EndedTask): RetryPlan {
    if (error.code === 'E_AUTH' && this.#hasKeyFunction && !this.#hasNewKey) {
      this.#hasNewKey = true;
      return { reconnect: undefined, probeFrom: undefined };
    }
    if (error.code === 'E_NO_SPEECH' && this.#isSilent) {
      this.#backlog.finishTask();
      return { reconnect: undefined, probeFrom: undefined };
    }
    if (this.#wasSound) this.#beginAnew();
    this.#started = undefined;
    const isWaitedFor = isPaused && isPause(error);
    // Audio came since the last pause: it is the source that pauses again, and not the service that fails again.
    if (isWaitedFor && this.#backlog.end > this.#pausedAt) this.#retry.progressed();
    if (kind === 'protocol') this.#protocolFailures += 1;
    const delayMs = this.#backlog.isReplayable ? this.#retry.failed(error, isQuiet(error)) : undefined;
    if (delayMs === undefined || this.#protocolFailures > MAX_PROTOCOL_RETRIES) this.#giveUp(error);
    const attempt = this.#retry.failures;
    if (isWaitedFor) this.#pausedAt = this.#backlog.end;
    if (isSilence(error)) this.#skipSilence();
    if (kind === 'refused' && !isQuiet(error) && error.code !== 'E_THROTTLED') this.#blameAudio(error);
    const reconnect = {
      reason: error,
      attempt,
      delayMs: Math.max(delayMs, this.#poison.waitMs),
      resentMs: this.#backlog.againMs,
    };
    return { reconnect, probeFrom: this.#probeFrom };
  }

  /** Whether the task was sent audio, and no loud audio: the service is right that there is no speech. */
  get #isSilent(): boolean {
    return this.#backlog.handed > this.#backlog.start && this.#backlog.isUnansweredQuiet;
  }

  get #wasSound(): boolean {
    if (!this.#started) return false;
    const { at, furthestMs } = this.#started;
    return this.#clock.now() - at >= SOUND_MS && this.#backlog.furthestMs - furthestMs >= SOUND_MS;
  }

  #beginAnew(): void {
    this.#retry.progressed();
    this.#protocolFailures = 0;
    this.#poison = new PoisonAudio(this.#clock, this.#poisonSpacingMs);
  }

  /** The service has heard nothing but silence: the next task begins after it, and tasks end before the next timeout. */
  #skipSilence(): void {
    this.#backlog.limitSilence();
    if (this.#backlog.skipSilence()) this.#retry.progressed();
  }

  /** The service itself failed the task: gives the audio up when it is proven that the audio is the reason. */
  #blameAudio(error: FunAsrError): void {
    const { start, handed } = this.#backlog;
    this.#lookForProof();
    const end = this.#poison.failed({ start, reach: handed });
    // What would be left of encoded audio cannot be recognised.
    if (end === undefined || !this.#backlog.isPcm) return;
    this.#backlog.giveUp(end);
    const loss = this.#backlog.takeLoss();
    if (loss) this.#losses.add(loss, error);
    // The proof was a final sentence.
    this.#retry.progressed();
  }

  #lookForProof(): void {
    const since = this.#poison.proofWantedSince;
    if (since !== undefined && this.#isServiceProven(since)) this.#poison.prove();
  }

  get #probeFrom(): number | undefined {
    if (!this.#backlog.isPcm) return undefined;
    this.#lookForProof();
    return this.#poison.proofWantedSince === undefined ? undefined : this.#poison.reach;
  }

  #giveUp(error: FunAsrError): never {
    this.#losses.tell();
    throw gaveUp(error, this.#retry.failures - 1);
  }
}

/** The service has waited for audio: it is the source that paused, and there is nothing to do before it goes on. */
function isPause({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === SERVICE_CODES.clientError;
}

/** The service has heard no speech for too long: sent again, the same silence would end the next task, too. */
function isSilence({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === SERVICE_CODES.responseTimeout;
}

/** The service only says that it heard nothing or got nothing: no fault of the audio or of the service. */
function isQuiet(error: FunAsrError): boolean {
  return isPause(error) || isSilence(error) || error.code === 'E_NO_SPEECH';
}

/** The same failure, which says how often it was tried. */
function gaveUp(error: FunAsrError, retries: number): FunAsrError {
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
