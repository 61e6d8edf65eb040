import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError } from '../../core/errors.ts';
import type { Backlog } from './backlog.ts';
import { Deadline } from '../../core/deadline.ts';
import { KeepAlive } from './keep-alive.ts';
import type { Meter } from '../events/metrics.ts';
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts';
import type { Task } from '../task/task.ts';

/** What a {@link Feeder} is made with. */
export interface FeederOptions {
  readonly backlog: Backlog;
  readonly meter: Meter;
  /** Whether the source cannot wait. */
  readonly isLive: boolean;
  /** Whether pauses of the source are filled with silence. */
  readonly keepAlive: boolean;
  /** Whether the audio that comes next is suspected to make tasks fail. */
  readonly isSuspect: () => boolean;
  readonly signal: AbortSignal;
}

/** A frame of audio that is suspected to make tasks fail: 100 ms at 16 kHz. */
const CAREFUL_FRAME_BYTES = 3200;
/** While results arrive at least this often, the service is behind and its next final sentence is waited for. */
const RESULT_INTERVAL_MS = 2_000;
/** The longest wait for a final sentence. Below the 23 s after which the service ends a task without audio. */
const MAX_WAIT_MS = 15_000;
/** Audio that a probe task is sent at most, in bytes: a minute at 16 kHz. */
const MAX_PROBE_BYTES = 60 * 32_000;
/** A large write is sent in slices. A slice fits into the buffer beside the audio at which a task is finished, also at 8 kHz. */
const SLICE_BYTES = 256 * 1024;

/** Takes the audio of a source, and feeds it to one task after another: each from where the text ends. */
export class Feeder {
  readonly #options: FeederOptions;
  readonly #backlog: Backlog;
  readonly #keepAlive: KeepAlive | undefined;
  /** The task that was given all there is, and waits for more. */
  #idle: Task | undefined;
  #hasEnded = false;
  /** A task is wanted even before there is audio. */
  #isDemanded = false;
  #isBehind = false;
  /** Looks after a service that is behind and says nothing more. */
  readonly #quiet = new Deadline(() => this.#wake());
  #wake = (): void => {};
  #tellTaken = (): void => {};

  constructor(options: FeederOptions) {
    this.#options = options;
    this.#backlog = options.backlog;
    if (options.keepAlive) this.#keepAlive = new KeepAlive((ms) => this.#sendSilence(ms));
  }

  /** Whether the last task was given all there is, and nothing came since. */
  get isIdle(): boolean {
    return this.#idle !== undefined;
  }

  /**
   * Takes audio. Nothing to wait for when a task took it at once, nor for a live source, which cannot wait; else it
   * resolves when a task was given all of it.
   */
  write(audio: Uint8Array): Promise<void> | undefined {
    if (!this.#options.isLive && audio.length > SLICE_BYTES) return this.#writeSlices(audio);
    this.#backlog.append(audio);
    // Nearly always, and once for each frame of each stream: to wake the feeding loop would cost as much as the rest.
    if (this.#idle && this.#hasSentAtOnce(this.#idle)) return undefined;
    this.#idle = undefined;
    this.#wake();
    if (this.#options.isLive) return undefined;
    return new Promise((resolve) => {
      this.#tellTaken = resolve;
    });
  }

  async #writeSlices(audio: Uint8Array): Promise<void> {
    for (let start = 0; start < audio.length; start += SLICE_BYTES) {
      await this.write(audio.subarray(start, start + SLICE_BYTES));
    }
  }

  /** There is no more audio. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** Wants a task without waiting for audio. */
  demand(): void {
    this.#isDemanded = true;
    this.#wake();
  }

  /** Something has happened that may concern whoever waits: the end of a task, or of all. */
  wake(): void {
    this.#wake();
  }

  /** The service has said something: it may have caught up. */
  heard(): void {
    if (this.#isBehind) this.#wake();
  }

  /**
   * Waits until there is something for a task. False when there never will be.
   * @param pausedAt Where the input ended when its source paused: without more there is nothing to do.
   */
  async hasMore(pausedAt: () => number): Promise<boolean> {
    for (;;) {
      this.#options.signal.throwIfAborted();
      if (this.#isDemanded) return true;
      if (this.#hasEnded) return this.#backlog.isOpen;
      if (this.#backlog.isOpen && this.#backlog.end > pausedAt()) return true;
      // The service may have made final what it had not yet taken from our socket when it failed.
      if (!this.#backlog.isOpen) this.#tellTaken();
      await this.#untilWoken();
    }
  }

  /** Feeds a task until the input has ended, or until it has to make way for another. @throws What it fails with. */
  async feed(task: Task): Promise<void> {
    this.#isDemanded = false;
    this.#idle = undefined;
    // The rest of encoded audio makes no sense without its beginning.
    if (!this.#backlog.isReplayable) throw tooFast();
    try {
      while (await this.#feedNext(task));
    } finally {
      this.#keepAlive?.stop();
    }
  }

  /** @returns Whether there may be more for this task. */
  async #feedNext(task: Task): Promise<boolean> {
    await this.#send(task);
    this.#check(task);
    if (this.#backlog.isTorn) return this.#end();
    if (this.#backlog.isDue && !(await this.#isCatchingUp(task))) return false;
    if (!this.#backlog.isHanded) return true;
    this.#tellTaken();
    if (this.#hasEnded) return false;
    this.#idle = task;
    this.#keepAlive?.wait();
    await this.#untilWoken();
    this.#check(task);
    return true;
  }

  /** Takes more of the source until there is audio after a position. @returns Whether there is. */
  async hasReached(position: number, signal: AbortSignal): Promise<boolean> {
    return await this.#untilWokenWith(signal, () => {
      if (this.#backlog.end > position) return true;
      return this.#hasEnded || this.#backlog.isPastLimit ? false : undefined;
    });
  }

  /**
   * Sends later audio to a probe task, taking more of the source for it, until there is enough.
   * @param isEnough Whether the task has shown what it was to show.
   */
  async probe(task: Task, signal: AbortSignal, isEnough: () => boolean): Promise<void> {
    const backlog = this.#backlog;
    const from = backlog.handed;
    const isOver = (): boolean =>
      isEnough() || signal.aborted || task.state !== 'streaming' || backlog.handed - from >= MAX_PROBE_BYTES;
    while (!isOver()) {
      if (!backlog.isHanded) await this.#sendNext(task);
      else if (!(await this.#hasMoreFor(isOver, signal))) return;
    }
  }

  /** Waits for audio that is not sent yet. False when there is none to wait for. */
  async #hasMoreFor(isOver: () => boolean, signal: AbortSignal): Promise<boolean> {
    return await this.#untilWokenWith(signal, () => {
      if (isOver() || this.#hasEnded || this.#backlog.isPastLimit) return false;
      return this.#backlog.isHanded ? undefined : true;
    });
  }

  /** Lets the source go on, and waits until a question has an answer; false when the signal aborts first. */
  async #untilWokenWith(signal: AbortSignal, answer: () => boolean | undefined): Promise<boolean> {
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      for (let known = answer(); ; known = answer()) {
        if (known !== undefined || signal.aborted) return known ?? false;
        this.#tellTaken();
        await this.#untilWoken();
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  /** What a live source has lost meanwhile lies before what comes next: only another task can be told. */
  #end(): false {
    if (this.#backlog.isPcm) return false;
    throw tooFast();
  }

  /**
   * Waits for a service whose results still arrive: finishing its task could cut a sentence. False when the task is to
   * be finished: no results arrive, or none can be missing, or the source is live and cannot wait.
   */
  async #isCatchingUp(task: Task): Promise<boolean> {
    const waitsFrom = performance.now();
    this.#isBehind = true;
    try {
      while (this.#backlog.isDue) {
        const { isLive } = this.#options;
        const isInputDone = this.#hasEnded && this.#backlog.isHanded;
        const limitMs = MAX_WAIT_MS - (performance.now() - waitsFrom);
        const leftMs = Math.min(limitMs, RESULT_INTERVAL_MS - task.msSinceResult);
        if (isLive || isInputDone || leftMs <= 0 || this.#backlog.isUnansweredQuiet) return false;
        this.#quiet.start(leftMs);
        await this.#untilWoken();
        this.#check(task);
      }
      return true;
    } finally {
      this.#isBehind = false;
      this.#quiet.clear();
    }
  }

  /** Whether a task that waits for audio could be given all of it at once. */
  #hasSentAtOnce(task: Task): boolean {
    if (!task.hasRoom || this.#options.isSuspect()) return false;
    if (this.#send(task) || !this.#backlog.isHanded || this.#backlog.isDue) return false;
    this.#keepAlive?.wait();
    return true;
  }

  /** Gives a task what it can take. Nothing to wait for when there was room for all that there is. */
  #send(task: Task): Promise<void> | undefined {
    const backlog = this.#backlog;
    while (task.state === 'streaming' && !backlog.isHanded && !backlog.isTorn && !backlog.isDue) {
      const room = this.#sendNext(task);
      if (room) return room;
    }
    return undefined;
  }

  #sendNext(task: Task): Promise<void> | undefined {
    const { meter, isSuspect, signal } = this.#options;
    const isCareful = isSuspect();
    const { audio, ms, resentMs } = this.#backlog.next(isCareful ? CAREFUL_FRAME_BYTES : MAX_FRAME_BYTES);
    meter.sent(ms, resentMs);
    const room = task.send(audio);
    // In real time: then little more is lost than what makes tasks fail.
    return isCareful ? wait(ms, undefined, { signal }) : room;
  }

  /** Silence that nobody takes says nothing: none is sent before there is room. */
  #sendSilence(ms: number): void {
    if (!this.#idle?.hasRoom) return;
    this.#options.meter.sent(ms, 0);
    void this.#idle.send(this.#backlog.silence(ms));
  }

  #check(task: Task): void {
    this.#options.signal.throwIfAborted();
    if (task.failure) throw task.failure;
  }

  async #untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

function tooFast(): FunAsrError {
  return new FunAsrError('E_CONNECTION_LOST', 'encoded audio came faster than it could be sent', {
    hint: 'Send it more slowly, or decode() it to PCM.',
  });
}
