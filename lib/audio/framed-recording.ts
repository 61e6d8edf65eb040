import { addAbortSignal, Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { FunAsrError, messageOf } from '../core/errors.ts';
import { stage } from '../core/stage.ts';
import { decode } from './decode.ts';
import { type DecodeOptions, decodeFile } from './decode-file.ts';
import { frame } from './frame.ts';
import { pace } from './pace.ts';
import { bytesOf } from '../media/pcm.ts';
import { Skip } from './skip.ts';

/** Options of {@link FramedRecording}. */
export interface FramedRecordingOptions extends DecodeOptions {
  readonly sampleRate: number;
  /** Leaves out the audio before this time, in ms: by the samples that were decoded, not by what a container says. @default 0 */
  readonly fromMs?: number | undefined;
  /** Leaves out the audio from this time on, in ms, counted in the same way. @default to the end */
  readonly untilMs?: number | undefined;
  /** Times real time at the most; undefined for as fast as it goes. */
  readonly rate?: number | undefined;
  /** Stops reading; what was read until then counts as all there is. */
  readonly stop?: AbortSignal | undefined;
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
}

/**
 * A whole recording as frames of PCM, from a path or from a stream of its bytes. It listens to its input from the
 * beginning, and reads when the frames are asked for.
 */
export class FramedRecording {
  readonly #decoder: Readable;
  readonly #frames: Readable;
  readonly #stop: AbortSignal | undefined;
  #isWhole = false;
  #failure: unknown;

  constructor(input: string | Readable, options: FramedRecordingOptions) {
    const { fromMs = 0, untilMs, rate, stop, onWarning, ...decoding } = options;
    const { sampleRate } = decoding;
    this.#decoder = typeof input === 'string' ? decodeFile(input, decoding) : decodeStream(input, decoding);
    if (onWarning) this.#decoder.on('warning', onWarning);
    const skipped = fromMs === 0 ? [] : [stage(new Skip(bytesOf(fromMs, sampleRate)))];
    const paced = rate === undefined ? [] : [pace({ rate, sampleRate })];
    const stages = [
      Readable.from(this.#decoded(untilMs === undefined ? Infinity : bytesOf(untilMs, sampleRate))),
      ...skipped,
      frame({ sampleRate }),
      ...paced,
    ];
    this.#frames = stages.at(-1) as Readable;
    this.#stop = stop;
    if (stop) addAbortSignal(stop, this.#frames);
    // A decoder that waits for its input would not hear otherwise that nobody reads any more.
    this.#frames.once('close', () => this.#decoder.destroy());
    // The failure of any stage arrives where the frames are read.
    pipeline(stages).catch(() => {});
  }

  /** Whether everything was read, to the end of the recording or of the part that was asked for. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** What reading has failed with. */
  get failure(): unknown {
    return this.#failure;
  }

  /** The frames, up to the end, a stop, or a failure: what was read before is worth being recognised in any case. */
  async *frames(): AsyncGenerator<Buffer> {
    try {
      yield* this.#frames as AsyncIterable<Buffer>;
      this.#isWhole = this.#failure === undefined;
    } catch (error) {
      if (!this.#stop?.aborted) this.#failure ??= asReadFailure(error);
    }
  }

  /**
   * Decodes at most so many bytes, and leaves the decoder then. A failure ends the stream like an end: an error would
   * make the later stages drop what they hold.
   */
  async *#decoded(maxBytes: number): AsyncGenerator<Buffer> {
    let left = maxBytes;
    try {
      for await (const chunk of this.#decoder as AsyncIterable<Buffer>) {
        yield left < chunk.length ? chunk.subarray(0, left) : chunk;
        left -= chunk.length;
        if (left <= 0) return;
      }
    } catch (error) {
      if (!this.#frames.destroyed) this.#failure = asReadFailure(error);
    }
  }

  /** Lets the input and the decoder go. */
  async close(): Promise<void> {
    this.#frames.destroy();
    this.#decoder.destroy();
    await Promise.allSettled([finished(this.#frames), finished(this.#decoder)]);
  }
}

/** The failure of either is that of the decoder. */
function decodeStream(input: Readable, options: DecodeOptions): Readable {
  const decoder = decode(options);
  pipeline(input, decoder).catch(() => {});
  return decoder;
}

/** The stages fail with errors of ours; anything else came from the stream that was given. */
function asReadFailure(error: unknown): unknown {
  if (error instanceof FunAsrError || (error instanceof Error && error.name === 'AbortError')) return error;
  return new FunAsrError('E_READ', `the input stream failed: ${messageOf(error)}`, { cause: error });
}
