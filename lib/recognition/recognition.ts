import { EventEmitter, on, once } from 'node:events';
import { createReadStream } from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import { FunAsrError, messageOf } from '../core/errors.ts';
import { anyObject, byteArray, checkArgument, text } from '../core/options.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../sentence.ts';
import type { Gap, Reconnect } from './events/diagnostics.ts';
import { recognizeStream, type RecognizeStreamOptions } from './recognize-stream.ts';
import { checkCallback, type RecognitionCallback, refuseCallbackOptions } from './recognition-callback.ts';
import { RecognitionResult } from './recognition-result.ts';
import type { RecognizerStream } from './recognizer-stream.ts';

/** Options of {@link Recognition}: those of `recognize`, and callbacks. */
export interface RecognitionOptions extends RecognizeStreamOptions {
  /** Called in addition to the events of the same names. */
  readonly callback?: RecognitionCallback | null | undefined;
}

/** Events of a {@link Recognition}, in their order. */
export interface RecognitionEvents {
  open: [];
  event: [result: RecognitionResult];
  complete: [];
  error: [error: FunAsrError];
  close: [];
  /** A loss that is not a failure, a skipped message, or an option without effect. */
  warning: [warning: FunAsrError];
  /** The recognition continues in a new task after a failure. */
  reconnect: [reconnect: Reconnect];
  /** Audio that was given up: no text of it follows. */
  gap: [gap: Gap];
}

/**
 * Recognition with the class, methods and callbacks of the official Python SDK, on the same client as `recognize()`.
 * Recognises a file with {@link call}, and live audio with {@link start}, {@link sendAudioFrame} and {@link stop}. One
 * task at a time, any number one after another.
 *
 * `for await (const result of recognition)` yields the results of a running task, and `await using` closes it.
 * @example
 * const recognition = new Recognition({ model: 'fun-asr-realtime', format: 'wav', sampleRate: 16000 });
 * const result = await recognition.call('asr_example.wav');
 * for (const { text } of result.getSentence()) console.log(text);
 */
export class Recognition extends EventEmitter<RecognitionEvents> implements AsyncDisposable {
  readonly #options: RecognizeStreamOptions;
  /** The running task, or the last one. */
  #stream: RecognizerStream | undefined;
  /** Settles when the last event was emitted. */
  #ended: Promise<void> | undefined;
  #isRunning = false;
  #response: RecognitionResult | FunAsrError | undefined;
  #sentences: readonly FinalSentence[] = [];

  /** @throws {FunAsrError} `E_OPTION`, `E_LANGUAGE`, `E_NO_KEY`. */
  constructor(options: RecognitionOptions = {}) {
    super();
    checkArgument('Recognition', 'the options', options, anyObject);
    refuseCallbackOptions('Recognition', options);
    const { callback, ...recognizeOptions } = options;
    this.#options = recognizeOptions;
    if (callback) checkCallback('Recognition', callback);
    // Checks all options. Nothing is opened before audio is written.
    recognizeStream('Recognition', recognizeOptions).destroy();
    if (callback) this.#listen(callback);
  }

  /**
   * Recognises a whole file. Its bytes are sent unchanged, so they must have the declared `format` and `sampleRate`.
   * Emits the same events as for live audio.
   * @returns The final sentences.
   * @throws {FunAsrError} `E_READ`; `E_PARAM` if the file has another format; the errors of `recognize`.
   * {@link getSentences} returns what was recognised before a failure.
   */
  async call(file: string): Promise<RecognitionResult<readonly FinalSentence[]>> {
    checkArgument('call()', 'the file', file, text);
    const { stream, ended } = this.#begin();
    const finals: FinalSentence[] = [];
    this.#sentences = finals;
    stream.on('data', (sentence: Sentence) => {
      if (isSentenceEnd(sentence)) finals.push(sentence);
    });
    // It fails with the error of the stream, which `ended` throws.
    await pipeline(bytesOf(file), stream).catch(() => {});
    await ended;
    return new RecognitionResult(finals, this.getLastRequestId());
  }

  /** Starts a task. Resolves when the service has started it. Send audio within 23 s, or set `keepAlive`. */
  async start(): Promise<void> {
    const { stream, ended } = this.#begin();
    if (!(await stream.start())) await ended;
  }

  /**
   * Sends audio of any length; about 100 ms are best. Resolves when there is room for more. Without waiting, the audio is
   * kept in memory.
   * @throws {FunAsrError} `E_STATE` when no task is running; what the task has failed with.
   */
  async sendAudioFrame(audio: Uint8Array): Promise<void> {
    checkArgument('sendAudioFrame()', 'the audio', audio, byteArray);
    const { stream, ended } = this.#begun('sendAudioFrame()');
    if (!stream.writable) {
      await ended;
      throw wrongState('sendAudioFrame() after the end of the task', 'Call start() again.');
    }
    if (!stream.write(audio)) await Promise.race([once(stream, 'drain'), ended]);
  }

  /**
   * Ends the audio. Resolves when all of it was recognised and all events were emitted.
   * @throws {FunAsrError} `E_STATE` before the first task; what the task has failed with.
   */
  async stop(): Promise<void> {
    const { stream, ended } = this.#begun('stop()');
    stream.end();
    await ended;
  }

  /** Ends a running task at once, without waiting for its last results. */
  async close(): Promise<void> {
    this.#stream?.destroy();
    await this.#ended?.catch(() => {});
  }

  /** Id of the last task; undefined before there was one. */
  getLastRequestId(): string | undefined {
    return this.#stream?.metrics?.requestId;
  }

  /** Delay in ms from the first audio sent to the first text; undefined before that. */
  getFirstPackageDelay(): number | undefined {
    return this.#stream?.metrics?.firstPackageDelayMs;
  }

  /** Delay in ms from the end of the audio to the end of the task; undefined before that. */
  getLastPackageDelay(): number | undefined {
    return this.#stream?.metrics?.lastPackageDelayMs;
  }

  /** The last result of the service, or the failure of the task. */
  getResponse(): RecognitionResult | FunAsrError | undefined {
    return this.#response;
  }

  /** Final sentences of the last {@link call}, also if it failed. */
  getSentences(): readonly FinalSentence[] {
    return this.#sentences;
  }

  /** Iterates over the results of the running task from now on. Throws the error of the task if it fails. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RecognitionResult> {
    const { ended } = this.#begun('iteration');
    for await (const [result] of on(this, 'event', { close: ['close'] })) yield result as RecognitionResult;
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(): { stream: RecognizerStream; ended: Promise<void> } {
    if (this.#isRunning)
      throw wrongState('a task is running already', 'Wait for stop(), or use another Recognition.');
    const stream = recognizeStream('Recognition', this.#options);
    this.#isRunning = true;
    this.#stream = stream;
    stream.on('open', () => this.emit('open'));
    stream.on('warning', (warning: FunAsrError) => this.emit('warning', warning));
    stream.on('reconnect', (reconnect: Reconnect) => this.emit('reconnect', reconnect));
    stream.on('gap', (gap: Gap) => this.emit('gap', gap));
    stream.on('data', (sentence: Sentence) => this.#emitResult(sentence));
    const ended = this.#follow(stream);
    // A failure without a waiting call is reported by the event only.
    ended.catch(() => {});
    this.#ended = ended;
    return { stream, ended };
  }

  async #follow(stream: RecognizerStream): Promise<void> {
    try {
      await finished(stream);
      this.emit('complete');
    } catch (error) {
      // Closing a task on purpose is not a failure, and neither is an abort.
      if (!(error instanceof FunAsrError))
        throw stream.errored ?? wrongState('the task was closed', 'Call start() again.');
      this.#response = error;
      if (this.listenerCount('error') > 0) this.emit('error', error);
      throw error;
    } finally {
      this.#isRunning = false;
      this.emit('close');
    }
  }

  #emitResult(sentence: Sentence): void {
    const result = new RecognitionResult(sentence, sentence.request_id);
    this.#response = result;
    this.emit('event', result);
  }

  #begun(what: string): { stream: RecognizerStream; ended: Promise<void> } {
    if (!this.#stream || !this.#ended) throw wrongState(`${what} before start()`, 'Call start() first.');
    return { stream: this.#stream, ended: this.#ended };
  }

  #listen(callback: RecognitionCallback): void {
    this.on('open', () => callback.onOpen?.());
    this.on('event', (result) => callback.onEvent?.(result));
    this.on('complete', () => callback.onComplete?.());
    this.on('error', (error) => callback.onError?.(error));
    this.on('close', () => callback.onClose?.());
  }
}

async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  let isEmpty = true;
  try {
    for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
      isEmpty = false;
      yield bytes;
    }
  } catch (cause) {
    throw new FunAsrError('E_READ', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  if (isEmpty) throw new FunAsrError('E_READ', `${file} is empty`);
}

function wrongState(message: string, hint: string): FunAsrError {
  return new FunAsrError('E_STATE', message, { hint });
}
