import { Transform, type TransformCallback } from 'node:stream';
import { abortSignal, checkOptions, number } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';
import { DEFAULT_SAMPLE_RATE, durationOf, sampleRateRule } from '../media/pcm.ts';

/** The stage that {@link pace} makes: frames in, the same frames out. */
export interface PaceStream extends TypedDuplex<DuplexEvents<Buffer>> {}

/** Options of {@link pace}. */
export interface PaceOptions extends StageOptions {
  /** Multiple of real time; 1 is as fast as the audio was spoken. @default 1 */
  readonly rate?: number | undefined;
  /** Samples per second of the PCM. @default 16000 */
  readonly sampleRate?: number | undefined;
}

/**
 * Frames of s16le mono PCM → the same frames, not faster than `rate` × real time: each leaves when its last sample
 * would have been spoken. Put it behind `frame()`, for a larger chunk waits longer.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function pace(options: PaceOptions = {}): PaceStream {
  checkOptions('pace', options, {
    rate: number(0.01, 1000),
    sampleRate: sampleRateRule,
    signal: abortSignal,
  });
  return new Pace(options);
}

/** Timers fire late: so much is made good. A longer pause of the source or the reader is not, or it would end in a burst. */
const LATENESS_MS = 250;

class Pace extends Transform {
  readonly #rate: number;
  readonly #sampleRate: number;
  /** When the last frame was to leave, on the monotonic clock. */
  #due = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ rate = 1, sampleRate = DEFAULT_SAMPLE_RATE, signal }: PaceOptions) {
    super({ objectMode: true, ...(signal && { signal }) });
    this.#rate = rate;
    this.#sampleRate = sampleRate;
  }

  override _transform(frame: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const now = performance.now();
    const start = this.#due === 0 ? now : Math.max(this.#due, now - LATENESS_MS);
    this.#due = start + durationOf(frame.length, this.#sampleRate) / this.#rate;
    this.#whenDue(() => callback(null, frame));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    callback(error);
  }

  #whenDue(leave: () => void): void {
    const wait = this.#due - performance.now();
    // A timer may fire a fraction of a ms early, hence the second look.
    if (wait <= 0) leave();
    else this.#timer = setTimeout(() => this.#whenDue(leave), Math.ceil(wait));
  }
}
