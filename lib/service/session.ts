import type { WebSocket } from 'ws';
import { messageOf } from '../errors.ts';
import {
  type ClientAction,
  MessageError,
  readClientAction,
  resultGenerated,
  taskFailed,
  taskFinished,
  taskStarted,
} from '../recognition/messages.ts';
import type { Engine, EngineSentence, EngineStream } from './engine.ts';
import { refusal } from './refusal.ts';

/** How long a session waits for its client, in ms. The defaults are the real service's. */
export interface SessionTimers {
  /** A running task without audio fails. @default 23_000 */
  readonly noAudioMs: number;
  /** A connection without a task is closed. @default 60_000 */
  readonly idleMs: number;
}

export interface SessionOptions {
  readonly engine: Engine;
  readonly partials: boolean;
  readonly timers: SessionTimers;
}

/** 16 kHz, 16 bits. */
const BYTES_PER_SECOND = 32_000;
/** With less audio the real service refuses to answer. */
const LEAST_AUDIO_BYTES = BYTES_PER_SECOND / 5;
/** What may wait in a session before its socket is read no further: the engine's pace reaches the client this way. */
const MAX_WAITING_MESSAGES = 8;

/** The task that a session is at. */
interface RunningTask {
  readonly id: string;
  readonly stream: EngineStream;
  bytes: number;
  finals: number;
  isOpen: boolean;
}

/** One connection of a client: one task at a time, any number one after another. */
export class Session {
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #inbox: (Buffer | string)[] = [];
  #isBusy = false;
  #isOver = false;
  #task: RunningTask | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => {
      if (Buffer.isBuffer(data)) this.#receive(isBinary ? data : data.toString('utf8'));
    });
    // The close event that follows says all there is to do.
    socket.on('error', () => {});
    socket.once('close', () => this.#end());
    this.#await();
  }

  #receive(message: Buffer | string): void {
    this.#inbox.push(message);
    if (this.#inbox.length > MAX_WAITING_MESSAGES) this.#socket.pause();
    if (!this.#isBusy) void this.#work();
  }

  /** Takes one message after another: audio and control keep their order, however slow the engine is. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    clearTimeout(this.#timer);
    for (
      let message = this.#inbox.shift();
      message !== undefined && !this.#isOver;
      message = this.#inbox.shift()
    ) {
      try {
        if (typeof message === 'string') await this.#act(message);
        else await this.#hear(message);
      } catch (error) {
        this.#fail('InternalError', messageOf(error));
      }
      if (this.#inbox.length === 0) this.#socket.resume();
    }
    this.#isBusy = false;
    if (!this.#isOver) this.#await();
  }

  async #hear(audio: Buffer): Promise<void> {
    const task = this.#task;
    if (!task)
      return this.#refuse("Missing required parameter 'payload.task_group'! Please follow the protocol!");
    task.bytes += audio.length;
    await task.stream.write(audio);
  }

  async #act(message: string): Promise<void> {
    let action: ClientAction;
    try {
      action = readClientAction(message);
    } catch (error) {
      if (error instanceof MessageError) return this.#refuse(error.message);
      throw error;
    }
    if (action.action === 'run-task') return this.#run(action);
    if (this.#task?.id !== action.taskId) return this.#refuse('there is no such task on this connection');
    if (action.action === 'finish-task') await this.#finish(this.#task);
  }

  #run({ taskId, parameters }: ClientAction & { action: 'run-task' }): void {
    if (this.#task) return this.#refuse('a task is running on this connection already');
    const refused = refusal(parameters, this.#options.engine);
    if (refused) return this.#fail(refused.code, refused.message, taskId);
    const silence = parameters.max_sentence_silence;
    const task: RunningTask = {
      id: taskId,
      bytes: 0,
      finals: 0,
      isOpen: false,
      stream: this.#options.engine.open({
        maxSentenceSilence: typeof silence === 'number' ? silence : 1300,
        partials: this.#options.partials,
        onSentence: (sentence) => this.#tell(task, sentence),
      }),
    };
    this.#task = task;
    this.#socket.send(taskStarted(taskId));
  }

  #tell(task: RunningTask, sentence: EngineSentence): void {
    if (this.#task !== task) return;
    const isFinal = sentence.end_time !== null;
    const wire = {
      sentence_id: task.finals + 1,
      ...sentence,
      channel_id: 0,
      speaker_id: null,
      heartbeat: false,
      sentence_begin: !isFinal && !task.isOpen,
      sentence_end: isFinal,
    };
    task.isOpen = !isFinal;
    if (isFinal) task.finals += 1;
    const usage = isFinal ? { duration: Math.ceil(task.bytes / BYTES_PER_SECOND) } : null;
    this.#socket.send(resultGenerated(task.id, wire, usage));
  }

  async #finish(task: RunningTask): Promise<void> {
    if (task.bytes === 0) return this.#fail('NO_VALID_AUDIO_ERROR', 'NO_VALID_AUDIO_ERROR');
    if (task.bytes < LEAST_AUDIO_BYTES) return this.#fail('EmptyAudio', 'the audio is shorter than 200 ms');
    await task.stream.end();
    this.#task = undefined;
    this.#socket.send(taskFinished(task.id));
  }

  #refuse(message: string): void {
    this.#fail('InvalidParameter', message);
  }

  /** After a failure the connection cannot be used again: the real service closes it too. */
  #fail(code: string, message: string, taskId: string = this.#task?.id ?? ''): void {
    this.#socket.send(taskFailed(taskId, code, message));
    this.#socket.close(1000);
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#task?.stream.destroy();
    this.#task = undefined;
    this.#socket.resume();
  }

  #await(): void {
    const { noAudioMs, idleMs } = this.#options.timers;
    this.#timer = setTimeout(
      () => {
        if (this.#task) this.#fail('CLIENT_ERROR', 'request timeout after 23 seconds.');
        else this.#socket.close(1000);
      },
      this.#task ? noAudioMs : idleMs,
    );
  }
}
