import { Deadline } from '../../core/deadline.ts';
import { messageOf } from '../../core/errors.ts';
import { CLOSE_CODES } from '../../protocol/errors/close-codes.ts';
import { SERVICE_CODES, SERVICE_MESSAGES } from '../../protocol/errors/service-codes.ts';
import { type ClientAction, readClientAction } from '../../protocol/messages/client-actions.ts';
import { MessageError } from '../../protocol/messages/envelope.ts';
import { taskFailed, taskFinished, taskStarted } from '../../protocol/messages/service-events.ts';
import type { ClientMessage, Link } from './link.ts';
import { ReceiveQueue } from './receive-queue.ts';
import { RecognitionTask } from './recognition-task.ts';
import { SendQueue } from './send-queue.ts';
import type { SilenceLimits } from './silence-monitor.ts';
import { invalidParameter, TaskError } from './task-error.ts';
import { type TaskResources, taskSettings } from './task-settings.ts';

/** How long a session waits for its client, in ms. The defaults are those of the cloud service. */
export interface SessionTimers extends SilenceLimits {
  /** A running task that receives no audio fails after this time. @default 23_000 */
  readonly noAudioMs: number;
  /** A connection without a task is closed after this time. @default 60_000 */
  readonly idleMs: number;
  /** A client that reads no results is disconnected with 1013 after this time. @default 30_000 */
  readonly unreadMs: number;
}

export interface SessionOptions extends TaskResources {
  readonly partials: boolean;
  readonly reportUnrecognized: boolean;
  /** Called with the error of the engine or of FFmpeg that makes a task fail. */
  readonly onEngineError?: ((error: unknown, taskId: string) => void) | undefined;
  readonly timers: SessionTimers;
}

/** Answer of the cloud service to audio without a task: it reads the audio as a `run-task` without fields. */
const AUDIO_WITHOUT_TASK = SERVICE_MESSAGES.missingParameter('payload.task_group');

/**
 * One connection of a client. It runs one task at a time, and any number one after another.
 *
 * | state     | run-task          | audio      | finish-task | continue-task | other |
 * |-----------|-------------------|------------|-------------|---------------|-------|
 * | idle      | → running         | fails      | fails       | fails         | fails |
 * | running   | fails             | recognised | → finishing | ignored       | fails |
 * | finishing | waits for the end | fails      | ignored     | ignored       | fails |
 *
 * Messages for the task that finished last are ignored as in `finishing`; messages for any other task fail. A failure
 * ends the connection, as in the cloud service.
 */
export class Session {
  readonly #link: Link;
  readonly #options: SessionOptions;
  readonly #received: ReceiveQueue;
  readonly #sent: SendQueue;
  readonly #deadline: Deadline;
  #task: RecognitionTask | undefined;
  /** Id of the current task, else of the last one: the id in `task-failed`. */
  #taskId = '';
  #isOver = false;
  /** Resolves when the task has finished; undefined unless it is finishing. */
  #finishing: Promise<void> | undefined;

  constructor(link: Link, options: SessionOptions) {
    this.#link = link;
    this.#options = options;
    this.#sent = new SendQueue(link, options.timers.unreadMs);
    this.#received = new ReceiveQueue(link, (message) => this.#handle(message));
    this.#deadline = new Deadline(() => this.#timeOut());
    link.onClose(() => this.#end());
    this.#deadline.start(options.timers.idleMs);
  }

  async #handle(message: ClientMessage): Promise<void> {
    try {
      await (typeof message === 'string'
        ? this.#handleAction(readClientAction(message))
        : this.#handleAudio(message));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #handleAction(action: ClientAction): Promise<void> {
    if (action.action === 'run-task') return this.#start(action);
    // An unknown id is an error, even when no task is running.
    if (action.taskId !== this.#taskId) throw invalidParameter('there is no such task on this connection');
    // `continue-task` sends context, which the engine does not use, as that of `run-task`.
    if (action.action === 'finish-task' && this.#task && !this.#finishing) {
      this.#finishing = this.#finish(this.#task);
    }
  }

  async #start(action: ClientAction & { action: 'run-task' }): Promise<void> {
    if (this.#task && !this.#finishing) {
      throw invalidParameter('a task is already running on this connection');
    }
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
      send: (message) => this.#sent.send(message),
    });
    this.#sent.send(taskStarted(action.taskId));
    this.#deadline.start(timers.noAudioMs);
  }

  async #handleAudio(audio: Buffer): Promise<void> {
    const task = this.#task;
    if (!task || this.#finishing) throw invalidParameter(AUDIO_WITHOUT_TASK);
    if (audio.length === 0) return;
    // While the engine works, the client may be waiting for it: the timer stops.
    this.#deadline.clear();
    await task.write(audio);
    await this.#sent.room();
    if (!this.#isOver) this.#deadline.start(this.#options.timers.noAudioMs);
  }

  async #finish(task: RecognitionTask): Promise<void> {
    this.#deadline.clear();
    try {
      await task.finish();
      if (this.#isOver) return;
      this.#sent.send(taskFinished(task.id));
      this.#task = undefined;
      this.#finishing = undefined;
      this.#deadline.start(this.#options.timers.idleMs);
    } catch (error) {
      this.#fail(error);
    }
  }

  #timeOut(): void {
    if (this.#task) this.#fail(new TaskError(SERVICE_CODES.clientError, SERVICE_MESSAGES.noAudio));
    else this.#link.close(CLOSE_CODES.normal);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    if (!isTaskError(error)) this.#options.onEngineError?.(error, this.#taskId);
    const { code, message } = asTaskError(error);
    // A `run-task` that is refused has an id, although its task never started.
    const id = (!this.#task && error instanceof MessageError && error.taskId) || this.#taskId;
    this.#sent.send(taskFailed(id, code, message));
    this.#link.close(CLOSE_CODES.normal);
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#deadline.clear();
    this.#received.close();
    this.#task?.destroy();
    this.#task = undefined;
  }
}

/** Whether the client or a time limit made the task fail, and not the engine or FFmpeg. */
function isTaskError(error: unknown): error is TaskError | MessageError {
  return error instanceof TaskError || error instanceof MessageError;
}

function asTaskError(error: unknown): TaskError {
  if (error instanceof TaskError) return error;
  if (error instanceof MessageError) return invalidParameter(error.message);
  return new TaskError(SERVICE_CODES.internalError, messageOf(error));
}
