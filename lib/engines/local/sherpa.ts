import { FunAsrError, messageOf } from '../../core/errors.ts';
import { importOptional } from '../../core/system/optional-package.ts';
import type { SpeechModelConfig } from '../models/local-model.ts';

/** The part of `sherpa-onnx-node` that is used here. The package has no types. */
export interface Sherpa {
  readonly OfflineRecognizer: {
    createAsync(config: OfflineRecognizerConfig): Promise<OfflineRecognizer>;
  };
  readonly Vad: new (config: VadConfig, bufferSizeInSeconds: number) => Vad;
}

export interface OfflineRecognizer {
  createStream(): OfflineStream;
  /** Decodes on a thread of libuv's pool. */
  decodeAsync(stream: OfflineStream): Promise<{ readonly text: string; readonly tokens: readonly string[] }>;
}

export interface OfflineStream {
  acceptWaveform(wave: { readonly samples: Float32Array; readonly sampleRate: number }): void;
}

export interface OfflineRecognizerConfig {
  readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
  /** The configuration of one family of models, with `numThreads` and `provider`. */
  readonly modelConfig: SpeechModelConfig;
}

export interface Vad {
  acceptWaveform(samples: Float32Array): void;
  isDetected(): boolean;
  isEmpty(): boolean;
  pop(): void;
  flush(): void;
  reset(): void;
}

export interface VadConfig {
  readonly sileroVad: {
    readonly model: string;
    readonly threshold: number;
    readonly minSilenceDuration: number;
    readonly minSpeechDuration: number;
    readonly maxSpeechDuration: number;
    readonly windowSize: number;
  };
  readonly sampleRate: number;
  readonly numThreads: number;
  readonly provider: 'cpu';
}

/**
 * Loads the native library, an optional dependency: it does not exist for every platform.
 * @param name The package to load.
 * @throws {FunAsrError} `E_ENGINE`
 */
export async function loadSherpa(name = 'sherpa-onnx-node'): Promise<Sherpa> {
  try {
    return (await importOptional(name)) as Sherpa;
  } catch (error) {
    const [reason] = messageOf(error).split('\n');
    throw new FunAsrError(
      'E_ENGINE',
      `The local engine cannot run on ${process.platform}-${process.arch}: ${reason}`,
      {
        hint: 'Install sherpa-onnx-node (an optional dependency: npm must not omit those), or set DASHSCOPE_API_KEY to use the cloud.',
        cause: error,
      },
    );
  }
}
