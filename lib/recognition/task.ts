import { randomUUID } from 'node:crypto';
import { FunAsrError, messageOf } from '../errors.ts';
import type { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import { closeFailure, networkFailure, serviceFailure } from './failures.ts';
import {
  finishTask,
  readServiceEvent,
  runTask,
  type ServiceEvent,
  type Usage,
  type WireSentence,
} from './messages.ts';
import type { Timeouts } from './timeouts.ts';

/** `starting → streaming → finishing → finished`, and from each but the last to `failed`. */
export type TaskState = 'starting' | 'streaming' | 'finishing' | 'finished' | 'failed';

/** What a {@link Task} tells. */
export interface TaskEvents {
  onResult(sentence: WireSentence, usage: Usage | null, taskId: string): void;
  /** A message that was skipped. */
  onWarning(warning: FunAsrError): void;
  /** The task is over and did not finish. Called once, and nothing after it. */
  onFailed(error: FunAsrError): void;
}

/** What is asked of the service. */
export interface TaskOptions {
  readonly model: string;
  /** Under their wire names; fixed for the whole task. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Id of a hot-word list of the older kind. */
  readonly phraseId?: string | undefined;
  readonly timeouts: Timeouts;
}

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
  #state: TaskState = 'starting';
  /** What the deadline is about, should it be missed. */
  #awaited = '';
  #deadlineMs = 0;
  #isPaused = false;
  #whenSettled: () => void = () => {};

  constructor(connection: Connection, options: TaskOptions, events: TaskEvents) {
    this.#connection = connection;
    this.#options = options;
    this.#events = events;
    this.#deadline = new Deadline(() => {
      // While nobody reads here, the service cannot be heard: that is not its fault.
      if (this.#isPaused) this.#deadline.start(this.#deadlineMs);
      else this.#fail(this.#timeout());
    });
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Sends `run-task`; resolves when the service has started the task, or when it has failed. */
  async start(): Promise<void> {
    const { model, parameters, phraseId, timeouts } = this.#options;
    void this.#connection.send(runTask(this.id, model, parameters, phraseId));
    await this.#settle('start the task', timeouts.startTimeoutMs, 'starting');
  }

  /** Sends audio; resolves when the service has taken enough of it for more to be sent, or when the task has failed. */
  async send(audio: Buffer): Promise<void> {
    if (this.#state !== 'streaming') return;
    const room = this.#connection.send(audio);
    if (!room) return;
    this.#await('take audio', this.#options.timeouts.stallTimeoutMs);
    await room;
    // Silence may be under way when the task is being finished: that wait is another.
    if (this.#state === 'streaming') this.#deadline.clear();
  }

  /** Says that there is no more audio; resolves when the last sentence has come, or when the task has failed. */
  async finish(unconfirmedMs: number): Promise<void> {
    if (this.#state !== 'streaming') return;
    this.#state = 'finishing';
    // It may have to wait behind audio: the deadline covers that, too.
    void this.#connection.send(finishTask(this.id));
    await this.#settle(
      'finish the task',
      this.#options.timeouts.finishTimeoutMs + unconfirmedMs / 10,
      'finishing',
    );
  }

  /** Stops reading results, so that a slow reader slows the service. */
  pause(): void {
    this.#isPaused = true;
    this.#connection.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#connection.resume();
  }

  /** Ends every wait without a word to anybody: for whoever destroys the connection. */
  abandon(): void {
    this.#end('failed');
  }

  /** A message of the connection. */
  receive(message: string): void {
    if (this.#state === 'finished' || this.#state === 'failed') return;
    const event = this.#read(message);
    if (event) this.#react(event);
  }

  /** The end of the connection. */
  disconnect(code: number, reason: string, cause: unknown): void {
    this.#fail(
      cause === undefined
        ? closeFailure(code, reason, this.id)
        : networkFailure(cause, this.#connection.url, this.id),
    );
  }

  #read(message: string): ServiceEvent | undefined {
    try {
      return readServiceEvent(message);
    } catch (cause) {
      this.#warn(`a message of the service was skipped: ${messageOf(cause)}`, cause);
      return undefined;
    }
  }

  #react(event: ServiceEvent): void {
    // A failure may come without an id, when the service could not read what it refuses.
    const isOurs = event.taskId === this.id || (event.event === 'task-failed' && event.taskId === '');
    if (!isOurs) return this.#warn(`an event of another task was skipped: ${event.event}`);
    if (this.#state === 'finishing') this.#deadline.start(this.#deadlineMs);
    switch (event.event) {
      case 'task-started':
        if (this.#state === 'starting') this.#become('streaming');
        return;
      case 'result-generated':
        this.#events.onResult(event.sentence, event.usage, this.id);
        return;
      case 'task-finished':
        if (this.#state === 'finishing') this.#end('finished');
        else this.#fail(finishedEarly(this.id));
        return;
      case 'task-failed':
        this.#refuse(serviceFailure(event.code, event.message, this.id));
        return;
      case 'heartbeat':
        return;
      case 'unknown':
        this.#warn(`an unknown event was skipped: ${event.name || 'one without a name'}`);
    }
  }

  #refuse(error: FunAsrError): void {
    // All audio was taken and nobody spoke: that is an answer, not a failure.
    if (error.code === 'E_NO_SPEECH' && this.#state === 'finishing') this.#end('finished');
    else this.#fail(error);
  }

  #warn(message: string, cause?: unknown): void {
    this.#events.onWarning(new FunAsrError('W_MESSAGE', message, { requestId: this.id, cause }));
  }

  /** Waits until the state is no longer the one named. */
  async #settle(what: string, ms: number, state: TaskState): Promise<void> {
    if (this.#state !== state) return;
    this.#await(what, ms);
    await new Promise<void>((resolve) => {
      this.#whenSettled = resolve;
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
    this.#whenSettled();
  }

  #end(state: 'finished' | 'failed'): boolean {
    if (this.#state === 'finished' || this.#state === 'failed') return false;
    this.#become(state);
    return true;
  }

  #fail(error: FunAsrError): void {
    if (this.#end('failed')) this.#events.onFailed(error);
  }

  #timeout(): FunAsrError {
    const { host } = new URL(this.#connection.url);
    return new FunAsrError(
      'E_TIMEOUT',
      `${host} did not ${this.#awaited} within ${Number((this.#deadlineMs / 1000).toFixed(1))} s`,
      {
        requestId: this.id,
        retryable: true,
        hint: 'The service or the network is overloaded: try again.',
      },
    );
  }
}

function finishedEarly(requestId: string): FunAsrError {
  return new FunAsrError('E_CONNECTION_LOST', 'the service finished the task before all audio was sent', {
    requestId,
    retryable: true,
    hint: 'Try again.',
  });
}
