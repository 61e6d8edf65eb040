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
  /** Gives nothing of what lies before, in ms: by the samples that were decoded, not by what a container says. @default 0 */
  readonly from?: number | undefined;
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
    const { from = 0, rate, stop, onWarning, ...decoding } = options;
    const { sampleRate } = decoding;
    this.#decoder = typeof input === 'string' ? decodeFile(input, decoding) : decodeStream(input, decoding);
    if (onWarning) this.#decoder.on('warning', onWarning);
    const skipped = from === 0 ? [] : [stage(new Skip(bytesOf(from, sampleRate)))];
    const paced = rate === undefined ? [] : [pace({ rate, sampleRate })];
    const stages = [Readable.from(this.#decoded()), ...skipped, frame({ sampleRate }), ...paced];
    this.#frames = stages.at(-1) as Readable;
    this.#stop = stop;
    if (stop) addAbortSignal(stop, this.#frames);
    // A decoder that waits for its input would not hear otherwise that nobody reads any more.
    this.#frames.once('close', () => this.#decoder.destroy());
    // The failure of any stage arrives where the frames are read.
    pipeline(stages).catch(() => {});
  }

  /** Whether everything was read, to the end of the recording. */
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

  /** To the stages behind it a failure is an end: otherwise they would drop what they hold. */
  async *#decoded(): AsyncGenerator<Buffer> {
    try {
      yield* this.#decoder as AsyncIterable<Buffer>;
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
