import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError } from '../errors.ts';
import type { LastSentence, Sentence } from '../sentence.ts';
import { Backlog } from './backlog.ts';
import { type Gap, publish, type Reconnect } from './diagnostics.ts';
import type { Endpoint } from './endpoint.ts';
import { FailingSpan } from './failing-span.ts';
import { KeepAlive } from './keep-alive.ts';
import type { Usage, WireSentence } from './messages.ts';
import { Losses } from './losses.ts';
import { Meter, type RecognitionMetrics } from './metrics.ts';
import { gaveUp, isPause, isSilence } from './recovery.ts';
import { RetryPolicy } from './retry.ts';
import type { Task, TaskOptions, TaskState } from './task.ts';
import { TaskStarter } from './task-starter.ts';

/** What a {@link Recognizer} is made of, all of it checked. */
export interface RecognizerOptions {
  readonly endpoint: Endpoint;
  readonly keepAlive: boolean;
  readonly isLive: boolean;
  /** Behind which sentence of an earlier recognition the input begins: numbers and times go on from there. */
  readonly after?: LastSentence | undefined;
  readonly task: TaskOptions;
}

/** What a {@link Recognizer} tells. */
export interface RecognizerEvents {
  /** The first task has started. */
  onOpen(taskId: string): void;
  /** @returns Whether more may come at once. */
  onSentence(sentence: Sentence): boolean;
  onWarning(warning: FunAsrError): void;
  onReconnect(reconnect: Reconnect): void;
  onGap(gap: Gap): void;
}

/** Greatest frame: what the official Python SDK page recommends at the most. */
const MAX_FRAME_BYTES = 16 * 1024;
/** How often it is looked whether a service that is behind has caught up. */
const BEHIND_MS = 50;
/** A frame of audio that is suspected to make tasks fail: 100 ms at 16 kHz. */
const CAREFUL_FRAME_BYTES = 3200;

/**
 * Carries one input through as many tasks as it takes. What it is given waits in a backlog, from which the present task
 * is fed, and stays there until a final sentence covers it: after a failure the next task begins where the text ends.
 * Whoever reads the sentences cannot tell.
 */
export class Recognizer {
  readonly #options: RecognizerOptions;
  readonly #events: RecognizerEvents;
  readonly #backlog: Backlog;
  readonly #starter: TaskStarter;
  readonly #retry: RetryPolicy;
  readonly #meter = new Meter();
  readonly #span = new FailingSpan();
  readonly #losses: Losses;
  readonly #keepAlive: KeepAlive | undefined;
  readonly #destroyed = new AbortController();
  #task: Task | undefined;
  /** The task that was given all there is, and waits for more. */
  #waiting: Task | undefined;
  #isOpen = false;
  /** A task is wanted even before there is audio. */
  #isDemanded = false;
  #hasEnded = false;
  #hasNewKey = false;
  /** Where the input ended when its source paused: without more there is nothing to do. */
  #pausedAt = 0;
  #wake = (): void => {};
  #tellTaken = (): void => {};

  constructor(options: RecognizerOptions, events: RecognizerEvents) {
    this.#options = options;
    this.#events = events;
    this.#backlog = new Backlog({ pcmBytesPerMs: options.task.pcmBytesPerMs, after: options.after });
    this.#retry = new RetryPolicy(options.task.limits);
    this.#losses = new Losses((gap) => events.onGap(gap));
    this.#starter = new TaskStarter({
      endpoint: options.endpoint,
      task: options.task,
      signal: this.#destroyed.signal,
      events: {
        onResult: (result, usage, taskId) => this.#give(result, usage, taskId),
        onWarning: (warning) => events.onWarning(warning),
        onFailed: () => this.#wake(),
      },
      onAsked: (task) => {
        this.#task = task;
        this.#meter.asked(task.id);
      },
    });
    if (options.keepAlive) this.#keepAlive = new KeepAlive((ms) => this.#sendSilence(ms));
  }

  /** What is known by now; undefined before there was a task. */
  get metrics(): RecognitionMetrics | undefined {
    return this.#meter.metrics;
  }

  /** Audio given to the service so far, in ms; of encoded audio an upper bound. */
  get handedMs(): number {
    return this.#backlog.furthestMs;
  }

  /**
   * Recognises all that is written until the end. Resolves when everything is final.
   * @throws {FunAsrError} what cannot be tried again, or was tried often enough; an `AbortError` when destroyed.
   */
  async run(): Promise<void> {
    while (await this.#hasMore()) {
      this.#tellOverflow();
      try {
        await this.#runTask();
      } catch (error) {
        if (!(error instanceof FunAsrError)) throw error;
        await this.#recover(error);
      }
    }
    this.#tellOverflow();
    this.#losses.tell();
    const { metrics } = this;
    if (metrics) publish('metrics', metrics);
  }

  /** Starts a task without waiting for audio. */
  demand(): void {
    this.#isDemanded = true;
    this.#wake();
  }

  /**
   * Takes audio. Nothing to wait for when a task took it at once, nor for a live source, which cannot wait; else it
   * resolves when a task was given all of it.
   */
  write(audio: Uint8Array): Promise<void> | undefined {
    this.#backlog.append(audio);
    // Nearly always, and once for each frame of each stream: to wake the feeding loop would cost as much as the rest.
    if (this.#waiting && this.#hasSentAtOnce(this.#waiting)) return undefined;
    this.#wake();
    if (this.#options.isLive) return undefined;
    return new Promise((resolve) => {
      this.#tellTaken = resolve;
    });
  }

  /** There is no more audio. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** Stops reading results, so that a slow reader slows the service. */
  pause(): void {
    this.#task?.pause();
  }

  resume(): void {
    this.#task?.resume();
  }

  /** Ends all at once. Resolves when the connection is gone. */
  async destroy(): Promise<void> {
    this.#destroyed.abort();
    this.#keepAlive?.stop();
    this.#task?.abandon();
    this.#wake();
    await this.#starter.end();
  }

  /** Waits until there is something to recognise. False when there never will be. */
  async #hasMore(): Promise<boolean> {
    for (;;) {
      this.#destroyed.signal.throwIfAborted();
      if (this.#isDemanded) return true;
      if (this.#hasEnded) return this.#backlog.isOpen;
      if (this.#backlog.isOpen && this.#backlog.end > this.#pausedAt) return true;
      await this.#untilWoken();
    }
  }

  async #untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async #runTask(): Promise<void> {
    this.#backlog.beginTask();
    const task = await this.#starter.start();
    this.#isDemanded = false;
    this.#hasNewKey = false;
    this.#meter.started();
    this.#trace('started');
    if (!this.#isOpen) this.#events.onOpen(task.id);
    this.#isOpen = true;
    await this.#feed(task);
    this.#meter.finishing();
    await task.finish(this.#backlog.unconfirmedMs);
    this.#check(task);
    this.#meter.finished();
    this.#losses.tell();
    this.#backlog.finishTask();
    this.#retry.progressed();
    this.#trace('finished');
    this.#starter.giveBack();
  }

  /** Feeds a task until the input has ended, or until it has to make way for another. */
  async #feed(task: Task): Promise<void> {
    for (;;) {
      await this.#send(task);
      this.#check(task);
      if (this.#backlog.isTorn) return;
      if (!this.#backlog.isHanded) continue;
      const isFull = this.#backlog.isNearlyFull && !(await this.#catchesUp(task));
      this.#tellTaken();
      if (this.#hasEnded || isFull) return;
      this.#waiting = task;
      this.#keepAlive?.wait();
      await this.#untilWoken();
      this.#keepAlive?.stop();
      this.#waiting = undefined;
    }
  }

  /**
   * Waits for a service that is behind: to finish its task would cut a sentence that has an end. A live source cannot
   * wait. False when the service has nothing more to say, so that only the end of its task makes anything final.
   */
  async #catchesUp(task: Task): Promise<boolean> {
    const { isLive, task: options } = this.#options;
    while (this.#backlog.isNearlyFull) {
      if (isLive || this.#hasEnded || task.isQuietFor(options.limits.resultTimeoutMs)) return false;
      await wait(BEHIND_MS, undefined, { signal: this.#destroyed.signal });
      this.#check(task);
    }
    return true;
  }

  /** Whether a task that waits for audio could be given all of it at once. */
  #hasSentAtOnce(task: Task): boolean {
    if (!task.hasRoom || this.#isCareful) return false;
    if (this.#send(task) || !this.#backlog.isHanded || this.#backlog.isNearlyFull) return false;
    this.#keepAlive?.wait();
    return true;
  }

  /** Gives a task what it can take. Nothing to wait for when there was room for all that there is. */
  #send(task: Task): Promise<void> | undefined {
    while (task.state === 'streaming' && !this.#backlog.isHanded && !this.#backlog.isTorn) {
      const room = this.#sendNext(task);
      if (room) return room;
    }
    return undefined;
  }

  /** Whether the audio that comes next is suspected to make tasks fail. */
  get #isCareful(): boolean {
    return this.#backlog.isPcm && this.#span.isSuspect(this.#backlog.start);
  }

  #sendNext(task: Task): Promise<void> | undefined {
    const isCareful = this.#isCareful;
    const { audio, ms, resentMs } = this.#backlog.next(isCareful ? CAREFUL_FRAME_BYTES : MAX_FRAME_BYTES);
    this.#meter.sent(ms, resentMs);
    const room = task.send(audio);
    // In real time: then little more is lost than what makes tasks fail.
    return isCareful ? wait(ms, undefined, { signal: this.#destroyed.signal }) : room;
  }

  #sendSilence(ms: number): void {
    if (this.#task?.state !== 'streaming') return;
    this.#meter.sent(ms, 0);
    // Nobody waits for it: a service that does not take it fails the task.
    void this.#task.send(this.#backlog.silence(ms));
  }

  #give(result: WireSentence, usage: Usage | null, taskId: string): void {
    this.#losses.tell();
    if (result.text !== '') this.#meter.text();
    if (usage) this.#meter.billed(usage.duration);
    const sentence = this.#backlog.place(result, usage, taskId);
    if (!sentence) return;
    if (sentence.sentence_end) this.#retry.progressed();
    if (!this.#events.onSentence(sentence)) this.#task?.pause();
  }

  /** Makes ready for the next try, or throws what cannot be tried again. */
  async #recover(error: FunAsrError): Promise<void> {
    this.#keepAlive?.stop();
    this.#trace('failed');
    await this.#starter.end();
    if (error.code === 'E_AUTH' && this.#options.endpoint.hasKeyFunction && !this.#hasNewKey) {
      this.#hasNewKey = true;
      return;
    }
    // Audio came since the last pause: it is the source that pauses again, and not the service that fails again.
    if (isPause(error) && this.#backlog.end > this.#pausedAt) this.#retry.progressed();
    const delayMs = this.#backlog.isReplayable ? this.#retry.failed(error) : undefined;
    if (delayMs === undefined) this.#giveUp(error);
    const attempt = this.#retry.failures;
    if (isPause(error)) this.#pausedAt = this.#backlog.end;
    else if (error.code === 'E_THROTTLED') this.#starter.throttled(delayMs);
    else if (isSilence(error) && this.#backlog.skipSilence()) this.#retry.progressed();
    else this.#giveUpPoison(error);
    const reconnect = { reason: error, attempt, delayMs, resentMs: this.#backlog.againMs };
    publish('reconnect', reconnect);
    this.#events.onReconnect(reconnect);
    await wait(delayMs, undefined, { signal: this.#destroyed.signal });
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

  /** A live source is not slower for a task that does not start, or takes no more. */
  #tellOverflow(): void {
    const loss = this.#backlog.takeLoss();
    if (!loss) return;
    this.#losses.add(loss, new FunAsrError('W_GAP', 'the audio came faster than it could be sent'));
    this.#losses.tell();
  }

  #check(task: Task): void {
    this.#destroyed.signal.throwIfAborted();
    if (task.failure) throw task.failure;
  }

  #trace(state: Extract<TaskState, 'finished' | 'failed'> | 'started'): void {
    const { connection } = this.#starter;
    if (!connection || !this.#task) return;
    const { beginMs, endMs } = this.#backlog.taskSpan;
    const requestId = this.#task.id;
    publish('task', { connectionId: connection.id, requestId, state, fromMs: beginMs, toMs: endMs });
  }
}
