import { FunAsrError, messageOf } from '../../core/errors.ts';
import { collapseRepeats } from './repeats.ts';
import type { RecogniserFiles } from '../models/catalogue.ts';
import type { OfflineRecognizer, OfflineStream, Sherpa } from './sherpa.ts';

/** Samples of silence that the model wants behind the speech to end its text well (0.4 s). */
export const TRAILING_SILENCE = 6_400;

/** Nobody speaks faster: what a model writes beyond it is invented. */
const TOKENS_PER_SECOND = 7;
const TOKENS_BESIDE = 4;

/** Writes down what is said in one stretch of speech. */
export class Recogniser {
  readonly #model: OfflineRecognizer;

  private constructor(model: OfflineRecognizer) {
    this.#model = model;
  }

  /** @param pathOf Where a file of the model is. */
  static async load(
    sherpa: Sherpa,
    files: RecogniserFiles,
    pathOf: (name: string) => string,
  ): Promise<Recogniser> {
    const { encoder, mergedDecoder } = files.moonshine;
    const model = await sherpa.OfflineRecognizer.createAsync({
      featConfig: { sampleRate: 16_000, featureDim: 80 },
      modelConfig: {
        moonshine: { encoder: pathOf(encoder), mergedDecoder: pathOf(mergedDecoder) },
        tokens: pathOf(files.tokens),
        // One thread for each segment: two segments side by side use two cores better than one on both.
        numThreads: 1,
        provider: 'cpu',
      },
    });
    return new Recogniser(model);
  }

  /**
   * Off the event loop, on a thread of libuv's pool.
   * @throws {FunAsrError} `E_ENGINE`
   * @param samples At most some 15 s at 16 kHz, with {@link TRAILING_SILENCE} behind them.
   */
  async recognise(samples: Float32Array): Promise<string> {
    const stream = this.#model.createStream();
    stream.acceptWaveform({ samples, sampleRate: 16_000 });
    const tokens = await this.#decode(stream);
    const most = Math.ceil((samples.length / 16_000) * TOKENS_PER_SECOND) + TOKENS_BESIDE;
    return collapseRepeats(tokens.slice(0, most).join('').trim());
  }

  async #decode(stream: OfflineStream): Promise<readonly string[]> {
    try {
      return (await this.#model.decodeAsync(stream)).tokens;
    } catch (error) {
      throw new FunAsrError('E_ENGINE', `The local engine failed: ${messageOf(error)}`, { cause: error });
    }
  }
}
