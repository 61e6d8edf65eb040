import { FunAsrError } from '../../core/errors.ts';
import { checkArgument, checkOptions, text } from '../../core/options.ts';
import { checkInstalledVersion } from '../../core/system/installed-package.ts';
import {
  backendOptions,
  type FunAsrModelId,
  type FunAsrProviderOptions,
  PROVIDER_RULES,
} from './provider-options.ts';
import type { TranscriptionModelV4 } from './specification.ts';
import { transcribeRecording } from './transcribe-recording.ts';
import { transcribeStream } from './transcribe-stream.ts';

/** A transcription model for `transcribe` and `experimental_streamTranscribe` of the AI SDK. */
export type FunAsrTranscriptionModel = TranscriptionModelV4 & {
  readonly doStream: NonNullable<TranscriptionModelV4['doStream']>;
};

/** A provider of the AI SDK that has transcription models only. */
export interface FunAsrProvider {
  readonly specificationVersion: 'v4';
  /** Makes a transcription model. @param model @default 'auto' */
  transcription(model?: FunAsrModelId): FunAsrTranscriptionModel;
  /** The same, for the registry of providers. */
  transcriptionModel(model: FunAsrModelId): FunAsrTranscriptionModel;
  /** @throws {FunAsrError} `E_OPTION`: there are no such models. */
  languageModel(model: string): never;
  /** @throws {FunAsrError} `E_OPTION`: there are no such models. */
  embeddingModel(model: string): never;
  /** @throws {FunAsrError} `E_OPTION`: there are no such models. */
  imageModel(model: string): never;
}

/**
 * Makes a provider for the AI SDK (`ai`, version 7): its transcription models recognise with Fun-ASR in the cloud, with the
 * local engine, or with a FunASR runtime server. A recognition recovers from failures as `transcribe` of this package does,
 * and fails with a `FunAsrError`.
 * @throws {FunAsrError} `E_OPTION`; `E_PACKAGE` when another version of `ai` is installed.
 */
export function createFunAsr(options: FunAsrProviderOptions = {}): FunAsrProvider {
  checkOptions('createFunAsr', options, PROVIDER_RULES);
  checkInstalledVersion({ name: 'ai', major: 7, owner: 'fun-asr-streams/ai-sdk' });
  const settings = { ...options };
  const transcription = (model: FunAsrModelId = 'auto'): FunAsrTranscriptionModel => {
    checkArgument('transcription', 'the model', model, text);
    // An impossible choice is refused here, before the first call.
    backendOptions(settings, model);
    return {
      specificationVersion: 'v4',
      provider: 'fun-asr.transcription',
      modelId: model,
      doGenerate: (call) => transcribeRecording(settings, model, call),
      doStream: (call) => transcribeStream(settings, model, call),
    };
  };
  return {
    specificationVersion: 'v4',
    transcription,
    transcriptionModel: transcription,
    languageModel: (model) => noModel('language', model),
    embeddingModel: (model) => noModel('embedding', model),
    imageModel: (model) => noModel('image', model),
  };
}

function noModel(kind: string, model: string): never {
  throw new FunAsrError(
    'E_OPTION',
    `Fun-ASR has no ${kind} model ${model}: it has transcription models only`,
    {
      hint: 'Use transcription(model).',
    },
  );
}
