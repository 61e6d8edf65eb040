import { Duplex } from 'node:stream';
import type { FunAsrError } from '../errors.ts';
import { checkOptions, integer, oneOf, type Rules, text } from '../options.ts';
import { isSentenceEnd } from '../sentence.ts';
import { STAGE_RULES, type StageOptions } from '../stage.ts';
import { Connection } from './connection.ts';
import { ENDPOINT_RULES, type Endpoint, type EndpointOptions, resolveEndpoint } from './endpoint.ts';
import type { Usage, WireSentence } from './messages.ts';
import { DEFAULT_MODEL, findModel, sampleRateOf } from './models.ts';
import { PARAMETER_RULES, type RecognitionParameters, toWire } from './parameters.ts';
import { Task, type TaskTimeouts } from './task.ts';
import { Timeline } from './timeline.ts';

export interface RecognizeOptions
  extends EndpointOptions,
    RecognitionParameters,
    StageOptions,
    Partial<TaskTimeouts> {
  /** @default 'fun-asr-realtime' */
  readonly model?: string | undefined;
  /**
   * What the bytes are: 16-bit little-endian mono PCM, as `decode` and `resample` give it.
   * @default 'pcm'
   */
  readonly format?: 'pcm' | undefined;
  /**
   * In Hz; must be the model's own.
   * @default the model's, 16000 where it takes any
   */
  readonly sampleRate?: number | undefined;
  /** Limit in ms for opening the connection. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined;
}

const milliseconds = integer(1, 86_400_000, 'ms');

export const RECOGNIZE_RULES: Rules<RecognizeOptions> = {
  ...ENDPOINT_RULES,
  ...PARAMETER_RULES,
  ...STAGE_RULES,
  model: text,
  format: oneOf('pcm'),
  sampleRate: integer(8000, 48_000, 'Hz'),
  connectTimeoutMs: milliseconds,
  startTimeoutMs: milliseconds,
  stallTimeoutMs: milliseconds,
  finishTimeoutMs: milliseconds,
};

/** Greatest frame: what the official Python SDK page recommends at the most. */
const MAX_FRAME_BYTES = 16 * 1024;

/**
 * Speech recognition by Fun-ASR, or by any service that speaks its protocol: audio in, {@link Sentence} objects
 * out, partial and final. The connection is opened when the first audio arrives, so no audio costs nothing. It
 * ends when the service has confirmed that all was recognised; a service that is slow slows the source.
 *
 * Messages that had to be skipped arrive as `warning` events. Fails with a `FunAsrError`, its `requestId` being
 * what the service's support asks for.
 *
 * @throws {FunAsrError} `E_OPTION` or `E_NO_KEY`, at once and before anything is sent.
 */
export function recognize(options: RecognizeOptions = {}): Duplex {
  checkOptions('recognize', options, RECOGNIZE_RULES);
  return new RecognizeStream(options, resolveEndpoint(options));
}

class RecognizeStream extends Duplex {
  readonly #options: RecognizeOptions;
  readonly #endpoint: Endpoint;
  readonly #sampleRate: number;
  readonly #timeline: Timeline;
  readonly #connecting = new AbortController();
  #connection: Connection | undefined;
  #task: Task | undefined;
  #failure: FunAsrError | undefined;

  constructor(options: RecognizeOptions, endpoint: Endpoint) {
    super({ readableObjectMode: true, ...(options.signal && { signal: options.signal }) });
    this.#options = options;
    this.#endpoint = endpoint;
    this.#sampleRate = options.sampleRate ?? sampleRateOf(options.model ?? DEFAULT_MODEL);
    this.#timeline = new Timeline(this.#sampleRate);
  }

  override _write(audio: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send(audio).then(() => this.#callBack(callback), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#finish().then(() => this.#callBack(callback), callback);
  }

  override _read(): void {
    this.#task?.resume();
  }

  override read(size?: number): unknown {
    const sentence: unknown = super.read(size);
    if (this.#failure && this.readableLength === 0) this.destroy(this.#failure);
    return sentence;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#connecting.abort();
    this.#task?.abandon();
    const ended = this.#connection?.terminate() ?? Promise.resolve();
    ended.then(() => callback(error), callback);
  }

  async #send(audio: Buffer): Promise<void> {
    if (audio.length === 0) return;
    const task = this.#task ?? (await this.#begin());
    // The timeline keeps audio longer than a write lasts, and the writer may use its buffer again.
    const own = Buffer.from(audio);
    for (let start = 0; start < own.length; start += MAX_FRAME_BYTES) {
      const piece = own.subarray(start, start + MAX_FRAME_BYTES);
      this.#timeline.hand(piece);
      await task.send(piece);
    }
  }

  async #finish(): Promise<void> {
    const task = this.#task;
    if (task) {
      await task.finish(this.#timeline.unconfirmedMs);
      if (task.state !== 'finished') return;
    }
    this.push(null);
    await this.#connection?.close();
  }

  /** Sentences that came before a failure outlive it: the error waits until they have been read. */
  #fail(error: FunAsrError): void {
    void this.#connection?.terminate();
    this.#failure = error;
    if (this.readableLength === 0) this.destroy(error);
  }

  /** After a failure no more audio is asked for: the destruction that follows answers for it. */
  #callBack(callback: () => void): void {
    if (!this.#failure) callback();
  }

  /** Opens a connection and starts a task on it, which first hears what no final sentence covers yet. */
  async #begin(): Promise<Task> {
    let task: Task | undefined;
    const connection = await Connection.open({
      endpoint: this.#endpoint,
      connectTimeoutMs: this.#options.connectTimeoutMs ?? 10_000,
      signal: this.#connecting.signal,
      onMessage: (message) => task?.receive(message),
      onClose: (code, reason, cause) => task?.disconnect(code, reason, cause),
    });
    this.#connection = connection;
    task = new Task(connection, this.#taskOptions(), {
      onResult: (sentence, usage, taskId) => this.#give(sentence, usage, taskId),
      onWarning: (warning) => this.emit('warning', warning),
      onFailed: (error) => this.#fail(error),
    });
    this.#task = task;
    await task.start();
    for (const audio of this.#timeline.beginTask()) await task.send(audio);
    return task;
  }

  #taskOptions(): ConstructorParameters<typeof Task>[1] {
    const { model = DEFAULT_MODEL, format = 'pcm', ...options } = this.#options;
    const heartbeat = options.heartbeat ?? (findModel(model)?.hasHeartbeat || undefined);
    return {
      model,
      parameters: { format, sample_rate: this.#sampleRate, ...toWire({ ...options, heartbeat }) },
      timeouts: {
        startTimeoutMs: options.startTimeoutMs ?? 10_000,
        stallTimeoutMs: options.stallTimeoutMs ?? 30_000,
        finishTimeoutMs: options.finishTimeoutMs ?? 30_000,
      },
    };
  }

  #give(result: WireSentence, usage: Usage | null, taskId: string): void {
    const sentence = this.#timeline.place(result, usage, taskId);
    // A final without words is a noise that turned out to be none.
    if (!sentence || (isSentenceEnd(sentence) && sentence.text === '')) return;
    if (!this.push(sentence)) this.#task?.pause();
  }
}
