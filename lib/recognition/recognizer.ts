import { FunAsrError } from '../core/errors.ts';
import type { AudioFormat } from '../media/audio-format.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import type { StartLimiter } from '../protocol/service-limits.ts';
import type { LastSentence, Sentence } from '../sentence.ts';
import { GapReporter } from './events/gap-reporter.ts';
import type { EventPublisher } from './events/recognition-events.ts';
import { InputBuffer } from './input/input-buffer.ts';
import { InputQueue } from './input/input-queue.ts';
import { TaskWindow } from './input/task-window.ts';
import { finalLogFor } from './recovery/final-log.ts';
import { Recovery } from './recovery/recovery.ts';
import { Retrier } from './recovery/retrier.ts';
import { ResultReceiver } from './result-receiver.ts';
import { Sender } from './task/sender.ts';
import { finishedEarly } from './task/task-errors.ts';
import { ORDINARY_PLAN, type TaskPlan } from './task/task-plan.ts';
import { TaskStarter } from './task/task-starter.ts';
import type { Task, TaskOptions } from './task/task.ts';

/** Options of a {@link Recognizer}, all of them checked. */
export interface RecognizerOptions {
  readonly endpoint: Endpoint;
  /**
   * Whether the service reports speech that it did not recognise. Otherwise the client judges by the audio.
   * @default false
   */
  readonly reportsUnrecognized?: boolean | undefined;
  /** Format of the bytes that are written. @default 'pcm' */
  readonly format?: AudioFormat | undefined;
  /** Replaces the failure of a task by what is known about it. @default the failure itself */
  readonly explainFailure?: ((failure: FunAsrError) => FunAsrError) | undefined;
  /** As in `TaskStarterOptions`. */
  readonly limiter?: StartLimiter | undefined;
  readonly keepAlive: boolean;
  readonly isLive: boolean;
  /** The sentence of an earlier recognition after which the input begins: numbers and times continue from there. */
  readonly after?: LastSentence | undefined;
  readonly task: TaskOptions;
  /** Failures of poison audio that are closer together count as one, in ms. @default 5000 */
  readonly poisonSpacingMs?: number | undefined;
}

/** Takes a sentence. @returns Whether more may follow at once. */
export type SentenceConsumer = (sentence: Sentence) => boolean;

/**
 * Recognises one input with as many tasks as needed. The input waits in a buffer until a final sentence covers it;
 * after a failure the next task begins there. The reader of the sentences cannot tell how many tasks there were.
 */
export class Recognizer {
  readonly #events: EventPublisher;
  readonly #queue: InputQueue;
  readonly #sender: Sender;
  readonly #starter: TaskStarter;
  readonly #results: ResultReceiver;
  readonly #recovery: Recovery;
  readonly #retrier: Retrier;
  readonly #gaps: GapReporter;
  readonly #destroyed = new AbortController();
  /** After this, nothing is retried. */
  readonly #stopped = new AbortController();
  #isOpen = false;
  /** Whether the reader has room for another sentence. */
  #hasReader = true;
  /** The first byte that was not final when a task last failed because it had finished too early. */
  #finishedEarlyAt = -1;

  constructor(options: RecognizerOptions, events: EventPublisher, onSentence: SentenceConsumer) {
    const {
      endpoint,
      keepAlive,
      format,
      isLive,
      after,
      task,
      poisonSpacingMs,
      reportsUnrecognized = false,
      explainFailure,
      limiter,
    } = options;
    const { signal } = this.#destroyed;
    const finals = finalLogFor(endpoint, task.model);
    const recording = Symbol('recording');
    const gaps = new GapReporter(events);
    const buffer = new InputBuffer({ pcmBytesPerMs: task.pcmBytesPerMs, format, after });
    const window = new TaskWindow(buffer, task.parameters.heartbeat !== true);
    const queue = new InputQueue({ buffer, isLive, onDropped: (span) => gaps.add(span, tooFast()) });
    const starter = new TaskStarter({ endpoint, task, events, signal, limiter });
    const recovery = new Recovery({
      limits: task.limits,
      hasKeyFunction: endpoint.hasKeyFunction,
      isServiceProven: (sinceMs) => finals.hasOtherSince(recording, sinceMs),
      times: buffer,
      poisonSpacingMs,
    });
    const stopped = this.#stopped.signal;
    this.#events = events;
    this.#queue = queue;
    this.#sender = new Sender({ queue, window, events, keepAlive, signal });
    this.#starter = starter;
    this.#gaps = gaps;
    this.#recovery = recovery;
    this.#retrier = new Retrier({
      queue,
      window,
      gaps,
      starter,
      events,
      recovery,
      explainFailure,
      destroyed: signal,
      stopped,
    });
    this.#results = new ResultReceiver({
      buffer,
      events,
      gaps,
      reportsUnrecognized,
      onSentence: (sentence) => {
        if (!onSentence(sentence)) this.#pauseUnlessRead();
      },
      onWords: () => finals.add(recording, performance.now()),
      onProgress: () => recovery.progressed(),
    });
  }

  /** Audio sent to the service so far, in ms; for encoded audio an upper bound. */
  get sentMs(): number {
    return this.#queue.buffer.furthestMs;
  }

  /**
   * Recognises everything that is written until the end. Resolves when everything is final.
   * @throws {FunAsrError} what cannot be retried, or was retried often enough; an `AbortError` when destroyed.
   */
  async run(): Promise<void> {
    let plan = ORDINARY_PLAN;
    while (await this.#sender.waitForAudio(plan)) {
      try {
        await this.#runTask(plan);
        plan = this.#retrier.afterFinish();
      } catch (error) {
        if (!(error instanceof FunAsrError)) throw error;
        plan = await this.#retrier.afterFailure(error);
      }
    }
    this.#gaps.flush();
  }

  /** Starts a task without waiting for audio. */
  demand(): void {
    this.#queue.demand();
  }

  /**
   * Takes audio. Undefined when it was sent at once, and for a live source, which cannot wait; otherwise it resolves when
   * all of it was sent to a task.
   */
  write(audio: Uint8Array): Promise<void> | undefined {
    return this.#queue.write(audio);
  }

  /** There is no more audio. */
  end(): void {
    for (const warning of this.#queue.buffer.endInput()) this.#events.publish('warning', warning);
    this.#queue.end();
  }

  /** The current task is recognised to its end, but failures are not retried any more. */
  stop(): void {
    this.#stopped.abort();
  }

  /** The reader has room for more sentences. */
  resume(): void {
    this.#hasReader = true;
    this.#starter.task?.resume();
  }

  /** Ends everything at once. Resolves when the connection is closed. */
  async destroy(): Promise<void> {
    this.#destroyed.abort();
    this.#starter.task?.abandon();
    this.#queue.wake();
    await this.#starter.end();
  }

  /**
   * Stops reading results, so that a slow reader slows the service. A reader that takes the sentence at once, as most do,
   * is not slow: to stop and start the socket for each result would cost more than the result.
   */
  #pauseUnlessRead(): void {
    this.#hasReader = false;
    process.nextTick(() => {
      if (!this.#hasReader) this.#starter.task?.pause();
    });
  }

  async #runTask(plan: TaskPlan): Promise<void> {
    const { buffer } = this.#queue;
    // A task that does not start is sent nothing.
    buffer.beginTask();
    const task = await this.#startTask();
    buffer.beginTask();
    this.#starter.publishState('started', buffer.taskSpan);
    if (!this.#isOpen) this.#events.publish('open', task.id);
    this.#isOpen = true;
    await this.#sender.send(task, plan);
    this.#events.publish('finishing', task.id);
    await task.finish(buffer.unconfirmedMs);
    this.#destroyed.signal.throwIfAborted();
    if (task.failure) throw task.failure;
    if (task.hasEndedEarly) this.#failOnEarlyEnd(task);
    this.#results.finishTask(task.id);
    this.#starter.publishState('finished', buffer.taskSpan);
    await this.#starter.release(task);
  }

  async #startTask(): Promise<Task> {
    const task = await this.#starter.start({
      onResult: (result, usage, taskId) => {
        this.#results.receive(result, usage, taskId);
        this.#sender.resultArrived();
      },
      onFailed: () => this.#queue.wake(),
    });
    this.#results.beginTask();
    this.#recovery.started(this.#queue.buffer.furthestMs);
    return task;
  }

  /** Fails the task, once for each position: a service that always answers pings late must not be retried endlessly. */
  #failOnEarlyEnd(task: Task): void {
    const { start } = this.#queue.buffer;
    if (this.#finishedEarlyAt === start) return;
    this.#finishedEarlyAt = start;
    throw finishedEarly(task.id);
  }
}

/** Why audio of a live source is lost. */
function tooFast(): FunAsrError {
  return new FunAsrError('W_GAP', 'the audio came faster than it could be sent');
}
