import type { PcmShape } from '../../media/pcm.ts';
import { writeChunk } from '../source/replayable.ts';
import { words } from './arguments/input-arguments.ts';
import { FfmpegProcess } from './ffmpeg-process.ts';

/** Options of {@link ClockedEncoder}. */
export interface ClockedEncoderOptions {
  /** The PCM of the source, with silence in its gaps. Its first piece comes after the metadata are known. */
  readonly pcm: AsyncGenerator<Buffer, void, void>;
  readonly metadata: () => ReadonlyMap<string, string>;
  readonly shape: Omit<PcmShape, 'format'>;
  /** The FFmpeg to use. */
  readonly ffmpegPath: string;
  /** FFmpeg's arguments for an input and further arguments for the output. */
  readonly encode: (input: readonly string[], output: readonly string[]) => string[];
  readonly signal: AbortSignal;
}

/** Encodes PCM that is being decoded: the output of one FFmpeg is the input of a second one. */
export class ClockedEncoder {
  readonly #options: ClockedEncoderOptions;
  #process: FfmpegProcess | undefined;
  #failure: unknown;
  /** Whether the encoder waits for the decoder, whose own limits apply. */
  #isWaiting = true;

  constructor(options: ClockedEncoderOptions) {
    this.#options = options;
  }

  /** The encoder; undefined before the first {@link read}. */
  get process(): FfmpegProcess | undefined {
    return this.#process;
  }

  /**
   * The next bytes of the encoder's output; undefined at its end.
   * @throws {FunAsrError} what {@link FfmpegProcess.read} throws, of either process.
   */
  async read(): Promise<Buffer | undefined> {
    this.#process ??= await this.#start();
    const chunk = await this.#process.read();
    if (chunk === undefined && this.#failure !== undefined) throw this.#failure;
    return chunk;
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
    await this.#options.pcm.return();
  }

  /** Starts the encoder once the first PCM shows the metadata of the source. */
  async #start(): Promise<FfmpegProcess> {
    const { ffmpegPath, encode, signal, shape, metadata } = this.#options;
    const pcm = this.#pcm();
    const first = await pcm.next();
    const { sampleRate, channels } = shape;
    const tags = [...metadata()].flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
    const input = words(`-protocol_whitelist pipe -f s16le -ar ${sampleRate} -ac ${channels} -i pipe:0`);
    return new FfmpegProcess(ffmpegPath, encode(input, tags), {
      signal,
      isStarving: () => this.#isWaiting,
      feed: async (stdin) => {
        if (!first.done) await writeChunk(stdin, first.value);
        for await (const piece of pcm) {
          this.#isWaiting = false;
          await writeChunk(stdin, piece);
          this.#isWaiting = true;
        }
        stdin.end();
      },
    });
  }

  async *#pcm(): AsyncGenerator<Buffer, void, void> {
    try {
      yield* this.#options.pcm;
    } catch (error) {
      this.#failure = error;
    }
  }
}
