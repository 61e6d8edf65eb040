import { FunAsrError } from '../../core/errors.ts';
import type { Backlog } from '../input/backlog.ts';
import type { Clock } from '../../core/deadline.ts';
import type { Reconnect } from '../events/diagnostics.ts';
import { FailingSpan } from './failing-span.ts';
import type { Limits } from '../limits.ts';
import type { Losses } from './losses.ts';
import { RetryPolicy } from './retry.ts';

/** What a {@link Recovery} is made with. */
export interface RecoveryOptions {
  readonly backlog: Backlog;
  readonly losses: Losses;
  readonly limits: Limits;
  /** Whether a new key may be had by asking again. */
  readonly hasKeyFunction: boolean;
  /** @default that of the process */
  readonly clock?: Clock;
}

/** A task that ran for so long, and took so much audio that none had before, shows that the service works. */
const SOUND_MS = 30_000;

/** Decides what is to be done about each failure of one recognition: try again, when, and from where; or give up. */
export class Recovery {
  readonly #backlog: Backlog;
  readonly #losses: Losses;
  readonly #hasKeyFunction: boolean;
  readonly #clock: Clock;
  readonly #retry: RetryPolicy;
  #span = new FailingSpan();
  #hasNewKey = false;
  #started: { readonly at: number; readonly furthestMs: number } | undefined;
  #pausedAt = 0;

  constructor({ backlog, losses, limits, hasKeyFunction, clock = performance }: RecoveryOptions) {
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
    return this.#backlog.isPcm && this.#span.isSuspect(this.#backlog.start);
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
  }

  /**
   * A task failed, or did not start.
   * @param isPaused Whether the task was given all there was, and its source had nothing more to give.
   * @returns How the recognition goes on; undefined for at once.
   * @throws {FunAsrError} the failure, when it does not.
   */
  after(error: FunAsrError, isPaused: boolean): Reconnect | undefined {
    if (error.code === 'E_AUTH' && this.#hasKeyFunction && !this.#hasNewKey) {
      this.#hasNewKey = true;
      return undefined;
    }
    if (this.#wasSound) this.#beginAnew();
    this.#started = undefined;
    const isWaitedFor = isPaused && isPause(error);
    // Audio came since the last pause: it is the source that pauses again, and not the service that fails again.
    if (isWaitedFor && this.#backlog.end > this.#pausedAt) this.#retry.progressed();
    const delayMs = this.#backlog.isReplayable ? this.#retry.failed(error) : undefined;
    if (delayMs === undefined) this.#giveUp(error);
    const attempt = this.#retry.failures;
    if (isWaitedFor) this.#pausedAt = this.#backlog.end;
    else if (isSilence(error) && this.#backlog.skipSilence()) this.#retry.progressed();
    else if (error.code !== 'E_THROTTLED') this.#giveUpPoison(error);
    return { reason: error, attempt, delayMs, resentMs: this.#backlog.againMs };
  }

  get #wasSound(): boolean {
    if (!this.#started) return false;
    const { at, furthestMs } = this.#started;
    return this.#clock.now() - at >= SOUND_MS && this.#backlog.furthestMs - furthestMs >= SOUND_MS;
  }

  #beginAnew(): void {
    this.#retry.progressed();
    this.#span = new FailingSpan();
  }

  #giveUpPoison(error: FunAsrError): void {
    const end = this.#span.failed(this.#backlog.start, this.#backlog.handed);
    if (end === undefined) return;
    // What would be left of encoded audio is none.
    if (!this.#backlog.isPcm) this.#giveUp(error);
    this.#backlog.giveUp(end);
    const loss = this.#backlog.takeLoss();
    if (loss) this.#losses.add(loss, error);
  }

  #giveUp(error: FunAsrError): never {
    this.#losses.tell();
    throw gaveUp(error, this.#retry.failures - 1);
  }
}

/** The service has waited for audio: it is the source that paused, and there is nothing to do before it goes on. */
function isPause({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === 'CLIENT_ERROR';
}

/** The service has heard no speech for too long: sent again, the same silence would end the next task, too. */
function isSilence({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === 'ResponseTimeout';
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
