import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError } from '../core/errors.ts';
import type { LastSentence, Sentence } from '../sentence.ts';
import { Backlog } from './input/backlog.ts';
import { type Gap, publish, type Reconnect, type TaskDiagnostics } from './events/diagnostics.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import { Feeder } from './input/feeder.ts';
import { Losses } from './recovery/losses.ts';
import type { Usage, WireSentence } from '../protocol/messages/service-events.ts';
import { Meter, type RecognitionMetrics } from './events/metrics.ts';
import { Recovery } from './recovery/recovery.ts';
import { finishedEarly, type Task, type TaskOptions } from './task/task.ts';
import { TaskStarter } from './task/task-starter.ts';

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

/**
 * Carries one input through as many tasks as it takes. What it is given waits in a backlog, from which the present task
 * is fed, and stays there until a final sentence covers it: after a failure the next task begins where the text ends.
 * Whoever reads the sentences cannot tell.
 */
export class Recognizer {
  readonly #events: RecognizerEvents;
  readonly #backlog: Backlog;
  readonly #feeder: Feeder;
  readonly #starter: TaskStarter;
  readonly #recovery: Recovery;
  readonly #losses: Losses;
  readonly #meter = new Meter();
  readonly #destroyed = new AbortController();
  /** Nothing is tried again any more. */
  readonly #stopped = new AbortController();
  #task: Task | undefined;
  #isOpen = false;
  /** Where the text ended when a task was last said to be finished too early. */
  #doubtedAt = -1;

  constructor({ endpoint, keepAlive, isLive, after, task }: RecognizerOptions, events: RecognizerEvents) {
    const { signal } = this.#destroyed;
    const backlog = new Backlog({ pcmBytesPerMs: task.pcmBytesPerMs, after });
    const losses = new Losses((gap) => events.onGap(gap));
    this.#events = events;
    this.#backlog = backlog;
    this.#losses = losses;
    this.#recovery = new Recovery({
      backlog,
      losses,
      limits: task.limits,
      hasKeyFunction: endpoint.hasKeyFunction,
    });
    this.#feeder = new Feeder({
      backlog,
      meter: this.#meter,
      isLive,
      keepAlive,
      quietLimitMs: task.limits.resultTimeoutMs,
      isSuspect: () => this.#recovery.isSuspect,
      signal,
    });
    this.#starter = new TaskStarter({
      endpoint,
      task,
      signal,
      events: {
        onResult: (result, usage, taskId) => this.#give(result, usage, taskId),
        onWarning: (warning) => events.onWarning(warning),
        onFailed: () => this.#feeder.wake(),
      },
      onAsked: (asked) => {
        this.#task = asked;
        this.#meter.asked(asked.id);
      },
    });
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
    while (await this.#feeder.hasMore(() => this.#recovery.pausedAt)) {
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
  }

  /** Starts a task without waiting for audio. */
  demand(): void {
    this.#feeder.demand();
  }

  /**
   * Takes audio. Nothing to wait for when a task took it at once, nor for a live source, which cannot wait; else it
   * resolves when a task was given all of it.
   */
  write(audio: Uint8Array): Promise<void> | undefined {
    return this.#feeder.write(audio);
  }

  /** There is no more audio. */
  end(): void {
    this.#feeder.end();
  }

  /** What is under way is recognised to its end, but what fails from now on is not tried again. */
  stop(): void {
    this.#stopped.abort();
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
    this.#task?.abandon();
    this.#feeder.wake();
    await this.#starter.end();
  }

  async #runTask(): Promise<void> {
    // A task that never starts is given nothing.
    this.#backlog.beginTask();
    const task = await this.#starter.start();
    // A live source has not waited for it.
    this.#tellOverflow();
    this.#backlog.beginTask();
    this.#recovery.started();
    this.#meter.started();
    this.#trace('started');
    if (!this.#isOpen) this.#events.onOpen(task.id);
    this.#isOpen = true;
    await this.#feeder.feed(task);
    this.#meter.finishing();
    await task.finish(this.#backlog.unconfirmedMs);
    this.#destroyed.signal.throwIfAborted();
    if (task.failure) throw task.failure;
    if (task.hasEndedEarly) this.#doubt(task);
    await this.#finished(task);
  }

  /** Once for each place: a service whose answers are merely late would end early for ever. */
  #doubt(task: Task): void {
    if (this.#doubtedAt === this.#backlog.start) return;
    this.#doubtedAt = this.#backlog.start;
    throw finishedEarly(task.id);
  }

  async #finished(task: Task): Promise<void> {
    this.#meter.finished();
    this.#losses.tell();
    const { beginMs, endMs } = this.#backlog.taskSpan;
    if (endMs > beginMs) this.#recovery.progressed();
    this.#backlog.finishTask();
    this.#trace('finished');
    // From now on its connection may be somebody else's.
    this.#task = undefined;
    await this.#starter.giveBack(task);
  }

  #give(result: WireSentence, usage: Usage | null, taskId: string): void {
    this.#losses.tell();
    if (result.text !== '') this.#meter.text();
    if (usage) this.#meter.billed(usage.duration);
    const sentence = this.#backlog.place(result, usage, taskId);
    this.#feeder.heard();
    if (!sentence) return;
    if (sentence.sentence_end) this.#recovery.progressed();
    if (!this.#events.onSentence(sentence)) this.#task?.pause();
  }

  /** Makes ready for the next try, or throws what cannot be tried again. */
  async #recover(error: FunAsrError): Promise<void> {
    this.#trace('failed');
    await this.#starter.end();
    if (this.#stopped.signal.aborted) throw error;
    const reconnect = this.#recovery.after(error, this.#feeder.isIdle);
    if (!reconnect) return;
    if (error.code === 'E_THROTTLED') this.#starter.throttled(reconnect.delayMs);
    publish('reconnect', reconnect);
    this.#events.onReconnect(reconnect);
    const signal = AbortSignal.any([this.#destroyed.signal, this.#stopped.signal]);
    await wait(reconnect.delayMs, undefined, { signal }).catch(() => {});
    this.#destroyed.signal.throwIfAborted();
    if (this.#stopped.signal.aborted) throw error;
  }

  /** A live source is not slower for a task that does not start, or takes no more. */
  #tellOverflow(): void {
    const loss = this.#backlog.takeLoss();
    if (!loss) return;
    this.#losses.add(loss, new FunAsrError('W_GAP', 'the audio came faster than it could be sent'));
    this.#losses.tell();
  }

  #trace(state: TaskDiagnostics['state']): void {
    const { connection } = this.#starter;
    if (!connection || !this.#task) return;
    const { beginMs, endMs } = this.#backlog.taskSpan;
    const requestId = this.#task.id;
    publish('task', { connectionId: connection.id, requestId, state, fromMs: beginMs, toMs: endMs });
  }
}
