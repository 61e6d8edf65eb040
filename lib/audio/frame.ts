import { abortSignal, checkOptions } from '../core/options.ts';
import { stage, type StageOptions, type Step } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';
import { BYTES_PER_SAMPLE, bytesOf, DEFAULT_SAMPLE_RATE, sampleRateRule } from '../media/pcm.ts';

/** Duration of a frame in ms, as the service recommends it (official Python SDK page). */
export const FRAME_MS = 100;

/** The stage that {@link frame} makes: PCM in, frames out. */
export interface FrameStream extends TypedDuplex<DuplexEvents<Buffer>> {}

/** Options of {@link frame}. */
export interface FrameOptions extends StageOptions {
  /** Samples per second of the PCM. @default 16000 */
  readonly sampleRate?: number | undefined;
}

/**
 * s16le mono PCM, cut anywhere → Buffers of exactly 100 ms (3200 bytes at 16 kHz), the last one shorter. Half a
 * sample at the very end is dropped. A frame may share its memory with the chunk that contained it.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function frame(options: FrameOptions = {}): FrameStream {
  checkOptions('frame', options, { sampleRate: sampleRateRule, signal: abortSignal });
  const { sampleRate = DEFAULT_SAMPLE_RATE, signal } = options;
  return stage(new Framer(bytesOf(FRAME_MS, sampleRate)), {
    readableObjectMode: true,
    ...(signal && { signal }),
  });
}

/** Cuts frames out of chunks. Copies only the bytes of frames that span two chunks. */
export class Framer implements Step<Buffer, Buffer> {
  readonly #size: number;
  #partial: Buffer;
  #filled = 0;

  constructor(size: number) {
    this.#size = size;
    this.#partial = Buffer.allocUnsafe(size);
  }

  *feed(chunk: Buffer): Iterable<Buffer> {
    let at = 0;
    if (this.#filled > 0) {
      at = this.#fill(chunk);
      if (this.#filled < this.#size) return;
      yield this.#take();
    }
    for (; at + this.#size <= chunk.length; at += this.#size) yield chunk.subarray(at, at + this.#size);
    this.#fill(chunk.subarray(at));
  }

  *end(): Iterable<Buffer> {
    const last = this.#take();
    if (last.length > 0) yield last;
  }

  #fill(bytes: Buffer): number {
    const copied = bytes.copy(this.#partial, this.#filled, 0, this.#size - this.#filled);
    this.#filled += copied;
    return copied;
  }

  #take(): Buffer {
    const taken = this.#partial.subarray(0, this.#filled - (this.#filled % BYTES_PER_SAMPLE));
    this.#partial = Buffer.allocUnsafe(this.#size);
    this.#filled = 0;
    return taken;
  }
}
