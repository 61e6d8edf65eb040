// The public API, in the order of the pipeline.

// Audio
export { type Probe, probe, type ProbedTrack, type ProbeOptions } from './audio/probe.ts';
export {
  type CaptureDevice,
  captureDevices,
  type CaptureDevicesOptions,
} from './audio/capture/capture-devices.ts';
export { capture, type CaptureOptions, type CaptureStream } from './audio/capture.ts';
export { decode, type DecodeStream } from './audio/decode.ts';
export {
  decodeOpus,
  type DecodeOpusOptions,
  type DecodeOpusStream,
  type OpusPacket,
} from './audio/decode-opus.ts';
export { decodeFile, type DecodeFileStream, type DecodeOptions } from './audio/decode-file.ts';
export { resample, type ResampleOptions, type ResampleStream } from './audio/resample.ts';
export { frame, type FrameOptions, type FrameStream } from './audio/frame.ts';
export { pace, type PaceOptions, type PaceStream } from './audio/pace.ts';
export { record, type RecordOptions, type RecordStream } from './audio/record.ts';
export { convert, type ConvertOptions, type ConvertStream } from './audio/convert.ts';
export { convertFile, type ConvertFileOptions } from './audio/convert-file.ts';
export type { Conversion } from './audio/ffmpeg/convert-audio.ts';
export type { ConvertObserver } from './audio/convert-into.ts';
export type { ConversionFormat, EncodingOptions } from './audio/ffmpeg/encoding.ts';
export { findFfmpeg, type Ffmpeg, type FindFfmpegOptions } from './audio/ffmpeg/find-ffmpeg.ts';
export type { AudioEvents, AudioSourceEvents } from './audio/source/audio-events.ts';
export type {
  RecordingInput,
  WebBlob,
  WebByteReader,
  WebByteStream,
} from './audio/source/recording-input.ts';
export { AUDIO_FORMATS, type AudioFormat, type EncodedFormat } from './media/audio-format.ts';
export { type PcmShape, SAMPLE_FORMATS, type SampleFormat } from './media/pcm.ts';

// Recognition
export { recognize, type RecognizeOptions } from './recognize.ts';
export type { RecognizeStreamOptions } from './recognition/recognize-stream.ts';
export type { RecognizeEvents, RecognizeStream } from './recognition/events/recognize-events.ts';
export {
  Recognition,
  type RecognitionEvents,
  type RecognitionOptions,
} from './recognition/recognition.ts';
export type { RecognitionCallback } from './recognition/recognition-callback.ts';
export { RecognitionResult, type RecognitionResultJson } from './recognition/recognition-result.ts';
export type { Limits } from './recognition/task/client-limits.ts';
export type { RecognitionMetrics } from './recognition/events/metrics.ts';
export {
  CHANNELS,
  type ConnectionDiagnostics,
  type Diagnostics,
  type Gap,
  type RecognitionDiagnostics,
  type RecognizedBy,
  type Reconnect,
  type RecordingDiagnostics,
  type TaskDiagnostics,
  type WireDiagnostics,
  type WithRecognitionId,
} from './recognition/events/diagnostics.ts';
export { traceWire } from './recognition/events/wire-trace.ts';
export {
  CLOUD_MODELS,
  CLOUD_MODELS_AS_OF,
  type CloudModel,
  DEFAULT_CLOUD_MODEL,
  type ModelFamily,
  type Price,
  type TokenPrice,
} from './protocol/cloud-models.ts';
export type { ContextMessage, RecognitionContext } from './protocol/context.ts';
export type { InlineVocabulary } from './protocol/inline-vocabulary.ts';
export type { ParameterName, RecognitionParameters } from './protocol/parameters.ts';
export type { Region } from './protocol/addresses.ts';
export type { CredentialOptions } from './protocol/credentials.ts';
export type { EndpointOptions } from './protocol/endpoint.ts';

// Sentences and subtitles
export {
  type FinalSentence,
  isSentenceEnd,
  type LastSentence,
  type Sentence,
  type Word,
} from './sentence.ts';
export { sentenceEnd, type SentenceEndStream } from './subtitles/sentence-end.ts';
export { captions, type CaptionsOptions, type CaptionsStream } from './subtitles/captions.ts';
export {
  vttSegments,
  type VttSegment,
  type VttSegmentOptions,
  type VttSegmentsStream,
} from './subtitles/vtt-segments.ts';
export type { Caption } from './subtitles/captions/rolling-lines.ts';
export { srt } from './subtitles/srt.ts';
export { vtt } from './subtitles/vtt.ts';
export { ass } from './subtitles/ass.ts';
export { lrc } from './subtitles/lrc.ts';
export { text, type TextOptions } from './subtitles/text.ts';
export { jsonl } from './subtitles/jsonl.ts';
export { json, type JsonOptions, type JsonShape } from './subtitles/json.ts';
export { tsv } from './subtitles/tsv.ts';
export type { LineEndOptions, SubtitleEvents, SubtitleStream } from './subtitles/writer.ts';
export type { CueOptions, LayoutOptions } from './subtitles/cues/cue-options.ts';
export { PROFILE_NAMES, type ProfileName } from './subtitles/profiles/platforms.ts';
export { SUBTITLE_LANGUAGES, type SubtitleLanguage } from './subtitles/profiles/language.ts';

// All stages in one function
export { transcribe } from './transcribe.ts';
export { type TranscribeOptions } from './transcribe-options.ts';
export type {
  TranscribeCallbacks,
  TranscribeEnd,
  TranscribeEvent,
  TranscribeEventMap,
  TranscribeProgress,
} from './transcribe-events.ts';

// Engines
export type { Backend, BackendName, UnrecognizedContext } from './engines/backend.ts';
export type { CountedTask, StartLimiter } from './protocol/service-limits.ts';
export { type BackendOptions, chooseBackend } from './engines/choose-backend.ts';
export type { EngineName, EngineOption } from './engines/engine-option.ts';
export {
  type FunAsrRuntimeOptions,
  type FunAsrRuntimeSettings,
  openFunAsrRuntime,
} from './engines/funasr/runtime-engine.ts';
export type { RuntimeMode } from './engines/funasr/runtime-messages.ts';
export { type LocalEngineOptions, openLocalEngine } from './engines/local/local-engine.ts';
export type { LocalModelName } from './engines/models/catalogue/catalogue.ts';
export { pullModel, type PullOptions, type PullProgress } from './engines/models/model-pull.ts';
export type { HostFailure } from './engines/models/pull/hosted-files.ts';
export {
  listModels,
  type ModelState,
  type ModelStoreOptions,
  removeModel,
} from './engines/models/model-store.ts';
export type {
  Engine,
  EngineSentence,
  EngineStream,
  EngineStreamOptions,
  UnrecognizedSpeech,
} from './service/engine.ts';

// The local service
export { type Service, type ServiceOptions, type ServiceTimers, startService } from './service/service.ts';
export type { Rejection } from './service/admission.ts';
export type { Door, DoorService, OpenDoor } from './service/door.ts';
export { openAiDoor } from './openai/openai-door.ts';
export type { OpenAiDoorOptions } from './openai/door-options.ts';
export type { Interceptor, SessionParts } from './service/session/interceptor.ts';
export type { ClientMessage, Link } from './service/session/link.ts';
export type { SessionTimers } from './service/session/session.ts';
export type { SilenceLimits } from './service/session/silence-monitor.ts';

// Live captions in a browser
export {
  captionPage,
  type CaptionPageOptions,
  type CaptionRecognition,
} from './caption-page/caption-page.ts';

// The account
export type { AccountOptions } from './account/account.ts';
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
export type { HotWord } from './protocol/hot-words.ts';

// Errors, options and streams of all of them
export {
  ERROR_CODES,
  type ErrorCode,
  FunAsrError,
  type FunAsrErrorDetails,
  type TimeSpan,
} from './core/errors.ts';
export type { StageOptions } from './core/stage.ts';
export type {
  DuplexEvents,
  ItemOf,
  NoArguments,
  ReadableEvents,
  StreamListener,
  TypedDuplex,
  TypedReadable,
  UntypedIterator,
} from './core/typed-stream.ts';
