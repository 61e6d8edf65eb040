import { setTimeout as wait } from 'node:timers/promises';
import { Deadline } from '../../core/deadline.ts';
import { FunAsrError } from '../../core/errors.ts';
import { MAX_FRAME_BYTES } from '../../protocol/service-limits.ts';
import type { EventPublisher } from '../events/recognition-events.ts';
import { SMALL_FRAME_MS, type TaskPlan } from './task-plan.ts';
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

/** A service that sends a result at least this often is still processing: its next final sentence is awaited. */
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
  #isWaitingForResults = false;

  constructor({ queue, window, events, keepAlive, signal }: SenderOptions) {
    this.#queue = queue;
    this.#buffer = queue.buffer;
    this.#window = window;
    this.#events = events;
    this.#signal = signal;
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
      // All audio is final, though the failed task did not send all of it: the source can continue.
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

  /** A result arrived: it may be the final sentence that is awaited. */
  resultArrived(): void {
    if (this.#isWaitingForResults) this.#queue.wake();
  }

  /** @returns Whether there may be more for this task. */
  async #sendNext(task: Task, plan: TaskPlan): Promise<boolean> {
    await this.#sendAvailable(task, plan);
    this.#check(task);
    if (this.#buffer.hasLostUnsent) return this.#endAtLoss();
    if (leftFor(plan, this.#buffer) <= 0) return false;
    if (this.#window.isFull && !(await this.#hasCaughtUp(task))) return false;
    if (!this.#buffer.isAllSent) return true;
    this.#queue.release();
    if (this.#queue.hasEnded) return false;
    this.#keepAlive?.wait((ms) => this.#sendSilence(task, ms));
    await this.#queue.changedUnlessSent(() => this.#hasSentAtOnce(task, plan));
    // Throws before the queue is changed, so that after a failure the source still counts as paused.
    this.#check(task);
    this.#queue.stopSendingAtOnce();
    return true;
  }

  /**
   * Audio of a live source was dropped before it was sent: only another task can continue, and only where audio has
   * times.
   */
  #endAtLoss(): false {
    if (this.#buffer.isTimed) return false;
    throw tooFast();
  }

  /**
   * Waits for a final sentence while results arrive, because finishing the task now could cut a sentence.
   * @returns Whether the task can continue. Otherwise it must be finished: no result arrives, none can be missing because
   * the audio is quiet, or the source is live and cannot wait.
   */
  async #hasCaughtUp(task: Task): Promise<boolean> {
    const since = performance.now();
    let isOverdue = false;
    const deadline = new Deadline(() => {
      isOverdue = true;
      this.#queue.wake();
    });
    this.#isWaitingForResults = true;
    try {
      while (this.#window.isFull) {
        const isInputSent = this.#queue.hasEnded && this.#buffer.isAllSent;
        if (isOverdue || this.#queue.isLive || isInputSent || this.#window.isQuiet) return false;
        const limitMs = MAX_WAIT_MS - (performance.now() - since);
        // Only the deadline decides: results that arrived while the process was busy are read before it has passed.
        deadline.start(Math.max(0, Math.min(limitMs, RESULT_INTERVAL_MS - task.msSinceResult)));
        await this.#queue.changed();
        this.#check(task);
      }
      return true;
    } finally {
      this.#isWaitingForResults = false;
      deadline.clear();
    }
  }

  /**
   * Sends audio that has just arrived to a task that waits for it.
   * @returns Whether all of it was sent without waiting.
   */
  #hasSentAtOnce(task: Task, plan: TaskPlan): boolean {
    if (!task.hasRoom || this.#isCareful(plan)) return false;
    if (this.#sendAvailable(task, plan) || !this.#buffer.isAllSent || this.#window.isFull) return false;
    this.#keepAlive?.wait((ms) => this.#sendSilence(task, ms));
    return true;
  }

  /**
   * Sends audio while the task has room.
   * @returns Resolves when there is room again; undefined when everything was sent.
   */
  #sendAvailable(task: Task, plan: TaskPlan): Promise<void> | undefined {
    const buffer = this.#buffer;
    const canSend = (): boolean => task.state === 'streaming' && !buffer.isAllSent && !buffer.hasLostUnsent;
    while (canSend() && leftFor(plan, buffer) > 0 && !this.#window.isFull) {
      const room = this.#sendFrame(task, plan);
      if (room) return room;
    }
    return undefined;
  }

  /**
   * Sends one frame: in real time where the plan is careful, so that little is sent after the audio that makes tasks
   * fail.
   */
  #sendFrame(task: Task, plan: TaskPlan): Promise<void> | undefined {
    const buffer = this.#buffer;
    const isCareful = this.#isCareful(plan);
    const frameBytes = isCareful ? SMALL_FRAME_MS * buffer.bytesPerMs : MAX_FRAME_BYTES;
    const { audio, ms, resentMs } = buffer.take(Math.min(frameBytes, leftFor(plan, buffer)));
    this.#events.publish('audioSent', { ms, resentMs });
    const room = task.send(audio);
    return isCareful ? wait(ms, undefined, { signal: this.#signal }) : room;
  }

  /** A careful plan applies to the audio before the first final sentence. */
  #isCareful({ isCareful, from }: TaskPlan): boolean {
    return isCareful && this.#buffer.start === from;
  }

  /** Sends silence, unless the socket has no room: silence that is not received keeps no task alive. */
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

/** How many bytes the task may still be sent. */
function leftFor({ to }: TaskPlan, { sent }: InputBuffer): number {
  return to === undefined ? Infinity : to - sent;
}

function tooFast(): FunAsrError {
  return new FunAsrError('E_CONNECTION_LOST', 'encoded audio came faster than it could be sent', {
    hint: 'Send it more slowly, or decode() it to PCM.',
  });
}
