import { messageOf } from '../errors.ts';
import { Deadline } from '../recognition/deadline.ts';
import {
  type ClientAction,
  MessageError,
  readClientAction,
  taskFailed,
  taskFinished,
  taskStarted,
} from '../recognition/messages.ts';
import { Inbox } from './inbox.ts';
import type { ClientMessage, Link } from './link.ts';
import { Outbox } from './outbox.ts';
import { RecognitionTask } from './recognition-task.ts';
import type { SilenceLimits } from './silence-watch.ts';
import { invalidParameter, TaskFailure } from './task-failure.ts';
import { type Resources, taskSettings } from './task-settings.ts';

/** How long a session waits for its client, in ms. The defaults are the real service's. */
export interface SessionTimers extends SilenceLimits {
  /** A running task without audio fails. @default 23_000 */
  readonly noAudioMs: number;
  /** A connection without a task is closed. @default 60_000 */
  readonly idleMs: number;
  /** A client that reads none of its results is closed with 1013. @default 30_000 */
  readonly unreadMs: number;
}

export interface SessionOptions extends Resources {
  readonly partials: boolean;
  readonly reportUnrecognized: boolean;
  readonly timers: SessionTimers;
}

/** What the real service answers to audio that belongs to no task: it takes it for a `run-task` without fields. */
const NO_TASK = "Missing required parameter 'payload.task_group'! Please follow the protocol!";

/**
 * One connection of a client: one task at a time, any number one after another.
 *
 * | state     | run-task            | audio | finish-task     | continue-task | else |
 * |-----------|---------------------|-------|-----------------|---------------|------|
 * | idle      | running             | fails | fails           | fails         | fails |
 * | running   | fails               | heard | finishing       | taken         | fails |
 * | finishing | waits for the end   | fails | taken           | taken         | fails |
 *
 * Messages for the task that has just finished are taken as in `finishing`; those for any other fail. After a failure
 * the connection cannot be used again: the real service closes it too.
 */
export class Session {
  readonly #link: Link;
  readonly #options: SessionOptions;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #deadline: Deadline;
  #task: RecognitionTask | undefined;
  /** Id of the task, or of the one before when there is none: what a failure names. */
  #taskId = '';
  #isOver = false;
  /** Settled when the task has finished; undefined unless it is finishing. */
  #finishing: Promise<void> | undefined;

  constructor(link: Link, options: SessionOptions) {
    this.#link = link;
    this.#options = options;
    this.#outbox = new Outbox(link, options.timers.unreadMs);
    this.#inbox = new Inbox(link, (message) => this.#take(message));
    this.#deadline = new Deadline(() => this.#miss());
    link.onClose(() => this.#end());
    this.#deadline.start(options.timers.idleMs);
  }

  async #take(message: ClientMessage): Promise<void> {
    try {
      await (typeof message === 'string' ? this.#act(readClientAction(message)) : this.#hear(message));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #act(action: ClientAction): Promise<void> {
    if (action.action === 'run-task') return this.#run(action);
    // Any other id than the last is an error of the client, even if no task is left that it could disturb.
    if (action.taskId !== this.#taskId) throw invalidParameter('there is no such task on this connection');
    // What continues a task is context, which the engine has no use for.
    if (action.action === 'finish-task' && this.#task && !this.#finishing) {
      this.#finishing = this.#finish(this.#task);
    }
  }

  async #run(action: ClientAction & { action: 'run-task' }): Promise<void> {
    if (this.#task && !this.#finishing)
      throw invalidParameter('a task is running on this connection already');
    await this.#finishing;
    if (this.#isOver) return;
    this.#deadline.clear();
    this.#taskId = action.taskId;
    const { engine, partials, reportUnrecognized, timers } = this.#options;
    this.#task = new RecognitionTask({
      id: action.taskId,
      settings: taskSettings(action, this.#options),
      engine,
      partials,
      reportUnrecognized,
      limits: timers,
      send: (message) => this.#outbox.send(message),
    });
    this.#outbox.send(taskStarted(action.taskId));
    this.#deadline.start(timers.noAudioMs);
  }

  async #hear(audio: Buffer): Promise<void> {
    const task = this.#task;
    if (!task || this.#finishing) throw invalidParameter(NO_TASK);
    if (audio.length === 0) return;
    // As long as the audio is being heard, the client may be waiting for us.
    this.#deadline.clear();
    await task.hear(audio);
    await this.#outbox.room();
    if (!this.#isOver) this.#deadline.start(this.#options.timers.noAudioMs);
  }

  async #finish(task: RecognitionTask): Promise<void> {
    this.#deadline.clear();
    try {
      await task.finish();
      if (this.#isOver) return;
      this.#outbox.send(taskFinished(task.id));
      this.#task = undefined;
      this.#finishing = undefined;
      this.#deadline.start(this.#options.timers.idleMs);
    } catch (error) {
      this.#fail(error);
    }
  }

  #miss(): void {
    if (this.#task) this.#fail(new TaskFailure('CLIENT_ERROR', 'request timeout after 23 seconds.'));
    else this.#link.close(1000);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    const { code, message } = asFailure(error);
    // The client may be told of a task that it could not even start.
    const id = (!this.#task && error instanceof MessageError && error.taskId) || this.#taskId;
    this.#outbox.send(taskFailed(id, code, message));
    this.#link.close(1000);
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#deadline.clear();
    this.#inbox.close();
    this.#task?.destroy();
    this.#task = undefined;
  }
}

function asFailure(error: unknown): TaskFailure {
  if (error instanceof TaskFailure) return error;
  if (error instanceof MessageError) return invalidParameter(error.message);
  return new TaskFailure('InternalError', messageOf(error));
}
