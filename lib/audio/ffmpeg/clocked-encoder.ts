import type { Writable } from 'node:stream';
import type { ClockedPcm, ClockedShape } from '../clock/clocked-pcm.ts';
import { words } from './arguments.ts';
import { FfmpegProcess } from './ffmpeg-process.ts';

/** Options of {@link ClockedEncoder}. */
export interface ClockedEncoderOptions {
  /** Writes timed PCM. */
  readonly decoder: FfmpegProcess;
  readonly clocked: ClockedPcm;
  readonly shape: Required<ClockedShape>;
  /** The FFmpeg to use. */
  readonly ffmpegPath: string;
  /** FFmpeg's arguments for an input and further arguments for the output. */
  readonly encode: (input: readonly string[], output: readonly string[]) => string[];
  readonly signal: AbortSignal;
}

/**
 * Encodes decoded audio, with silence in its gaps: the output of one FFmpeg is the input of a second one, and the
 * clock is followed between them.
 */
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
    await Promise.all([this.#process?.kill(), this.#options.decoder.kill()]);
  }

  /** Starts the encoder once the first PCM shows the metadata of the source. */
  async #start(): Promise<FfmpegProcess> {
    const { ffmpegPath, encode, signal, shape, clocked } = this.#options;
    const pcm = this.#pcm();
    const first = await pcm.next();
    const { sampleRate, channels } = shape;
    const metadata = [...clocked.metadata].flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
    const input = words(`-protocol_whitelist pipe -f s16le -ar ${sampleRate} -ac ${channels} -i pipe:0`);
    return new FfmpegProcess(ffmpegPath, encode(input, metadata), {
      signal,
      isStarving: () => this.#isWaiting,
      feed: async (stdin) => {
        if (!first.done) await write(stdin, first.value);
        for await (const piece of pcm) {
          this.#isWaiting = false;
          await write(stdin, piece);
          this.#isWaiting = true;
        }
        stdin.end();
      },
    });
  }

  async *#pcm(): AsyncGenerator<Buffer, void, void> {
    const { decoder, clocked } = this.#options;
    try {
      for (let chunk = await decoder.read(); chunk !== undefined; chunk = await decoder.read())
        yield* clocked.feed(chunk, (await decoder.log.description)?.startMs);
    } catch (error) {
      this.#failure = error;
    }
  }
}

function write(stdin: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stdin.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
