import { addAbortSignal, Transform, type TransformCallback } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuseWrongChunks } from '../core/chunk.ts';
import type { Clock } from '../core/deadline.ts';
import { abortSignal, checkOptions, number } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';
import { DEFAULT_SAMPLE_RATE, durationOf, sampleRateRule } from '../media/pcm.ts';

/** The stage that {@link pace} makes: frames in, the same frames out. */
export interface PaceStream extends TypedDuplex<DuplexEvents<Buffer>> {}

/** Options of {@link pace}. */
export interface PaceOptions extends StageOptions {
  /** Multiple of real time; 1 is the speed of the recording. @default 1 */
  readonly rate?: number | undefined;
  /** Samples per second of the PCM. @default 16000 */
  readonly sampleRate?: number | undefined;
}

/**
 * Frames of s16le mono PCM → the same frames, not faster than `rate` × real time: each leaves when its last sample
 * would have been played. Put it after `frame()`: larger chunks wait longer.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function pace(options: PaceOptions = {}): PaceStream {
  checkOptions('pace', options, {
    rate: number(0.01, 1000),
    sampleRate: sampleRateRule,
    signal: abortSignal,
  });
  return refuseWrongChunks(new PaceTransform(options));
}

/**
 * Delay of late timers that the next frames may catch up. A longer pause of the source or the reader is not caught
 * up, because a burst would follow it.
 */
const CATCH_UP_MS = 250;

/** Calculates when each frame is due. */
export class Pacer {
  readonly #rate: number;
  readonly #sampleRate: number;
  readonly #clock: Clock;
  /** When the last frame was due, on the monotonic clock. */
  #due = 0;

  constructor({ rate = 1, sampleRate = DEFAULT_SAMPLE_RATE }: PaceOptions, clock: Clock = performance) {
    this.#rate = rate;
    this.#sampleRate = sampleRate;
    this.#clock = clock;
  }

  /** Sets the time of the next frame. */
  schedule(frame: Buffer): void {
    const now = this.#clock.now();
    const start = this.#due === 0 ? now : Math.max(this.#due, now - CATCH_UP_MS);
    this.#due = start + durationOf(frame.length, this.#sampleRate) / this.#rate;
  }

  /** Time in ms until the scheduled frame is due. A timer may fire a fraction of a ms early, so check again after it. */
  get waitMs(): number {
    return Math.max(0, Math.ceil(this.#due - this.#clock.now()));
  }

  /** Resolves when a frame is due. @throws an `AbortError`. */
  async wait(frame: Buffer, signal: AbortSignal): Promise<void> {
    this.schedule(frame);
    while (this.waitMs > 0) await sleep(this.waitMs, undefined, { signal });
  }
}

class PaceTransform extends Transform {
  readonly #pacer: Pacer;
  #timer: NodeJS.Timeout | undefined;

  constructor({ signal, ...options }: PaceOptions) {
    super({ objectMode: true });
    this.#pacer = new Pacer(options);
    // Last: a signal that is aborted already destroys the stage at once.
    if (signal) addAbortSignal(signal, this);
  }

  override _transform(frame: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#pacer.schedule(frame);
    this.#whenDue(() => callback(null, frame));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    callback(error);
  }

  #whenDue(pass: () => void): void {
    const { waitMs } = this.#pacer;
    if (waitMs === 0) pass();
    else this.#timer = setTimeout(() => this.#whenDue(pass), waitMs);
  }
}
