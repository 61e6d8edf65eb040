import { FunAsrError } from '../core/errors.ts';
import { boolean, callback, checkOptions, type Rules, text } from '../core/options.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
import { optionName } from '../core/option-names.ts';
import { isLoopback } from '../protocol/addresses.ts';
import { DEFAULT_CLOUD_MODEL, findCloudModel } from '../protocol/cloud-models.ts';
import type { Engine } from '../service/engine.ts';
import {
  ENDPOINT_RULES,
  type EndpointOptions,
  isEndpointConfigured,
  resolveEndpoint,
} from '../protocol/endpoint.ts';
import { PARAMETER_NAMES, PARAMETER_RULES, type RecognitionParameters } from '../protocol/parameters.ts';
import { type Backend, type BackendName, withHiddenKey } from './backend.ts';
import { type EngineOption, engineOption, isBackend, isEngine } from './engine-option.ts';
import {
  DEFAULT_RUNTIME_MODEL,
  type FunAsrRuntimeSettings,
  openFunAsrRuntime,
  RUNTIME_MODELS,
  RUNTIME_RULES,
  RUNTIME_SETTING_NAMES,
} from './funasr/runtime-engine.ts';
import { checkRuntimeAddress } from './funasr/runtime-address.ts';
import { describeLocalBackend, type LocalBackendOptions, openLocalBackend } from './local-backend.ts';
import { isLocalModel } from './models/choose-model.ts';
import type { PullProgress } from './models/model-pull.ts';

/** What decides who recognises, and what it must be ready for. */
export interface BackendOptions
  extends EndpointOptions,
    FunAsrRuntimeSettings,
    StageOptions,
    Pick<RecognitionParameters, 'languageHints'> {
  /**
   * `auto` takes the cloud when a key or a base URL is set, else the local engine. `funasr` is the FunASR runtime server at
   * `baseUrl`; only for it are `hotWords`, `itn` and `trustAnyCertificate`. A {@link Backend} or an
   * `Engine` that is open serves many recordings, and is not closed at the end.
   * @default 'auto'
   */
  readonly engine?: EngineOption | undefined;
  /**
   * A model of the cloud or of the local engine, which takes the name of a cloud model for its own default. With `funasr`:
   * `funasr-2pass`, the default, or `funasr-offline`.
   */
  readonly model?: string | undefined;
  /** Whether partial results are wanted: the local engine recognises none otherwise. @default false */
  readonly partials?: boolean | undefined;
  /** Called while the model of the local engine is downloaded, on its first use. */
  readonly onPull?: ((progress: PullProgress) => void) | undefined;
}

/** The rules of {@link BackendOptions}. */
export const BACKEND_RULES: Rules<BackendOptions> = {
  ...ENDPOINT_RULES,
  ...RUNTIME_RULES,
  ...STAGE_RULES,
  languageHints: PARAMETER_RULES.languageHints,
  engine: engineOption,
  model: text,
  partials: boolean,
  onPull: callback,
};

/**
 * Chooses who recognises and makes it ready, for any number of recordings. The local engine is a service on a loopback
 * port of this process, and the same client connects to it as to the cloud.
 * @throws {FunAsrError} `E_OPTION`, `E_NO_KEY`, `E_LANGUAGE`, `E_MODEL_MISSING`, `E_ENGINE`
 */
export async function chooseBackend(options: BackendOptions = {}): Promise<Backend> {
  checkOptions('chooseBackend', options, BACKEND_RULES);
  if (isBackend(options.engine)) return { ...options.engine, close: async () => {} };
  checkRuntimeSettings('chooseBackend', options);
  if (backendNameFor(options) === 'cloud') return cloudBackend(options);
  const backend = await openLocalBackend(localBackendOptions(options), reasonFor(options));
  return { ...backend, client: withHiddenKey(backend.client) };
}

/**
 * Checks whether {@link chooseBackend} can be used with these options, as far as that is known without opening anything. A key
 * is not needed.
 * @throws {FunAsrError} `E_OPTION`, `E_LANGUAGE`
 */
export function checkBackend(options: BackendOptions): void {
  if (isBackend(options.engine)) return;
  checkRuntimeSettings('chooseBackend', options);
  if (backendNameFor(options) === 'cloud') checkCloudModel(options.model);
  else describeLocalBackend(localBackendOptions(options));
}

/** The options of a local backend. */
export function localBackendOptions(options: BackendOptions): LocalBackendOptions {
  const { model, languageHints, partials = false, onPull, signal } = options;
  const name = backendNameFor(options) === 'funasr' ? 'funasr' : 'local';
  const engine = isEngine(options.engine) ? options.engine : model;
  return {
    name,
    engine: name === 'funasr' ? runtimeEngine(options) : engine,
    languageHints,
    partials,
    onPull,
    signal,
  };
}

/** The backend that {@link chooseBackend} chooses, without making it ready. */
export function backendNameFor(options: BackendOptions): BackendName {
  const { engine = 'auto', ...others } = options;
  if (isBackend(engine)) return engine.name;
  if (isEngine(engine)) return 'local';
  if (engine !== 'auto') return engine;
  return !isLocalModel(options.model) && isEndpointConfigured(others) ? 'cloud' : 'local';
}

/** The model that the client names to the service, which decides the sample rate of the audio. */
export function wireModelFor(options: BackendOptions): string {
  if (isBackend(options.engine)) return options.engine.client.model;
  return backendNameFor(options) === 'cloud' ? (options.model ?? DEFAULT_CLOUD_MODEL) : DEFAULT_CLOUD_MODEL;
}

/**
 * Refuses settings of the FunASR runtime server when another engine was chosen.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkRuntimeSettings(owner: string, options: BackendOptions): void {
  const isRuntime = options.engine === 'funasr';
  const given = RUNTIME_SETTING_NAMES.find((name) => options[name] !== undefined);
  if (isRuntime || given === undefined) return;
  throw new FunAsrError(
    'E_OPTION',
    `${owner}: ${optionName(given)} is for ${optionName('engine', 'funasr')} only`,
    { hint: 'Leave it out, or choose that engine.' },
  );
}

/** The model that the FunASR runtime server stands for: its mode. */
export function runtimeModel(model: string | undefined): string {
  if (model === undefined || findCloudModel(model)) return DEFAULT_RUNTIME_MODEL;
  if (RUNTIME_MODELS.includes(model)) return model;
  throw new FunAsrError('E_OPTION', `${optionName('engine', 'funasr')} has no model ${model}`, {
    hint: `It has ${RUNTIME_MODELS.join(' and ')}: the two modes of the server, which chooses its model itself.`,
  });
}

function runtimeEngine({ baseUrl = '', model, hotWords, itn, trustAnyCertificate }: BackendOptions): Engine {
  const mode = runtimeModel(model) === 'funasr-offline' ? 'offline' : '2pass';
  checkRuntimeAddress(baseUrl === '' ? undefined : baseUrl);
  return openFunAsrRuntime({ baseUrl, mode, hotWords, itn, trustAnyCertificate });
}

/** Options that say where the service is, or whose calls they are. */
export const ADDRESS_NAMES = ['baseUrl', 'region', 'workspaceId', 'workspaceHost'] as const;

function reasonFor(options: BackendOptions): string {
  const unused = ADDRESS_NAMES.filter((name) => options[name] !== undefined).map((name) => optionName(name));
  const reason = mainReasonFor(options);
  if (options.engine === 'funasr' || unused.length === 0) return reason;
  return `${reason}; ${unused.join(', ')} not used`;
}

function mainReasonFor({ engine, model, baseUrl, trustAnyCertificate }: BackendOptions): string {
  if (engine === 'funasr') {
    const { host, hostname, protocol } = checkRuntimeAddress(baseUrl);
    if (protocol === 'ws:' && !isLoopback(hostname)) return `${host}, the audio is sent unencrypted`;
    return trustAnyCertificate === true ? `${host}, its certificate is not checked` : host;
  }
  if (engine === 'local') return 'asked for';
  if (isEngine(engine)) return 'an engine of the caller';
  return isLocalModel(model) ? `it has the model ${model}` : 'DASHSCOPE_API_KEY is not set';
}

function checkCloudModel(model: string | undefined): void {
  if (!isLocalModel(model)) return;
  throw new FunAsrError('E_OPTION', `${model} is a model of the local engine, not of the cloud`, {
    hint: 'Leave the model out, or choose the local engine.',
  });
}

function cloudBackend(options: BackendOptions): Backend {
  const { model = DEFAULT_CLOUD_MODEL, apiKey, baseUrl, region, workspaceId, workspaceHost } = options;
  checkCloudModel(model);
  const client = withHiddenKey({ model, apiKey, baseUrl, region, workspaceId, workspaceHost });
  const { url } = resolveEndpoint(client);
  return {
    kind: 'backend',
    name: 'cloud',
    model,
    reason: new URL(url).host,
    client,
    parameters: PARAMETER_NAMES,
    close: async () => {},
  };
}
