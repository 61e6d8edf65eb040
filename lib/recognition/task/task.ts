import { randomUUID } from 'node:crypto';
import { Deadline } from '../../core/deadline.ts';
import { FunAsrError, systemCode } from '../../core/errors.ts';
import { brokenConnectionError, closeError, isProtocolClose } from '../../protocol/errors/network-errors.ts';
import { serviceError } from '../../protocol/errors/service-errors.ts';
import { finishTask, runTask, type TaskExtras } from '../../protocol/messages/client-actions.ts';
import type { ServiceEvent, Usage, WireSentence } from '../../protocol/messages/service-events.ts';
import type { Connection, ConnectionEnd } from '../connection/connection.ts';
import type { Limits } from './client-limits.ts';
import { MessageReader } from './message-reader.ts';
import { type Result, ResultOrder } from './result-order.ts';
import { ResultWatchdog } from './result-watchdog.ts';
import { finishedEarly, taskTimeout } from './task-errors.ts';

/** `starting → streaming → finishing → finished`, and from each but the last to `failed`. */
export type TaskState = 'starting' | 'streaming' | 'finishing' | 'finished' | 'failed';

/**
 * Failures that are counted separately: a `task-failed` message, and a close code for an invalid message of the client.
 */
export type FailureKind = 'task-failed' | 'protocol';

/** Callbacks of a {@link Task}. */
export interface TaskEvents {
  onResult(sentence: WireSentence, usage: Usage | null, taskId: string): void;
  /** A message was skipped. */
  onWarning(warning: FunAsrError): void;
  /** The task has failed: `failure` has the reason. Called once, as the last callback. */
  onFailed(): void;
}

/** What the service is asked to do. */
export interface TaskOptions extends TaskExtras {
  readonly model: string;
  /** Under their wire names; fixed for the whole task. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of 16-bit PCM; undefined for encoded audio, in which speech cannot be distinguished from silence. */
  readonly pcmBytesPerMs: number | undefined;
  readonly limits: Limits;
}

/** The duration of encoded audio is only an upper bound. It is limited to the length of the PCM buffer. */
const MAX_FINISH_MS = 10 * 60 * 1000;

/**
 * One recognition task on a connection: a state machine between `run-task` and the one event that ends it. Only
 * `task-finished` for its own id, after its own `finish-task`, is success.
 */
export class Task {
  /** 32 hex digits: some servers refuse dashes. */
  readonly id: string = randomUUID().replaceAll('-', '');
  readonly #connection: Connection;
  readonly #options: TaskOptions;
  readonly #events: TaskEvents;
  readonly #reader: MessageReader;
  readonly #order = new ResultOrder();
  readonly #watchdog: ResultWatchdog | undefined;
  readonly #deadline: Deadline;
  /** What the deadline is for: `start the task`. */
  #awaited = '';
  #deadlineMs = 0;
  #state: TaskState = 'starting';
  #failure: FunAsrError | undefined;
  #failureKind: FailureKind | undefined;
  #hasEndedEarly = false;
  /** When the last result arrived. */
  #resultAt = -Infinity;
  /** Number of waits for room in the socket. */
  #waits = 0;
  /** Until this time any event restarts the deadline of `finish-task`; after it, only a result does. */
  #finishBy = 0;
  /** The ping that was sent just before `finish-task`. */
  #lastPing = 0;
  #isPaused = false;
  #endState: () => void = () => {};

  constructor(connection: Connection, options: TaskOptions, events: TaskEvents) {
    this.#connection = connection;
    this.#options = options;
    this.#events = events;
    this.#reader = new MessageReader(this.id, (warning) => events.onWarning(warning));
    const { pcmBytesPerMs, limits } = options;
    this.#watchdog = pcmBytesPerMs ? new ResultWatchdog(pcmBytesPerMs, limits.resultTimeoutMs) : undefined;
    this.#deadline = new Deadline(() => {
      // While messages are not read, the service may have sent what is awaited.
      if (this.#isPaused) this.#deadline.start(this.#deadlineMs);
      else this.#fail(taskTimeout(connection.url, this.#awaited, this.#deadlineMs, this.id));
    });
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Why the task has failed; undefined while it has not, and when it was abandoned. */
  get failure(): FunAsrError | undefined {
    return this.#failure;
  }

  /**
   * The kind of the failure, where it matters for the next task. `task-failed` is also set for a task without speech
   * that has finished.
   */
  get failureKind(): FailureKind | undefined {
    return this.#failureKind;
  }

  /**
   * Whether the service has finished the task before it read all audio: `task-finished` arrived before the pong to the
   * ping that was sent before `finish-task`. Messages and pongs keep their order on a connection.
   */
  get hasEndedEarly(): boolean {
    return this.#hasEndedEarly;
  }

  /** Whether audio can be sent without waiting. */
  get hasRoom(): boolean {
    return this.#state === 'streaming' && this.#connection.hasRoom;
  }

  /** How long ago the last result arrived, in ms; infinite before the first. 0 while results are not read. */
  get msSinceResult(): number {
    return this.#isPaused ? 0 : performance.now() - this.#resultAt;
  }

  /** Sends `run-task`; resolves when the service has started the task, or when the task has failed. */
  async start(): Promise<void> {
    const { model, parameters, phraseId, context, limits } = this.#options;
    this.#connection.use({
      onMessage: (message) => this.#receive(message),
      onClose: (end) => this.#disconnect(end),
    });
    void this.#connection.send(runTask(this.id, model, parameters, { phraseId, context }));
    await this.#settle('start the task', limits.startTimeoutMs, 'starting');
  }

  /**
   * Sends audio. Undefined while there is room for more; otherwise it resolves when there is room again, or when the task
   * has failed.
   */
  send(audio: Buffer): Promise<void> | undefined {
    if (this.#state !== 'streaming') return undefined;
    this.#watchForResults(audio);
    const room = this.#connection.send(audio);
    return room && this.#untilRoom(room);
  }

  async #untilRoom(room: Promise<void>): Promise<void> {
    this.#waits += 1;
    const wait = this.#waits;
    this.#await('take audio', this.#options.limits.stallTimeoutMs);
    await Promise.race([room, this.#stateEnd()]);
    // A later call, or finish(), may have started the deadline again.
    if (this.#state === 'streaming' && wait === this.#waits) this.#deadline.clear();
  }

  #watchForResults(audio: Buffer): void {
    if (!this.#watchdog || this.#connection.answersPings || this.#isPaused) return;
    this.#watchdog.sent(audio);
    // When the event loop was blocked, messages that arrived in time have not been read yet.
    if (this.#watchdog.isOverdue) setImmediate(() => this.#checkResults());
  }

  #checkResults(): void {
    if (this.#state !== 'streaming' || !this.#watchdog?.isOverdue) return;
    const { resultTimeoutMs } = this.#options.limits;
    this.#fail(taskTimeout(this.#connection.url, 'return a result for speech', resultTimeoutMs, this.id));
  }

  /** Sends `finish-task`; resolves when the last result has arrived, or when the task has failed. */
  async finish(unconfirmedMs: number): Promise<void> {
    if (this.#state !== 'streaming') return;
    this.#state = 'finishing';
    this.#lastPing = this.#connection.ping();
    // It may have to wait until audio is sent. The deadline includes that.
    void this.#connection.send(finishTask(this.id));
    const { finishTimeoutMs } = this.#options.limits;
    const extraMs = Math.min(unconfirmedMs, MAX_FINISH_MS) / 10;
    this.#finishBy = performance.now() + finishTimeoutMs + Math.min(unconfirmedMs, MAX_FINISH_MS);
    await this.#settle('finish the task', finishTimeoutMs + extraMs, 'finishing');
  }

  /** Stops reading results, so that a slow reader slows the service. */
  pause(): void {
    this.#isPaused = true;
    this.#connection.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#watchdog?.reset();
    this.#connection.resume();
  }

  /** Ends every wait without a failure, before the connection is closed. */
  abandon(): void {
    this.#end('failed');
  }

  #receive(message: string): void {
    if (this.#state === 'finished' || this.#state === 'failed') return;
    this.#watchdog?.reset();
    try {
      const event = this.#reader.read(message);
      if (event) this.#react(event);
    } catch (error) {
      if (!(error instanceof FunAsrError)) throw error;
      this.#fail(error);
    }
  }

  #disconnect({ code, reason, cause }: ConnectionEnd): void {
    const isTooBig = systemCode(cause) === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    if (isTooBig || (cause === undefined && isProtocolClose(code))) this.#failureKind = 'protocol';
    this.#fail(
      cause === undefined
        ? closeError(code, reason, this.id)
        : brokenConnectionError(cause, this.#connection.url, this.id),
    );
  }

  #react(event: ServiceEvent): void {
    const isWorking = event.event === 'result-generated' || performance.now() < this.#finishBy;
    if (this.#state === 'finishing' && isWorking) this.#deadline.start(this.#deadlineMs);
    switch (event.event) {
      case 'task-started':
        if (this.#state === 'starting') this.#become('streaming');
        return;
      case 'result-generated':
        this.#resultAt = performance.now();
        return this.#deliver(this.#order.take(event));
      case 'task-finished':
        if (this.#state !== 'finishing') return this.#fail(finishedEarly(this.id));
        this.#hasEndedEarly = !this.#connection.hasAnswered(this.#lastPing);
        this.#deliver(this.#order.end());
        return this.#end('finished');
      case 'task-failed':
        return this.#failByService(serviceError(event.code, event.message, this.id));
    }
  }

  #deliver(results: readonly Result[]): void {
    for (const { sentence, usage } of results) this.#events.onResult(sentence, usage, this.id);
  }

  /** The service has sent `task-failed`. */
  #failByService(error: FunAsrError): void {
    this.#failureKind = 'task-failed';
    // After finish-task the service has received all audio. That it contains no speech is a result, not a failure.
    if (error.code === 'E_NO_SPEECH' && this.#state === 'finishing') this.#end('finished');
    else this.#fail(error);
  }

  /** Waits until the state is no longer the named one. */
  async #settle(what: string, ms: number, state: TaskState): Promise<void> {
    if (this.#state !== state) return;
    this.#await(what, ms);
    await this.#stateEnd();
  }

  /** Resolves when the current state ends. */
  async #stateEnd(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#endState = resolve;
    });
  }

  #await(what: string, ms: number): void {
    this.#awaited = what;
    this.#deadlineMs = ms;
    this.#deadline.start(ms);
  }

  #become(state: TaskState): void {
    this.#state = state;
    this.#deadline.clear();
    this.#endState();
  }

  #end(state: 'finished' | 'failed'): void {
    if (this.#state !== 'finished' && this.#state !== 'failed') this.#become(state);
  }

  #fail(error: FunAsrError): void {
    if (this.#state === 'finished' || this.#state === 'failed') return;
    this.#failure = error;
    this.#end('failed');
    this.#events.onFailed();
  }
}
