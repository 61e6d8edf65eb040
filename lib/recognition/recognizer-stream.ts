import { addAbortSignal, Duplex } from 'node:stream';
import { FunAsrError } from '../core/errors.ts';
import { type Gap, publish } from './events/diagnostics.ts';
import type { AudioFormat } from '../media/audio-format.ts';
import { FormatCheck } from '../media/format-check.ts';
import type { RecognitionMetrics } from './events/metrics.ts';
import { Recognizer, type RecognizerOptions } from './recognizer.ts';

/** What a {@link RecognizerStream} is made of, all of it checked. */
export interface RecognizerStreamOptions extends RecognizerOptions {
  readonly format: AudioFormat;
  readonly sampleRate: number;
  readonly signal: AbortSignal | undefined;
  /** Adds to a warning what is known about the service. */
  readonly explain?: ((warning: FunAsrError) => FunAsrError) | undefined;
}

/** A {@link Recognizer} as a stream: audio in, sentences out. */
export class RecognizerStream extends Duplex {
  readonly #recognizer: Recognizer;
  readonly #check: FormatCheck;
  #running: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor({ format, sampleRate, signal, explain, ...options }: RecognizerStreamOptions) {
    super({ readableObjectMode: true, readableHighWaterMark: 1 });
    this.#check = new FormatCheck(format, sampleRate);
    this.#recognizer = new Recognizer(options, {
      onOpen: (taskId) => this.emit('open', taskId),
      onSentence: (sentence) => this.push(sentence),
      onWarning: (warning) => this.emit('warning', explain?.(warning) ?? warning),
      onReconnect: (reconnect) => this.emit('reconnect', reconnect),
      onGap: (gap) => this.#tellGap(gap),
    });
    // Last: an aborted signal destroys the stream at once, and needs all of the above.
    if (signal) addAbortSignal(signal, this);
  }

  /** What is known of the recognition by now; undefined before there was a task. */
  get metrics(): RecognitionMetrics | undefined {
    return this.#recognizer.metrics;
  }

  /** Audio given to the service so far, in ms; of encoded audio an upper bound. */
  get handedMs(): number {
    return this.#recognizer.handedMs;
  }

  /** Opens the connection and starts a task, without waiting for audio. Resolves false when the stream has failed. */
  async start(): Promise<boolean> {
    return await new Promise((resolve) => {
      this.once('open', () => resolve(true));
      this.once('close', () => resolve(false));
      this.#recognizer.demand();
      void this.#run();
    });
  }

  /** What is under way is recognised to its end, but what fails from now on is not tried again. */
  stop(): void {
    this.#recognizer.stop();
  }

  override _write(audio: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    let taken: Promise<void> | undefined;
    try {
      taken = this.#take(audio);
    } catch (error) {
      return callback(error as Error);
    }
    if (taken) taken.then(() => callback(), callback);
    else callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#finish().then(() => callback(), callback);
  }

  override _read(): void {
    // Asked for only when everything was read: now the failure may be told, after the item that is being handed out.
    const failure = this.#failure;
    if (failure) process.nextTick(() => this.destroy(failure));
    else this.#recognizer.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#recognizer.destroy().then(() => callback(error), callback);
  }

  /** @returns What to wait for, if anything. After a failure it never resolves: the destruction answers for it. */
  #take(bytes: Buffer): Promise<void> | undefined {
    const ready = this.#check.feed(bytes);
    if (ready.length === 0) return undefined;
    void this.#run();
    return this.#recognizer.write(ready);
  }

  async #finish(): Promise<void> {
    const rest = this.#check.end();
    // The end of all is waited for, and with it that of this.
    if (rest.length > 0) void this.#recognizer.write(rest);
    this.#recognizer.end();
    await this.#run();
    this.#tellMetrics();
    this.push(null);
  }

  /** Resolves when all was recognised; never, when that has failed. */
  #run(): Promise<void> {
    this.#running ??= new Promise((resolve) => {
      this.#recognizer.run().then(resolve, (error: Error) => this.#fail(error));
    });
    return this.#running;
  }

  #tellMetrics(): void {
    const { metrics } = this;
    if (!metrics) return;
    publish('metrics', metrics);
    this.emit('metrics', metrics);
  }

  #tellGap(gap: Gap): void {
    this.emit('gap', gap);
    const { begin_time, end_time, reason } = gap;
    const span = `${(begin_time / 1000).toFixed(1)} s to ${(end_time / 1000).toFixed(1)} s`;
    this.emit(
      'warning',
      new FunAsrError('W_GAP', `nothing from ${span} is in the text: ${reason.message}`, {
        requestId: reason.requestId,
        span: { beginMs: begin_time, endMs: end_time },
        cause: reason,
      }),
    );
  }

  /** Sentences that came before a failure outlive it: the error waits until they have been read. */
  #fail(error: Error): void {
    // Whoever destroys the stream knows why.
    if (this.destroyed) return;
    this.#tellMetrics();
    this.#failure = error;
    if (this.readableLength === 0) this.destroy(error);
  }
}
