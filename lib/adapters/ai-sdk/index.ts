/** Transcription models for the AI SDK: the public interface of `fun-asr-streams/ai-sdk`. */
export { createFunAsr, type FunAsrProvider, type FunAsrTranscriptionModel } from './provider.ts';
export type {
  FunAsrLiveOptions,
  FunAsrModelId,
  FunAsrProviderOptions,
  FunAsrRecordingOptions,
} from './provider-options.ts';
export type { TranscriptionModelV4 } from './specification.ts';
