import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { FunAsrError, messageOf } from '../../../core/errors.ts';
import { ChildRuntime } from './child-runtime.ts';
import type { Decoder, Punctuator, Runtime, StreamingDecoder, VoiceDetector } from './runtime.ts';
import type { PunctuationConfig, RecognizerConfig } from '../../models/local-model.ts';
import { findSherpa, type OfflineRecognizer, type OfflineResult, type Sherpa } from './sherpa.ts';
import { detectSpeech, VAD_BUFFER_SECONDS, vadConfig, type VoiceActivity, WINDOW } from './voice-activity.ts';

/**
 * Runs the native library in this process: speech models on threads of libuv's pool, voice detectors and punctuation models
 * on this thread. Streaming models run in a child process: sherpa-onnx decodes them on the thread that calls it.
 */
export class InProcessRuntime implements Runtime {
  readonly #sherpa: Sherpa;
  /** Undefined without streaming models. */
  #child: Promise<ChildRuntime> | undefined;

  constructor(sherpa: Sherpa) {
    this.#sherpa = sherpa;
  }

  async loadModel(config: RecognizerConfig): Promise<Decoder> {
    const model = await this.#sherpa.OfflineRecognizer.createAsync(config).catch(fail);
    return { decode: (samples) => decode(model, samples).catch(fail) };
  }

  async loadStreamingModel(config: RecognizerConfig): Promise<StreamingDecoder> {
    this.#child ??= findSherpa().then((file) => new ChildRuntime(file));
    return await (await this.#child).loadStreamingModel(config);
  }

  async loadPunctuation(config: PunctuationConfig): Promise<Punctuator> {
    try {
      const model = new this.#sherpa.OfflinePunctuation(config);
      return { addMarks: async (text) => model.addPunct(text) };
    } catch (error) {
      return fail(error);
    }
  }

  openDetector(model: string): VoiceDetector {
    const vad = new this.#sherpa.Vad(vadConfig(model), VAD_BUFFER_SECONDS);
    const activity: VoiceActivity = { vad, run: 0 };
    return {
      detect: async (samples) => detectSpeech(activity, samples, WINDOW),
      reset() {
        vad.reset();
        activity.run = 0;
      },
      release() {},
    };
  }

  /** The garbage collector frees models of this process with the last reference to them. */
  close(): void {
    this.#child?.then(
      (child) => child.close(),
      () => {},
    );
  }
}

async function decode(model: OfflineRecognizer, samples: Float32Array): Promise<OfflineResult> {
  const stream = model.createStream();
  stream.acceptWaveform({ samples, sampleRate: DEFAULT_SAMPLE_RATE });
  return await model.decodeAsync(stream);
}

function fail(cause: unknown): never {
  throw new FunAsrError('E_ENGINE', `The local engine failed: ${messageOf(cause)}`, { cause });
}
