import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError, type TimeSpan } from '../core/errors.ts';
import type { AudioFormat } from '../media/audio-format.ts';
import { hasSpeechDynamics } from '../media/speech-dynamics.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import type { Usage, WireSentence } from '../protocol/messages/service-events.ts';
import { isSentenceEnd, type LastSentence, type Sentence } from '../sentence.ts';
import type { Reconnect } from './events/diagnostics.ts';
import { GapReporter } from './events/gap-reporter.ts';
import type { EventPublisher } from './events/recognition-events.ts';
import { unrecognizedWarning } from './events/unrecognized-warning.ts';
import { InputBuffer } from './input/input-buffer.ts';
import { InputQueue } from './input/input-queue.ts';
import { Sender } from './task/sender.ts';
import { TaskWindow } from './input/task-window.ts';
import { type FinalLog, finalLogFor } from './recovery/final-log.ts';
import { type InputRecovery, recoverInput } from './recovery/recover-input.ts';
import { Recovery } from './recovery/recovery.ts';
import { ORDINARY_PLAN, type TaskPlan } from './task/task-plan.ts';
import { checkLaterAudio } from './task/later-audio-check.ts';
import type { Task, TaskOptions } from './task/task.ts';
import { finishedEarly } from './task/task-errors.ts';
import { TaskStarter } from './task/task-starter.ts';

/** Options of a {@link Recognizer}, all of them checked. */
export interface RecognizerOptions {
  readonly endpoint: Endpoint;
  /** Whether the service reports speech that it did not recognise. Otherwise the client judges by the audio. @default false */
  readonly reportsUnrecognized?: boolean | undefined;
  /** Format of the bytes that are written. @default 'pcm' */
  readonly format?: AudioFormat | undefined;
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
 * Recognises one input with as many tasks as needed. The input waits in a buffer until a final sentence covers it; after a
 * failure the next task begins there. The reader of the sentences cannot tell how many tasks there were.
 */
export class Recognizer {
  readonly #reportsUnrecognized: boolean;
  readonly #events: EventPublisher;
  readonly #onSentence: SentenceConsumer;
  readonly #input: InputBuffer;
  readonly #window: TaskWindow;
  readonly #queue: InputQueue;
  readonly #sender: Sender;
  readonly #starter: TaskStarter;
  readonly #recovery: Recovery;
  readonly #gaps: GapReporter;
  readonly #finals: FinalLog;
  /** This recognition in the log of final sentences. */
  readonly #name = Symbol('recognition');
  readonly #destroyed = new AbortController();
  /** After this, nothing is retried. */
  readonly #stopped = new AbortController();
  #isOpen = false;
  /** Where the text ended when a task was last found to have finished too early. */
  #finishedEarlyAt = -1;
  #taskHasResult = false;

  constructor(options: RecognizerOptions, events: EventPublisher, onSentence: SentenceConsumer) {
    const { endpoint, format, keepAlive, isLive, after, task, poisonSpacingMs } = options;
    this.#reportsUnrecognized = options.reportsUnrecognized ?? false;
    const { signal } = this.#destroyed;
    this.#events = events;
    this.#onSentence = onSentence;
    this.#finals = finalLogFor(endpoint, task.model);
    this.#gaps = new GapReporter(events);
    this.#input = new InputBuffer({ pcmBytesPerMs: task.pcmBytesPerMs, format, after });
    this.#window = new TaskWindow(this.#input, task.parameters.heartbeat !== true);
    this.#queue = new InputQueue({
      buffer: this.#input,
      isLive,
      onDropped: (span) => this.#gaps.add(span, tooFast()),
    });
    this.#sender = new Sender({ queue: this.#queue, window: this.#window, events, keepAlive, signal });
    this.#starter = new TaskStarter({ endpoint, task, events, signal });
    this.#recovery = new Recovery({
      limits: task.limits,
      hasKeyFunction: endpoint.hasKeyFunction,
      isServiceProven: (sinceMs) => this.#finals.hasOtherSince(this.#name, sinceMs),
      poisonSpacingMs,
    });
  }

  /** Audio sent to the service so far, in ms; for encoded audio an upper bound. */
  get sentMs(): number {
    return this.#input.furthestMs;
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
        plan = ORDINARY_PLAN;
      } catch (error) {
        if (!(error instanceof FunAsrError)) throw error;
        plan = await this.#recover(error);
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
    for (const warning of this.#input.endInput()) this.#events.publish('warning', warning);
    this.#queue.end();
  }

  /** The current task is recognised to its end, but failures are not retried any more. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Stops reading results, so that a slow reader slows the service. */
  pause(): void {
    this.#starter.task?.pause();
  }

  resume(): void {
    this.#starter.task?.resume();
  }

  /** Ends everything at once. Resolves when the connection is closed. */
  async destroy(): Promise<void> {
    this.#destroyed.abort();
    this.#starter.task?.abandon();
    this.#queue.wake();
    await this.#starter.end();
  }

  async #runTask(plan: TaskPlan): Promise<void> {
    // A task that does not start is sent nothing.
    this.#input.beginTask();
    const task = await this.#starter.start({
      onResult: (result, usage, taskId) => this.#receive(result, usage, taskId),
      onFailed: () => this.#queue.wake(),
    });
    this.#input.beginTask();
    this.#taskHasResult = false;
    this.#recovery.started(this.#input.furthestMs);
    this.#starter.publishState('started', this.#input.taskSpan);
    if (!this.#isOpen) this.#events.publish('open', task.id);
    this.#isOpen = true;
    await this.#sender.send(task, plan);
    this.#events.publish('finishing', task.id);
    await task.finish(this.#input.unconfirmedMs);
    this.#destroyed.signal.throwIfAborted();
    if (task.failure) throw task.failure;
    if (task.hasEndedEarly) this.#refuseEarlyEnd(task);
    await this.#finish(task);
  }

  /** Once for each place: a service that always answers pings late must not be retried endlessly. */
  #refuseEarlyEnd(task: Task): void {
    if (this.#finishedEarlyAt === this.#input.start) return;
    this.#finishedEarlyAt = this.#input.start;
    throw finishedEarly(task.id);
  }

  async #finish(task: Task): Promise<void> {
    this.#gaps.flush();
    const { beginMs, endMs } = this.#input.taskSpan;
    if (endMs > beginMs) this.#recovery.progressed();
    this.#warnIfUnanswered(task);
    const words = this.#input.finishTask();
    if (words)
      this.#warnUnrecognized(words, 'the service finished without the final form of these words', task.id);
    this.#starter.publishState('finished', this.#input.taskSpan);
    await this.#starter.release(task);
  }

  #receive(result: WireSentence, usage: Usage | null, taskId: string): void {
    this.#events.publish('result', { hasText: result.text !== '', billedSeconds: usage?.duration });
    this.#gaps.flush();
    this.#taskHasResult = true;
    const { final } = this.#input;
    const sentence = this.#input.place(result, usage, taskId);
    if (this.#input.final > final) this.#recovery.progressed();
    this.#sender.resultArrived();
    if (sentence) this.#deliver(sentence, taskId);
  }

  #deliver(sentence: Sentence, taskId: string): void {
    if (isSentenceEnd(sentence)) {
      const { text, begin_time: beginMs, end_time: endMs } = sentence;
      const span = { beginMs, endMs };
      if (text === '')
        return this.#warnUnrecognized(span, 'the speech was detected and not recognised', taskId);
      this.#recovery.progressed();
      this.#finals.add(this.#name, performance.now());
    }
    if (!this.#onSentence(sentence)) this.pause();
  }

  /** Warns of a task that was sent what sounds like speech, and finishes without a result. */
  #warnIfUnanswered(task: Task): void {
    if (this.#reportsUnrecognized) return;
    const { isPcm, start, sent, taskSpan } = this.#input;
    if (this.#taskHasResult || !isPcm || !hasSpeechDynamics(this.#input.pieces(start, sent))) return;
    this.#warnUnrecognized(
      taskSpan,
      'the service returned no result for audio that sounds like speech',
      task.id,
    );
  }

  #warnUnrecognized(span: TimeSpan, reason: string, taskId: string): void {
    this.#events.publish('warning', unrecognizedWarning(span, reason, taskId));
  }

  /** Carries out what the recovery plans. @throws {FunAsrError} the failure, when it plans no retry. */
  async #recover(error: FunAsrError): Promise<TaskPlan> {
    this.#starter.publishState('failed', this.#input.taskSpan);
    const { plan, resentMs } = await this.#recoverInput(error);
    const { attempt, delayMs, checkPositions } = plan;
    if (error.code === 'E_THROTTLED') this.#starter.throttled(delayMs);
    if (attempt !== undefined) {
      await this.#waitToRetry({ reason: error, attempt, delayMs, resentMs }, checkPositions);
    }
    if (this.#stopped.signal.aborted) throw error;
    return plan.task;
  }

  async #recoverInput(error: FunAsrError): Promise<InputRecovery> {
    const { task } = this.#starter;
    const kind = task?.failure === error ? task.failureKind : undefined;
    const [queue, window, gaps, recovery] = [this.#queue, this.#window, this.#gaps, this.#recovery];
    try {
      if (this.#stopped.signal.aborted) throw error;
      return recoverInput({ queue, window, gaps, recovery }, { error, kind });
    } catch (failure) {
      gaps.flush();
      throw failure;
    } finally {
      await this.#starter.end();
    }
  }

  async #waitToRetry(reconnect: Reconnect, checkPositions: readonly number[]): Promise<void> {
    this.#events.publish('reconnect', reconnect);
    const signal = AbortSignal.any([this.#destroyed.signal, this.#stopped.signal]);
    const waiting = wait(reconnect.delayMs, undefined, { signal }).catch(() => {});
    if (checkPositions.length > 0) {
      const parts = {
        starter: this.#starter,
        queue: this.#queue,
        window: this.#window,
        events: this.#events,
      };
      if (await checkLaterAudio(parts, checkPositions, signal)) this.#recovery.laterAudioRecognized();
    }
    await waiting;
    this.#destroyed.signal.throwIfAborted();
  }
}

/** Why audio of a live source is lost. */
function tooFast(): FunAsrError {
  return new FunAsrError('W_GAP', 'the audio came faster than it could be sent');
}
