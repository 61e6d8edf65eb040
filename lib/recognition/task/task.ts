import { randomUUID } from 'node:crypto';
import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import type { Connection, ConnectionEnd } from '../connection/connection.ts';
import { Deadline } from '../../core/deadline.ts';
import { brokenConnectionError, closeError, isProtocolClose } from '../../protocol/errors/network-errors.ts';
import { serviceError } from '../../protocol/errors/service-errors.ts';
import type { Limits } from '../limits.ts';
import { finishTask, runTask } from '../../protocol/messages/client-actions.ts';
import {
  readServiceEvent,
  type ServiceEvent,
  type Usage,
  type WireSentence,
} from '../../protocol/messages/service-events.ts';
import { type Result, ResultOrder } from './result-order.ts';
import { UnansweredSpeech } from './unanswered-speech.ts';

/** `starting → streaming → finishing → finished`, and from each but the last to `failed`. */
export type TaskState = 'starting' | 'streaming' | 'finishing' | 'finished' | 'failed';

/** Failures that are counted by themselves: a `task-failed` of the service, and a close code that blames what we sent. */
export type FailureKind = 'refused' | 'protocol';

/** What a {@link Task} tells. */
export interface TaskEvents {
  onResult(sentence: WireSentence, usage: Usage | null, taskId: string): void;
  /** A message that was skipped. */
  onWarning(warning: FunAsrError): void;
  /** The task is over and did not finish: its `failure` says why. Called once, and nothing after it. */
  onFailed(): void;
}

/** What is asked of the service. */
export interface TaskOptions {
  readonly model: string;
  /** Under their wire names; fixed for the whole task. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Id of a hot-word list of the older kind. */
  readonly phraseId?: string | undefined;
  /** Of 16-bit PCM; undefined for encoded audio, in which speech cannot be told from silence. */
  readonly pcmBytesPerMs: number | undefined;
  readonly limits: Limits;
}

/** A service of which nothing is understood any more: so many messages in a row. */
const MAX_SKIPPED = 10;
/** Of encoded audio it is only known how much it may be at the most: no more than what is kept of PCM. */
const MAX_FINISH_MS = 10 * 60 * 1000;

/**
 * One recognition task on a connection: an explicit state machine between `run-task` and the one event that
 * ends it. Only `task-finished` for our own id, after our own `finish-task`, is success.
 */
export class Task {
  /** 32 hex digits: dashes were seen to be refused. */
  readonly id: string = randomUUID().replaceAll('-', '');
  readonly #connection: Connection;
  readonly #options: TaskOptions;
  readonly #events: TaskEvents;
  readonly #deadline: Deadline;
  readonly #order = new ResultOrder();
  readonly #speech: UnansweredSpeech | undefined;
  #state: TaskState = 'starting';
  #failure: FunAsrError | undefined;
  #skipped = 0;
  /** When the last result arrived. */
  #resultAt = -Infinity;
  #failureKind: FailureKind | undefined;
  /** Waits for room in the socket, up to now. */
  #waits = 0;
  /** Up to when a service that says only that it lives is waited for. */
  #finishBy = 0;
  #wasRefused = false;
  /** Asked just before `finish-task`. */
  #lastQuestion = 0;
  #hasEndedEarly = false;
  /** Kinds of messages that were skipped. One warning for each is enough. */
  readonly #warned = new Set<string>();
  /** What the deadline is about, should it be missed. */
  #awaited = '';
  #deadlineMs = 0;
  #isPaused = false;
  #tellStateOver: () => void = () => {};

  constructor(connection: Connection, options: TaskOptions, events: TaskEvents) {
    this.#connection = connection;
    this.#options = options;
    this.#events = events;
    const { pcmBytesPerMs, limits } = options;
    this.#speech = pcmBytesPerMs ? new UnansweredSpeech(pcmBytesPerMs, limits.resultTimeoutMs) : undefined;
    this.#deadline = new Deadline(() => {
      // While nobody reads here, the service cannot be heard: that is not its fault.
      if (this.#isPaused) this.#deadline.start(this.#deadlineMs);
      else this.#fail(this.#timeout(this.#awaited, this.#deadlineMs));
    });
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Why the task has failed; undefined as long as it has not, and when it was abandoned. */
  get failure(): FunAsrError | undefined {
    return this.#failure;
  }

  /** What kind of failure it was, where that matters for the next try. */
  get failureKind(): FailureKind | undefined {
    return this.#failureKind;
  }

  /** Sends `run-task`; resolves when the service has started the task, or when it has failed. */
  async start(): Promise<void> {
    const { model, parameters, phraseId, limits } = this.#options;
    this.#connection.use({
      onMessage: (message) => this.#receive(message),
      onClose: (end) => this.#disconnect(end),
    });
    void this.#connection.send(runTask(this.id, model, parameters, phraseId));
    await this.#settle('start the task', limits.startTimeoutMs, 'starting');
  }

  /** Whether audio would be taken without waiting. */
  get hasRoom(): boolean {
    return this.#state === 'streaming' && this.#connection.hasRoom;
  }

  /**
   * Sends audio. Nothing to wait for while there is room for more; else it resolves when the service has taken enough
   * of it, or when the task has failed.
   */
  send(audio: Buffer): Promise<void> | undefined {
    if (this.#state !== 'streaming') return undefined;
    this.#watchForAnswers(audio);
    const room = this.#connection.send(audio);
    return room && this.#untilTaken(room);
  }

  async #untilTaken(room: Promise<void>): Promise<void> {
    this.#waits += 1;
    const wait = this.#waits;
    this.#await('take audio', this.#options.limits.stallTimeoutMs);
    await Promise.race([room, this.#stateOver()]);
    // The task may be waiting for something else by now: for more room, or for its end.
    if (this.#state === 'streaming' && wait === this.#waits) this.#deadline.clear();
  }

  #watchForAnswers(audio: Buffer): void {
    if (!this.#speech || this.#connection.answersPings || this.#isPaused) return;
    this.#speech.sent(audio);
    // When the event loop was blocked, what came in the meantime has not been read yet.
    if (this.#speech.isOverdue) setImmediate(() => this.#missAnswers());
  }

  #missAnswers(): void {
    if (this.#state !== 'streaming' || !this.#speech?.isOverdue) return;
    this.#fail(this.#timeout('say anything about speech', this.#options.limits.resultTimeoutMs));
  }

  /** Says that there is no more audio; resolves when the last sentence has come, or when the task has failed. */
  async finish(unconfirmedMs: number): Promise<void> {
    if (this.#state !== 'streaming') return;
    this.#state = 'finishing';
    this.#lastQuestion = this.#connection.ask();
    // It may have to wait behind audio: the deadline covers that, too.
    void this.#connection.send(finishTask(this.id));
    const { finishTimeoutMs } = this.#options.limits;
    const extraMs = Math.min(unconfirmedMs, MAX_FINISH_MS) / 10;
    this.#finishBy = performance.now() + finishTimeoutMs + Math.min(unconfirmedMs, MAX_FINISH_MS);
    await this.#settle('finish the task', finishTimeoutMs + extraMs, 'finishing');
  }

  /** How long ago the last result arrived, in ms; infinite before the first. 0 while results are not read. */
  get msSinceResult(): number {
    return this.#isPaused ? 0 : performance.now() - this.#resultAt;
  }

  /**
   * Whether the service has finished the task before it had read all that was sent: messages and answers keep their
   * order on a connection, and what was asked before `finish-task` was not answered yet.
   */
  get hasEndedEarly(): boolean {
    return this.#hasEndedEarly;
  }

  /** Whether the service has refused the audio, so that its connection is of no use any more. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  /** Stops reading results, so that a slow reader slows the service. */
  pause(): void {
    this.#isPaused = true;
    this.#connection.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#speech?.heard();
    this.#connection.resume();
  }

  /** Ends every wait without a word to anybody: for whoever destroys the connection. */
  abandon(): void {
    this.#end('failed');
  }

  #receive(message: string): void {
    if (this.#state === 'finished' || this.#state === 'failed') return;
    this.#speech?.heard();
    const event = this.#read(message);
    if (!event) return;
    this.#skipped = 0;
    this.#react(event);
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

  #read(message: string): ServiceEvent | undefined {
    try {
      return readServiceEvent(message);
    } catch (cause) {
      this.#warn('unreadable', `a message of the service was skipped: ${messageOf(cause)}`, cause);
      this.#skipped += 1;
      if (this.#skipped === MAX_SKIPPED) this.#fail(incomprehensible(this.id, cause));
      return undefined;
    }
  }

  #react(event: ServiceEvent): void {
    // A failure may come without an id, when the service could not read what it refuses.
    const isOurs = event.taskId === this.id || (event.event === 'task-failed' && event.taskId === '');
    if (!isOurs) return this.#warn('foreign', `an event of another task was skipped: ${event.event}`);
    const isAtWork = event.event === 'result-generated' || performance.now() < this.#finishBy;
    if (this.#state === 'finishing' && isAtWork) this.#deadline.start(this.#deadlineMs);
    switch (event.event) {
      case 'task-started':
        if (this.#state === 'starting') this.#become('streaming');
        return;
      case 'result-generated':
        this.#resultAt = performance.now();
        this.#give(this.#order.take(event));
        return;
      case 'task-finished':
        if (this.#state === 'finishing') {
          this.#hasEndedEarly = !this.#connection.hasAnswered(this.#lastQuestion);
          this.#give(this.#order.end());
          this.#end('finished');
        } else this.#fail(finishedEarly(this.id));
        return;
      case 'task-failed':
        this.#refuse(serviceError(event.code, event.message, this.id));
        return;
      case 'heartbeat':
        return;
      case 'unknown':
        this.#warn('unknown', `an unknown event was skipped: ${event.name || 'one without a name'}`);
    }
  }

  #give(results: readonly Result[]): void {
    for (const { sentence, usage } of results) this.#events.onResult(sentence, usage, this.id);
  }

  #refuse(error: FunAsrError): void {
    // All audio was taken and nobody spoke: that is an answer, not a failure.
    this.#wasRefused = true;
    this.#failureKind = 'refused';
    if (error.code === 'E_NO_SPEECH' && this.#state === 'finishing') this.#end('finished');
    else this.#fail(error);
  }

  #warn(kind: string, message: string, cause?: unknown): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.#events.onWarning(new FunAsrError('W_MESSAGE', message, { requestId: this.id, cause }));
  }

  /** Waits until the state is no longer the one named. */
  async #settle(what: string, ms: number, state: TaskState): Promise<void> {
    if (this.#state !== state) return;
    this.#await(what, ms);
    await this.#stateOver();
  }

  /** Waits until the present state ends. */
  async #stateOver(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#tellStateOver = resolve;
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
    this.#tellStateOver();
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

  #timeout(what: string, ms: number): FunAsrError {
    const { host } = new URL(this.#connection.url);
    return new FunAsrError(
      'E_TIMEOUT',
      `${host} did not ${what} within ${Number((ms / 1000).toFixed(1))} s`,
      {
        requestId: this.id,
        retryable: true,
        hint: 'The service or the network is overloaded: try again.',
      },
    );
  }
}

function incomprehensible(requestId: string, cause: unknown): FunAsrError {
  return new FunAsrError('E_PROTOCOL', `${MAX_SKIPPED} messages of the service in a row made no sense`, {
    requestId,
    cause,
    retryable: true,
    hint: 'Something on the way seems to change them: check a proxy.',
  });
}

/** The service has ended a task of its own accord. */
export function finishedEarly(requestId: string): FunAsrError {
  return new FunAsrError('E_CONNECTION_LOST', 'the service finished the task before all audio was sent', {
    requestId,
    retryable: true,
    hint: 'Try again.',
  });
}
