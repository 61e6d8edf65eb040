import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { FunAsrError, messageOf } from '../../../core/errors.ts';
import { importOptional } from '../../../core/system/optional-package.ts';
import type { PunctuationConfig, RecognizerConfig } from '../../models/local-model.ts';

/** The part of `sherpa-onnx-node` that is used here. The package has no types. */
export interface Sherpa {
  readonly OfflineRecognizer: {
    createAsync(config: RecognizerConfig): Promise<OfflineRecognizer>;
  };
  readonly OnlineRecognizer: new (config: RecognizerConfig) => OnlineRecognizer;
  readonly Vad: new (config: VadConfig, bufferSizeInSeconds: number) => Vad;
  readonly OfflinePunctuation: new (config: PunctuationConfig) => OfflinePunctuation;
}

export interface OfflinePunctuation {
  /** Returns a text with marks. Blocks the thread, for about 10 ms. */
  addPunct(text: string): string;
}

export interface OfflineRecognizer {
  createStream(): OfflineStream;
  /** Decodes on a thread of libuv's pool. */
  decodeAsync(stream: OfflineStream): Promise<OfflineResult>;
}

/** What a model found in some speech. */
export interface SpeechResult {
  readonly text: string;
  readonly tokens: readonly string[];
  /** When each token begins, in seconds from the start of the samples. Empty for models without times. */
  readonly timestamps: readonly number[];
}

/** What a model found in a segment. */
export interface OfflineResult extends SpeechResult {
  /** A tag such as `<|zh|>`. Empty for models without language tags. */
  readonly lang: string;
}

export interface OfflineStream {
  acceptWaveform(wave: { readonly samples: Float32Array; readonly sampleRate: number }): void;
}

/** A streaming model. Its methods block the thread. */
export interface OnlineRecognizer {
  createStream(): OfflineStream;
  /** Whether the stream has samples for another step. */
  isReady(stream: OfflineStream): boolean;
  /** Decodes one step. */
  decode(stream: OfflineStream): void;
  /** What was found since the begin of the stream. */
  getResult(stream: OfflineStream): SpeechResult;
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

/** The package: an optional dependency, because it does not exist for every platform. */
const PACKAGE = 'sherpa-onnx-node';

/**
 * Loads the native library.
 * @param name The package to load.
 * @throws {FunAsrError} `E_ENGINE`
 */
export async function loadSherpa(name: string = PACKAGE): Promise<Sherpa> {
  try {
    return (await importOptional(name)) as Sherpa;
  } catch (error) {
    throw unavailable(messageOf(error), error);
  }
}

/**
 * Finds the main file of the package without loading its native library.
 * @throws {FunAsrError} `E_ENGINE`
 */
export async function findSherpa(): Promise<string> {
  // This module of the package has no native code. After the import, Node knows its path, also in a bundle.
  const exported = await importOptional(`${PACKAGE}/types.js`).catch((error: unknown) => {
    throw unavailable(messageOf(error), error);
  });
  const modules = Object.values(nodeModule.createRequire(process.execPath).cache);
  const file = modules.find((module) => module?.exports === exported)?.filename;
  if (file === undefined) throw unavailable(`the folder of ${PACKAGE} was not found`);
  return join(dirname(file), 'sherpa-onnx.js');
}

/** The error when the native library cannot be loaded. */
export function unavailable(message: string, cause?: unknown): FunAsrError {
  const [reason] = message.split('\n');
  return new FunAsrError(
    'E_ENGINE',
    `The local engine cannot run on ${process.platform}-${process.arch}: ${reason}`,
    {
      hint: `Install ${PACKAGE} (an optional dependency: npm must not omit those), or set DASHSCOPE_API_KEY to use the cloud.`,
      cause,
    },
  );
}
