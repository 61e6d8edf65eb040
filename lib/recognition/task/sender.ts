import { setTimeout as wait } from 'node:timers/promises';
import { Deadline } from '../../core/deadline.ts';
import { FunAsrError } from '../../core/errors.ts';
import { MAX_FRAME_BYTES } from '../../protocol/service-limits.ts';
import type { EventPublisher } from '../events/recognition-events.ts';
import type { TaskPlan } from './task-plan.ts';
import type { Task } from './task.ts';
import type { InputBuffer } from '../input/input-buffer.ts';
import type { InputQueue } from '../input/input-queue.ts';
import { KeepAlive } from './keep-alive.ts';
import type { TaskWindow } from '../input/task-window.ts';

/** Options of a {@link Sender}. */
export interface SenderOptions {
  readonly queue: InputQueue;
  readonly window: TaskWindow;
  readonly events: EventPublisher;
  /** Whether pauses of the source are filled with silence. */
  readonly keepAlive: boolean;
  readonly signal: AbortSignal;
}

/** A frame of audio that is suspected of making tasks fail: 100 ms at 16 kHz. */
const CAREFUL_FRAME_BYTES = 3200;
/** While results arrive at least this often, the service is behind and its next final sentence is waited for. */
const RESULT_INTERVAL_MS = 2_000;
/** The longest wait for a final sentence: below the 23 s after which the service ends a task without audio. */
const MAX_WAIT_MS = 15_000;

/** Sends the input to one task after another, as the plan for each task says. */
export class Sender {
  readonly #queue: InputQueue;
  readonly #buffer: InputBuffer;
  readonly #window: TaskWindow;
  readonly #events: EventPublisher;
  readonly #signal: AbortSignal;
  readonly #keepAlive: KeepAlive | undefined;
  /** Ends the wait for a service that is behind and sends no more results. */
  readonly #resultDeadline: Deadline;
  #isWaitingForResults = false;

  constructor({ queue, window, events, keepAlive, signal }: SenderOptions) {
    this.#queue = queue;
    this.#buffer = queue.buffer;
    this.#window = window;
    this.#events = events;
    this.#signal = signal;
    this.#resultDeadline = new Deadline(() => queue.wake());
    if (keepAlive) this.#keepAlive = new KeepAlive();
  }

  /** Waits until there is audio for the next task. False when there will be none. */
  async waitForAudio({ waitsForMoreThan }: TaskPlan): Promise<boolean> {
    for (;;) {
      this.#signal.throwIfAborted();
      if (this.#queue.isDemanded) return true;
      const { hasOpenAudio, end } = this.#buffer;
      if (this.#queue.hasEnded) return hasOpenAudio;
      if (hasOpenAudio && end > waitsForMoreThan) return true;
      // The service may have made audio final that it had not taken from the socket when it failed.
      if (!hasOpenAudio) this.#queue.release();
      await this.#queue.changed();
    }
  }

  /** Sends audio to a task until the input has ended or the task is to be finished. @throws The failure of the task. */
  async send(task: Task, plan: TaskPlan): Promise<void> {
    this.#queue.taskStarted();
    // Encoded audio without times cannot be decoded without its first bytes.
    if (!this.#buffer.isReplayable) throw tooFast();
    try {
      while (await this.#sendNext(task, plan));
    } finally {
      this.#keepAlive?.stop();
    }
  }

  /** A result arrived: a service that is behind may have caught up. */
  resultArrived(): void {
    if (this.#isWaitingForResults) this.#queue.wake();
  }

  /** @returns Whether there may be more for this task. */
  async #sendNext(task: Task, plan: TaskPlan): Promise<boolean> {
    await this.#sendAvailable(task, plan);
    this.#check(task);
    if (this.#buffer.hasLostUnsent) return this.#endTornTask();
    if (this.#window.isFull && !(await this.#isCatchingUp(task))) return false;
    if (!this.#buffer.isAllSent) return true;
    this.#queue.release();
    if (this.#queue.hasEnded) return false;
    this.#keepAlive?.wait((ms) => this.#sendSilence(task, ms));
    await this.#queue.changedUnlessSent(() => this.#hasSentAtOnce(task, plan));
    // After a failure the source still counts as paused.
    this.#check(task);
    this.#queue.stopSendingAtOnce();
    return true;
  }

  /** A live source has lost audio that this task should have been sent next. */
  #endTornTask(): false {
    if (this.#buffer.isTimed) return false;
    throw tooFast();
  }

  /**
   * Waits for a service whose results still arrive: finishing its task could cut a sentence. False when the task is to
   * be finished: no results arrive, or none can be missing, or the source is live and cannot wait.
   */
  async #isCatchingUp(task: Task): Promise<boolean> {
    const since = performance.now();
    this.#isWaitingForResults = true;
    try {
      while (this.#window.isFull) {
        const isInputSent = this.#queue.hasEnded && this.#buffer.isAllSent;
        const limitMs = MAX_WAIT_MS - (performance.now() - since);
        const leftMs = Math.min(limitMs, RESULT_INTERVAL_MS - task.msSinceResult);
        if (this.#queue.isLive || isInputSent || leftMs <= 0 || this.#window.isQuiet) return false;
        this.#resultDeadline.start(leftMs);
        await this.#queue.changed();
        this.#check(task);
      }
      return true;
    } finally {
      this.#isWaitingForResults = false;
      this.#resultDeadline.clear();
    }
  }

  /** Sends audio that has just arrived to a task that waits for it. @returns Whether all of it was sent without waiting. */
  #hasSentAtOnce(task: Task, plan: TaskPlan): boolean {
    if (!task.hasRoom || this.#isCareful(plan)) return false;
    if (this.#sendAvailable(task, plan) || !this.#buffer.isAllSent || this.#window.isFull) return false;
    this.#keepAlive?.wait((ms) => this.#sendSilence(task, ms));
    return true;
  }

  /** Sends audio while the task has room. @returns Resolves when there is room again; undefined when everything was sent. */
  #sendAvailable(task: Task, plan: TaskPlan): Promise<void> | undefined {
    const buffer = this.#buffer;
    while (task.state === 'streaming' && !buffer.isAllSent && !buffer.hasLostUnsent && !this.#window.isFull) {
      const room = this.#sendFrame(task, this.#isCareful(plan));
      if (room) return room;
    }
    return undefined;
  }

  /** Sends one frame. @param isCareful In real time, so that little is sent after the audio that makes tasks fail. */
  #sendFrame(task: Task, isCareful: boolean): Promise<void> | undefined {
    const { audio, ms, resentMs } = this.#buffer.take(isCareful ? CAREFUL_FRAME_BYTES : MAX_FRAME_BYTES);
    this.#events.publish('audioSent', { ms, resentMs });
    const room = task.send(audio);
    return isCareful ? wait(ms, undefined, { signal: this.#signal }) : room;
  }

  /** The suspicion is about the audio that the task begins with: it ends at the first final sentence. */
  #isCareful({ isCareful, from }: TaskPlan): boolean {
    return isCareful && this.#buffer.start === from;
  }

  /** Silence that the service does not take keeps no task alive: none is sent without room for it. */
  #sendSilence(task: Task, ms: number): void {
    if (!task.hasRoom) return;
    this.#events.publish('audioSent', { ms, resentMs: 0 });
    void task.send(this.#buffer.insertSilence(ms));
  }

  #check(task: Task): void {
    this.#signal.throwIfAborted();
    if (task.failure) throw task.failure;
  }
}

function tooFast(): FunAsrError {
  return new FunAsrError('E_CONNECTION_LOST', 'encoded audio came faster than it could be sent', {
    hint: 'Send it more slowly, or decode() it to PCM.',
  });
}
