import type { Readable } from 'node:stream';
import type { FunAsrError } from '../core/errors.ts';
import { throughSteps } from '../core/stage.ts';
import { bytesOf } from '../media/pcm.ts';
import type { DecodeOptions } from './decode-file.ts';
import { decoderOf } from './ffmpeg/decode-audio.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { FRAME_MS, Framer } from './frame.ts';
import { Pacer } from './pace.ts';
import { Skip } from './skip.ts';
import { abortError, type AudioInput, audioInput, withSource } from './source/audio-source.ts';

/** Options of {@link RecordingReader}. */
export interface RecordingReaderOptions extends DecodeOptions {
  readonly sampleRate: number;
  /** Name of the recording, for messages. @default its path */
  readonly name?: string | undefined;
  /** Languages of the preferred audio track, when none is chosen. */
  readonly languages?: readonly string[] | undefined;
  /** Skips the audio before this time, in ms: counted in decoded samples. @default 0 */
  readonly fromMs?: number | undefined;
  /** Ends before the audio from this time on, in ms, counted in the same way. @default at the end */
  readonly untilMs?: number | undefined;
  /** Maximum speed as a multiple of real time. @default unlimited */
  readonly rate?: number | undefined;
  /** Stops reading, which is not a failure. */
  readonly stop?: AbortSignal | undefined;
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
}

/**
 * Reads a recording, from a path or from a stream of its bytes, as frames of PCM. Decoding starts with the first
 * frame that is pulled, and goes no further than the frames that are.
 */
export class RecordingReader {
  readonly #input: AudioInput;
  readonly #options: RecordingReaderOptions;
  readonly #closed = new AbortController();
  readonly #signal: AbortSignal;
  #frames: AsyncGenerator<Buffer, void, void> | undefined;
  #isComplete = false;
  #failure: unknown;

  constructor(input: string | Readable, options: RecordingReaderOptions) {
    const { signal, stop } = options;
    this.#input = audioInput(input);
    this.#options = options;
    this.#signal = AbortSignal.any([
      this.#closed.signal,
      ...(signal ? [signal] : []),
      ...(stop ? [stop] : []),
    ]);
  }

  /** Whether the recording, or the requested part of it, was read to its end. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Error that ended the reading; undefined after a complete recording, and after a stop. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * The frames up to the end, a stop, or a failure. A failure ends the frames and is kept in {@link failure},
   * because everything before it is still to be recognised.
   */
  frames(): AsyncGenerator<Buffer, void, void> {
    this.#frames ??= this.#read();
    return this.#frames;
  }

  /** Stops the decoder and destroys the input. Resolves when FFmpeg has exited. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.frames().return();
    if (typeof this.#input !== 'string') this.#input.destroy();
  }

  async *#read(): AsyncGenerator<Buffer, void, void> {
    const { fromMs = 0, rate, sampleRate } = this.#options;
    const skips = fromMs === 0 ? [] : [new Skip(bytesOf(fromMs, sampleRate))];
    const steps = [...skips, new Framer(bytesOf(FRAME_MS, sampleRate))];
    const pacer = rate === undefined ? undefined : new Pacer({ rate, sampleRate });
    try {
      for await (const frame of throughSteps(this.#decoded(), steps)) {
        await pacer?.wait(frame, this.#signal);
        if (this.#signal.aborted) throw abortError(this.#signal);
        yield frame;
      }
      this.#isComplete = this.#failure === undefined && !this.#signal.aborted;
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * The PCM up to the end of the requested part. A failure ends it normally, so that the steps after it pass on what
   * they hold.
   */
  async *#decoded(): AsyncGenerator<Buffer, void, void> {
    const { name, ffmpegPath, onWarning, sampleRate, untilMs } = this.#options;
    const { channels, centre, audioTrack, languages, maxDurationMs } = this.#options;
    const output = { sampleRate, channels, centre, audioTrack, languages, maxDurationMs };
    const context = { signal: this.#signal, warn: (warning: FunAsrError) => onWarning?.(warning) };
    let left = untilMs === undefined ? Infinity : bytesOf(untilMs, sampleRate);
    try {
      const ffmpeg = await findFfmpeg({ ffmpegPath });
      const decoded = withSource(this.#input, this.#signal, decoderOf(ffmpeg, context, output), { name });
      for await (const pcm of decoded) {
        yield left < pcm.length ? pcm.subarray(0, left) : pcm;
        left -= pcm.length;
        if (left <= 0) return;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** An error after a stop is its consequence, and not a failure. */
  #fail(error: unknown): void {
    if (!this.#options.stop?.aborted && !this.#closed.signal.aborted) this.#failure ??= error;
  }
}
