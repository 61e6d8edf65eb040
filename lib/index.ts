// In the order of the pipeline: audio, recognition, subtitles, and what wires them.
export { capture, type CaptureOptions } from './audio/capture.ts';
export {
  type CaptureDevice,
  captureDevices,
  type CaptureDevicesOptions,
} from './audio/capture-devices.ts';
export type { Conversion } from './audio/conversion.ts';
export { convert, type ConvertOptions } from './audio/convert.ts';
export { convertFile, type ConvertFileOptions } from './audio/convert-file.ts';
export type { ConvertObserver } from './audio/convert-into.ts';
export { decode } from './audio/decode.ts';
export { type DecodeOptions, decodeFile } from './audio/decode-file.ts';
export type { ConversionFormat, EncodingOptions } from './audio/encoding.ts';
export type { PcmShape, SampleFormat } from './audio/ffmpeg-arguments.ts';
export { findFfmpeg, type Ffmpeg, type FindFfmpegOptions } from './audio/ffmpeg.ts';
export { frame, type FrameOptions } from './audio/frame.ts';
export { pace, type PaceOptions } from './audio/pace.ts';
export { type Probe, probe, type ProbeOptions } from './audio/probe.ts';
export { resample, type ResampleOptions } from './audio/resample.ts';
export {
  DEFAULT_MODEL,
  MODELS,
  MODELS_AS_OF,
  type Model,
  type Price,
  type Region,
} from './recognition/models.ts';
export type { AudioFormat } from './recognition/format-check.ts';
export {
  CHANNELS,
  type ConnectionDiagnostics,
  type Diagnostics,
  type Gap,
  type Reconnect,
  type TaskDiagnostics,
  type WireDiagnostics,
} from './recognition/diagnostics.ts';
export type { Limits } from './recognition/limits.ts';
export type { RecognitionMetrics } from './recognition/metrics.ts';
export {
  Recognition,
  type RecognitionCallback,
  type RecognitionEvents,
  type RecognitionOptions,
} from './recognition/recognition.ts';
export { RecognitionResult } from './recognition/recognition-result.ts';
export type { RecognitionParameters } from './recognition/parameters.ts';
export { type RecognizeOptions, recognize } from './recognition/recognize.ts';
export { traceWire } from './recognition/wire-trace.ts';
export type { AccountOptions } from './account/account.ts';
export type { HotWord } from './account/hot-words.ts';
export { createTemporaryKey, type TemporaryKey, type TemporaryKeyOptions } from './account/temporary-key.ts';
export {
  createVocabulary,
  type CreateVocabularyOptions,
  deleteVocabulary,
  listVocabularies,
  type ListVocabulariesOptions,
  queryVocabulary,
  updateVocabulary,
  type Vocabulary,
  type VocabularySummary,
} from './account/vocabulary.ts';
export { vocabularyReady, type VocabularyReadyOptions } from './account/vocabulary-ready.ts';
export {
  type FinalSentence,
  isSentenceEnd,
  type LastSentence,
  type Sentence,
  type Word,
} from './sentence.ts';
export { json } from './subtitles/json.ts';
export { jsonl } from './subtitles/jsonl.ts';
export { sentenceEnd } from './subtitles/sentence-end.ts';
export { type CueOptions } from './subtitles/cue-step.ts';
export type { SubtitleLanguage } from './subtitles/profile.ts';
export { srt } from './subtitles/srt.ts';
export { text } from './subtitles/text.ts';
export { tsv } from './subtitles/tsv.ts';
export { vtt } from './subtitles/vtt.ts';
export { type ChosenEngine, chooseEngine, type EngineName, type EngineOptions } from './engine.ts';
export {
  type TranscribeEnd,
  type TranscribeOptions,
  type TranscribeProgress,
  transcribe,
} from './transcribe.ts';
export type {
  Engine,
  EngineSentence,
  EngineStream,
  EngineStreamOptions,
  UnrecognizedSpeech,
} from './service/engine.ts';
export { type LocalEngineOptions, openLocalEngine } from './service/engine/local-engine.ts';
export type { PullProgress } from './service/engine/model-pull.ts';
export type { SessionParts, Interceptor } from './service/interceptor.ts';
export type { ClientMessage, Link } from './service/link.ts';
export { type Service, type ServiceOptions, startService } from './service/service.ts';
export {
  ERROR_CODES,
  type ErrorCode,
  FunAsrError,
  type FunAsrErrorDetails,
  type TimeSpan,
} from './errors.ts';
