import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { FunAsrError, messageOf } from '../../../core/errors.ts';
import type { OfflineRecognizer, OfflineRecognizerConfig, Sherpa } from '../sherpa.ts';

/** A recognition model that is loaded: samples in, tokens out. */
export interface Decoder {
  /**
   * Decodes one segment of speech without blocking the event loop.
   * @param samples Mono, 16 kHz, from -1 to 1.
   * @throws {FunAsrError} `E_ENGINE`
   */
  decode(samples: Float32Array): Promise<readonly string[]>;
}

/** Where models run. */
export interface DecoderRuntime {
  /** @throws {FunAsrError} `E_ENGINE` */
  load(config: OfflineRecognizerConfig): Promise<Decoder>;
  /** Frees the models. Work in progress may fail. */
  close(): void;
}

/** Runs models on threads of libuv's pool. */
export class ThreadPoolRuntime implements DecoderRuntime {
  readonly #sherpa: Sherpa;

  constructor(sherpa: Sherpa) {
    this.#sherpa = sherpa;
  }

  async load(config: OfflineRecognizerConfig): Promise<Decoder> {
    const model = await this.#sherpa.OfflineRecognizer.createAsync(config).catch(fail);
    return { decode: (samples) => decode(model, samples).catch(fail) };
  }

  /** The garbage collector frees models with the last reference to them. */
  close(): void {}
}

async function decode(model: OfflineRecognizer, samples: Float32Array): Promise<readonly string[]> {
  const stream = model.createStream();
  stream.acceptWaveform({ samples, sampleRate: DEFAULT_SAMPLE_RATE });
  return (await model.decodeAsync(stream)).tokens;
}

function fail(cause: unknown): never {
  throw new FunAsrError('E_ENGINE', `The local engine failed: ${messageOf(cause)}`, { cause });
}
