import { addAbortSignal, Duplex } from 'node:stream';
import type { FunAsrError } from '../errors.ts';
import { Connection } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { type AudioFormat, FormatCheck } from './format-check.ts';
import { KeepAlive } from './keep-alive.ts';
import type { Usage, WireSentence } from './messages.ts';
import { Stopwatch, type TaskMetrics } from './metrics.ts';
import { Task, type TaskOptions } from './task.ts';
import { Timeline } from './timeline.ts';

/** What a {@link RecognizeStream} is made of, all of it checked. */
export interface RecognizeStreamOptions {
  readonly endpoint: Endpoint;
  readonly format: AudioFormat;
  readonly sampleRate: number;
  readonly keepAlive: boolean;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly task: TaskOptions;
}

/** Greatest frame: what the official Python SDK page recommends at the most. */
const MAX_FRAME_BYTES = 16 * 1024;
/** No codec that the service takes needs less than 4 kbit/s. */
const LEAST_BYTES_PER_MS = 0.5;

/** The client as a stream: audio in, sentences out. It owns the connection, and the task that runs on it. */
export class RecognizeStream extends Duplex {
  readonly #options: RecognizeStreamOptions;
  readonly #bytesPerMs: number;
  readonly #timeline: Timeline;
  readonly #check: FormatCheck;
  readonly #keepAlive: KeepAlive | undefined;
  readonly #connecting = new AbortController();
  #connection: Connection | undefined;
  #begun: Promise<Task> | undefined;
  #task: Task | undefined;
  #stopwatch: Stopwatch | undefined;
  #failure: FunAsrError | undefined;

  constructor(options: RecognizeStreamOptions) {
    super({
      readableObjectMode: true,
      readableHighWaterMark: 1,
      ...(options.signal && { signal: options.signal }),
    });
    this.#options = options;
    this.#bytesPerMs = options.format === 'pcm' ? (options.sampleRate * 2) / 1000 : LEAST_BYTES_PER_MS;
    this.#timeline = new Timeline(this.#bytesPerMs);
    this.#check = new FormatCheck(options.format, options.sampleRate);
    if (options.keepAlive) this.#keepAlive = new KeepAlive((ms) => this.#sendSilence(ms));
    // Last: an aborted signal destroys the stream at once, and needs all of the above.
    if (options.signal) addAbortSignal(options.signal, this);
  }

  /** What is known of the task by now; undefined before there is one. */
  get metrics(): TaskMetrics | undefined {
    return this.#stopwatch?.metrics;
  }

  /** Audio given to the service so far, in ms; of encoded audio an upper bound. */
  get handedMs(): number {
    return this.#timeline.handedMs;
  }

  /** Opens the connection and starts the task, without waiting for audio. Resolves false when the stream has failed. */
  async start(): Promise<boolean> {
    try {
      return (await this.#begin()).state === 'streaming';
    } catch (error) {
      this.destroy(error as Error);
      return false;
    }
  }

  override _write(audio: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#keepAlive?.stop();
    this.#take(audio).then(() => this.#callBack(callback), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#keepAlive?.stop();
    this.#finish().then(() => this.#callBack(callback), callback);
  }

  override _read(): void {
    // Asked for only when everything was read: now the failure may be told, after the item that is being handed out.
    const failure = this.#failure;
    if (failure) process.nextTick(() => this.destroy(failure));
    else this.#task?.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#keepAlive?.stop();
    this.#connecting.abort();
    this.#task?.abandon();
    const ended = this.#connection?.terminate() ?? Promise.resolve();
    ended.then(() => callback(error), callback);
  }

  async #take(audio: Buffer): Promise<void> {
    const ready = this.#check.feed(audio);
    if (ready.length > 0) await this.#send(ready);
    if (this.#task?.state === 'streaming') this.#keepAlive?.wait();
  }

  async #send(audio: Buffer): Promise<void> {
    const task = this.#task?.state === 'streaming' ? this.#task : await this.#begin();
    // The timeline keeps audio longer than a write lasts, and the writer may use its buffer again.
    const own = Buffer.from(audio);
    for (let start = 0; start < own.length; start += MAX_FRAME_BYTES) {
      const piece = own.subarray(start, start + MAX_FRAME_BYTES);
      if (task.state !== 'streaming') return;
      this.#timeline.hand(piece);
      this.#stopwatch?.audio();
      await task.send(piece);
    }
  }

  #sendSilence(ms: number): void {
    this.#timeline.insert(ms);
    // Nobody waits for it: a service that does not take it fails the task.
    void this.#task?.send(Buffer.alloc(ms * this.#bytesPerMs));
  }

  async #finish(): Promise<void> {
    const rest = this.#check.end();
    if (rest.length > 0) await this.#send(rest);
    const task = this.#task;
    if (task) {
      this.#stopwatch?.finishing();
      await task.finish(this.#timeline.unconfirmedMs);
      if (task.state !== 'finished') return;
      this.#stopwatch?.finished();
      this.emit('metrics', this.metrics);
    }
    this.push(null);
    await this.#connection?.close();
  }

  /** Once: opens a connection and starts a task on it, which first hears what no final sentence covers yet. */
  #begin(): Promise<Task> {
    this.#begun ??= this.#connectAndStart();
    return this.#begun;
  }

  async #connectAndStart(): Promise<Task> {
    const { endpoint, connectTimeoutMs } = this.#options;
    let task: Task | undefined;
    const connection = await Connection.open({
      endpoint,
      connectTimeoutMs,
      signal: this.#connecting.signal,
      onMessage: (message) => task?.receive(message),
      onClose: (code, reason, cause) => task?.disconnect(code, reason, cause),
    });
    this.#connection = connection;
    task = new Task(connection, this.#options.task, {
      onResult: (sentence, usage, taskId) => this.#give(sentence, usage, taskId),
      onWarning: (warning) => this.emit('warning', warning),
      onFailed: (error) => this.#fail(error),
    });
    this.#task = task;
    this.#stopwatch = new Stopwatch(task.id);
    connection.resume();
    await task.start();
    if (task.state === 'streaming') this.emit('open', task.id);
    for (const audio of this.#timeline.beginTask()) await task.send(audio);
    return task;
  }

  #give(result: WireSentence, usage: Usage | null, taskId: string): void {
    if (result.text !== '') this.#stopwatch?.text();
    const sentence = this.#timeline.place(result, usage, taskId);
    if (sentence && !this.push(sentence)) this.#task?.pause();
  }

  /** Sentences that came before a failure outlive it: the error waits until they have been read. */
  #fail(error: FunAsrError): void {
    this.#keepAlive?.stop();
    void this.#connection?.terminate();
    this.#failure = error;
    if (this.readableLength === 0) this.destroy(error);
  }

  /** After a failure no more audio is asked for: the destruction that follows answers for it. */
  #callBack(callback: () => void): void {
    if (!this.#failure) callback();
  }
}
