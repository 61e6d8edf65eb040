import { addAbortSignal, Duplex } from 'node:stream';
import type { FunAsrError } from '../core/errors.ts';
import type { AudioFormat } from '../media/audio-format.ts';
import { FormatCheck } from '../media/format-check.ts';
import type { RecognitionMetrics } from './events/metrics.ts';
import { MetricsRecorder } from './events/metrics-recorder.ts';
import { DiagnosticsPublisher, type RecognitionFacts } from './events/publish-diagnostics.ts';
import { EventPublisher, type RecognitionEvent } from './events/recognition-events.ts';
import { isSentenceEnd, type Sentence } from '../sentence.ts';
import { Recognizer, type RecognizerOptions } from './recognizer.ts';

/** Options of a {@link RecognizerStream}, all of them checked. */
export interface RecognizerStreamOptions extends RecognizerOptions {
  readonly format: AudioFormat;
  readonly sampleRate: number;
  readonly signal: AbortSignal | undefined;
  /** Who recognises, and what for. */
  readonly facts: Omit<RecognitionFacts, 'endpoint'>;
  /** Adds to a warning what is known about the service. `hasText`: whether any speech was recognised. */
  readonly explainWarning?: ((warning: FunAsrError, hasText: boolean) => FunAsrError) | undefined;
}

/** A {@link Recognizer} as a stream: audio in, sentences out. */
export class RecognizerStream extends Duplex {
  readonly #recognizer: Recognizer;
  readonly #check: FormatCheck;
  readonly #events = new EventPublisher();
  readonly #recorder = new MetricsRecorder();
  readonly #diagnostics: DiagnosticsPublisher;
  readonly #explainWarning: (warning: FunAsrError, hasText: boolean) => FunAsrError;
  /** Whether any sentence is final, of this recognition or of the one that it continues. */
  #hasText: boolean;
  #running: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor({ format, sampleRate, signal, explainWarning, facts, ...options }: RecognizerStreamOptions) {
    super({ readableObjectMode: true, readableHighWaterMark: 1 });
    this.#check = new FormatCheck(format, sampleRate);
    this.#explainWarning = explainWarning ?? ((warning) => warning);
    this.#hasText = (options.after?.end_time ?? 0) > 0;
    this.#events.subscribe((event) => this.#recorder.record(event));
    this.#diagnostics = new DiagnosticsPublisher({ ...facts, endpoint: options.endpoint });
    this.#events.subscribe((event) => this.#diagnostics.event(event));
    this.#events.subscribe((event) => this.#emitEvent(event));
    this.#recognizer = new Recognizer({ ...options, format }, this.#events, (sentence) =>
      this.#push(sentence),
    );
    // Last, because an aborted signal destroys the stream at once.
    if (signal) addAbortSignal(signal, this);
  }

  /** The metrics so far; undefined before the first task was requested. */
  get metrics(): RecognitionMetrics | undefined {
    return this.#recorder.metrics;
  }

  /** Audio sent to the service so far, in ms; for encoded audio an upper bound. */
  get sentMs(): number {
    return this.#recognizer.sentMs;
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

  /** The current task is recognised to its end, but failures are not retried any more. */
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
    // The buffer is empty: emit the deferred error, after the item that is being delivered.
    const failure = this.#failure;
    if (failure) process.nextTick(() => this.destroy(failure));
    else this.#recognizer.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#diagnostics.end('aborted', { metrics: this.metrics });
    this.#recognizer.destroy().then(() => callback(error), callback);
  }

  /** @returns What to wait for, if anything. It never resolves after a failure, which destroys the stream. */
  #take(bytes: Buffer): Promise<void> | undefined {
    const ready = this.#check.feed(bytes);
    if (ready.length === 0) return undefined;
    void this.#run();
    return this.#recognizer.write(ready);
  }

  async #finish(): Promise<void> {
    const rest = this.#check.end();
    // The end of the recognition includes the end of this write.
    if (rest.length > 0) void this.#recognizer.write(rest);
    this.#recognizer.end();
    await this.#run();
    this.#publishMetrics();
    this.#diagnostics.end('finished', { metrics: this.metrics });
    this.push(null);
  }

  /** Resolves when everything was recognised; never after a failure. */
  #run(): Promise<void> {
    this.#diagnostics.start();
    this.#running ??= new Promise((resolve) => {
      this.#recognizer.run().then(resolve, (error: Error) => this.#fail(error));
    });
    return this.#running;
  }

  #publishMetrics(): void {
    if (this.metrics) this.#events.publish('metrics', this.metrics);
  }

  /** Emits those events of the recognition that are events of the stream. */
  #emitEvent({ type, detail }: RecognitionEvent): void {
    switch (type) {
      case 'open':
      case 'reconnect':
      case 'gap':
      case 'metrics':
        this.emit(type, detail);
        break;
      case 'warning':
        this.emit(type, this.#explainWarning(detail, this.#hasText));
    }
  }

  #push(sentence: Sentence): boolean {
    this.#hasText ||= isSentenceEnd(sentence);
    return this.push(sentence);
  }

  /** Sentences that came before a failure are read first: the error is deferred until then. */
  #fail(error: Error): void {
    // The caller has destroyed the stream and knows the reason.
    if (this.destroyed) return;
    this.#publishMetrics();
    this.#diagnostics.end('failed', { metrics: this.metrics, error });
    this.#failure = error;
    if (this.readableLength === 0) this.destroy(error);
  }
}
