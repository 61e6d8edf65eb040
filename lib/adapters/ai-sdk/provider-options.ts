import { FunAsrError } from '../../core/errors.ts';
import { checkOptions, pick, type Rules } from '../../core/options.ts';
import { BACKEND_RULES, type BackendOptions } from '../../engines/choose-backend.ts';
import { ENGINE_NAMES } from '../../engines/engine-option.ts';
import { PARAMETER_RULES, type RecognitionParameters } from '../../protocol/parameters.ts';
import { RECOGNIZE_STREAM_RULES, type RecognizeStreamOptions } from '../../recognition/recognize-stream.ts';
import { LIMIT_RULES, type Limits } from '../../recognition/task/client-limits.ts';
import { TRANSCRIBE_RULES, type TranscribeOptions } from '../../transcribe-options.ts';
import { engineForModel } from '../engine-for-model.ts';

/**
 * The name of a model: one of the cloud such as `fun-asr-realtime`, one of the local engine such as `moonshine-base`, one of
 * the FunASR runtime server; or the name of an engine, `auto`, `cloud`, `local` or `funasr`, for its default model.
 */
export type FunAsrModelId = string;

/** What a call may set in `providerOptions.funAsr`, for one recording. */
export interface FunAsrRecordingOptions
  extends RecognitionParameters,
    Pick<TranscribeOptions, 'channels' | 'speakers' | 'centre' | 'audioTrack' | 'maxDurationMs'> {}

/** What a call may set in `providerOptions.funAsr`, for live audio. */
export interface FunAsrLiveOptions
  extends RecognitionParameters,
    Pick<RecognizeStreamOptions, 'keepAlive' | 'live'> {}

/** Options of {@link createFunAsr}: who recognises, and the parameters of all calls. */
export interface FunAsrProviderOptions
  extends Omit<BackendOptions, 'model' | 'partials' | 'signal'>,
    RecognitionParameters,
    Partial<Limits> {
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
}

const { model: _model, partials: _partials, signal: _signal, ...backendRules } = BACKEND_RULES;

/** The rules of the options that concern the recognition itself. */
export const CLIENT_RULES: Rules<RecognitionParameters & Limits> = { ...PARAMETER_RULES, ...LIMIT_RULES };

/** The rules of {@link FunAsrProviderOptions}. */
export const PROVIDER_RULES: Rules<FunAsrProviderOptions> = {
  ...backendRules,
  ...CLIENT_RULES,
  ffmpegPath: TRANSCRIBE_RULES.ffmpegPath,
};

const RECORDING_RULES: Rules<FunAsrRecordingOptions> = {
  ...PARAMETER_RULES,
  channels: TRANSCRIBE_RULES.channels,
  speakers: TRANSCRIBE_RULES.speakers,
  centre: TRANSCRIBE_RULES.centre,
  audioTrack: TRANSCRIBE_RULES.audioTrack,
  maxDurationMs: TRANSCRIBE_RULES.maxDurationMs,
};

const LIVE_RULES: Rules<FunAsrLiveOptions> = {
  ...PARAMETER_RULES,
  keepAlive: RECOGNIZE_STREAM_RULES.keepAlive,
  live: RECOGNIZE_STREAM_RULES.live,
};

type ProviderOptions = Readonly<Record<string, object>> | undefined;

/** The options of a call for a recording, checked. @throws {FunAsrError} `E_OPTION` */
export function recordingOptions(options: ProviderOptions): FunAsrRecordingOptions {
  return checked<FunAsrRecordingOptions>(options, RECORDING_RULES);
}

/** The options of a call for live audio, checked. @throws {FunAsrError} `E_OPTION` */
export function liveOptions(options: ProviderOptions): FunAsrLiveOptions {
  return checked<FunAsrLiveOptions>(options, LIVE_RULES);
}

function checked<Options extends object>(options: ProviderOptions, rules: Rules<Options>): Options {
  const own = (options?.['funAsr'] ?? {}) as Options;
  checkOptions('providerOptions.funAsr', own, rules);
  return own;
}

/** The options that choose the backend, of a provider and the name of a model. */
export function backendOptions(provider: FunAsrProviderOptions, model: FunAsrModelId): BackendOptions {
  return { ...pick(provider, backendRules), ...choiceOf(provider.engine, model) };
}

/** A caller who names a model must not get another recogniser than the one that has this model. */
function choiceOf(engine: BackendOptions['engine'], model: FunAsrModelId): BackendOptions {
  const named = ENGINE_NAMES.find((name) => name === model);
  if (engine === undefined || engine === 'auto') {
    return named ? { engine: named } : { engine: engineForModel(model), model };
  }
  if (!named) return { engine, model };
  if (named === 'auto' || named === engine || typeof engine !== 'string') return { engine };
  throw new FunAsrError('E_OPTION', `the model ${model} is an engine, and option engine is ${engine}`, {
    hint: 'Leave one of them out.',
  });
}
