import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { FunAsrError } from '../core/errors.ts';
import { boolean, callback, checkOptions, oneOf, type Rules, text } from '../core/options.ts';
import {
  ENDPOINT_RULES,
  type EndpointOptions,
  isEndpointConfigured,
  resolveEndpoint,
} from '../protocol/endpoint.ts';
import { DEFAULT_CLOUD_MODEL, findCloudModel } from '../protocol/cloud-models.ts';
import {
  PARAMETER_NAMES,
  PARAMETER_RULES,
  type ParameterName,
  type RecognitionParameters,
} from '../protocol/parameters.ts';
import type { Engine } from '../service/engine.ts';
import type { PullProgress } from './models/model-pull.ts';
import {
  DEFAULT_MODEL as DEFAULT_LOCAL_MODEL,
  type Model as LocalModel,
  MODELS as LOCAL_MODELS,
  type ModelName as LocalModelName,
} from './models/catalogue.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';

/** Who recognises: Fun-ASR, or any service that speaks its protocol (`cloud`), or the embedded engine (`local`). */
export type EngineName = 'cloud' | 'local';

/** What decides who recognises, and what the engine must be ready for. */
export interface EngineOptions
  extends EndpointOptions,
    StageOptions,
    Pick<RecognitionParameters, 'languageHints'> {
  /**
   * `auto` takes the cloud when there is a key or a base URL for it, else the local engine. An engine that is
   * ready already serves many recordings, and is left open at the end.
   * @default 'auto'
   */
  readonly engine?: 'auto' | EngineName | ChosenEngine | undefined;
  /** A model of the engine: {@link EngineName} `local` takes a Fun-ASR name for its own default. */
  readonly model?: string | undefined;
  /** Whether partial results are wanted: the local engine recognises none otherwise. @default false */
  readonly partials?: boolean | undefined;
  /** Called while the local engine's model is being downloaded, on its first use. */
  readonly onPull?: ((progress: PullProgress) => void) | undefined;
}

/** The rules of {@link EngineOptions}. */
export const ENGINE_RULES: Rules<EngineOptions> = {
  ...ENDPOINT_RULES,
  ...STAGE_RULES,
  languageHints: PARAMETER_RULES.languageHints,
  engine: (value) => (typeof value === 'object' ? undefined : oneOf('auto', 'cloud', 'local')(value)),
  model: text,
  partials: boolean,
  onPull: callback,
};

/** An engine that is ready. */
export interface ChosenEngine {
  readonly engine: EngineName;
  /** The model that recognises, for reports. */
  readonly model: string;
  /** Why this one, in a few words. */
  readonly reason: string;
  /** What `recognize` and `transcribe` need to reach it, as options. */
  readonly client: EndpointOptions & { readonly model: string };
  /** The parameters that mean something to it. */
  readonly parameters: readonly ParameterName[];
  /** What to do about speech that it did not recognise. */
  readonly unrecognizedHint?: string | undefined;
  /** Lets a local engine go. Recordings still under way fail. */
  close(): Promise<void>;
}

/**
 * Chooses the engine and makes it ready: one for many recordings. The local one is a service on a loopback
 * port of this process, reached by the same client as the cloud.
 * @throws {FunAsrError} `E_OPTION`, `E_NO_KEY`, `E_MODEL_MISSING`, `E_ENGINE`.
 */
export async function chooseEngine(options: EngineOptions = {}): Promise<ChosenEngine> {
  checkOptions('chooseEngine', options, ENGINE_RULES);
  if (typeof options.engine === 'object') return { ...options.engine, close: async () => {} };
  if (engineFor(options) === 'cloud') return cloud(options);
  const reason =
    options.engine === 'local'
      ? 'asked for'
      : isLocalModel(options.model)
        ? `it has the model ${options.model}`
        : 'DASHSCOPE_API_KEY is not set';
  return await local(options, reason);
}

/** Options of a recognition, as an engine takes them. */
export interface FittedOptions<Options> {
  /** With what reaches the engine, and without the parameters that mean nothing to it. */
  readonly options: Options & ChosenEngine['client'];
  /** `W_OPTION` for each parameter that was left out. */
  readonly warnings: readonly FunAsrError[];
  /** Adds to a warning of the recognition what the engine knows about it. */
  readonly explain: (warning: FunAsrError) => FunAsrError;
}

/** Fits the options of a recognition to an engine. */
export function fitToEngine<Options extends RecognitionParameters>(
  { client, parameters, unrecognizedHint }: Pick<ChosenEngine, 'client' | 'parameters' | 'unrecognizedHint'>,
  options: Options,
): FittedOptions<Options> {
  const ignored = PARAMETER_NAMES.filter((name) => options[name] !== undefined && !parameters.includes(name));
  const left = Object.fromEntries(ignored.map((name) => [name, undefined]));
  return {
    options: { ...options, ...left, ...client },
    warnings: ignored.map(
      (name) =>
        new FunAsrError('W_OPTION', `option ${name} has no effect on the local engine`, {
          hint: 'Leave it out.',
        }),
    ),
    explain: (warning) => {
      if (warning.code !== 'W_UNRECOGNIZED' || unrecognizedHint === undefined) return warning;
      const { code, message, span, requestId, cause } = warning;
      return new FunAsrError(code, message, { span, requestId, cause, hint: unrecognizedHint });
    },
  };
}

/** The engine that {@link chooseEngine} chooses, without making it ready. */
export function engineFor({ engine = 'auto', ...options }: EngineOptions): EngineName {
  if (typeof engine === 'object') return engine.engine;
  if (engine !== 'auto') return engine;
  return !isLocalModel(options.model) && isEndpointConfigured(options) ? 'cloud' : 'local';
}

/** The model that the audio is made for: what the client will ask the service for. */
export function wireModelFor(options: EngineOptions): string {
  if (typeof options.engine === 'object') return options.engine.client.model;
  return engineFor(options) === 'local' ? DEFAULT_CLOUD_MODEL : (options.model ?? DEFAULT_CLOUD_MODEL);
}

function isLocalModel(model: string | undefined): boolean {
  return model !== undefined && Object.hasOwn(LOCAL_MODELS, model);
}

function cloud({
  model = DEFAULT_CLOUD_MODEL,
  apiKey,
  baseUrl,
  region,
  workspaceId,
}: EngineOptions): ChosenEngine {
  if (isLocalModel(model)) {
    throw new FunAsrError('E_OPTION', `${model} is a model of the local engine, not of the cloud`, {
      hint: 'Leave the model out, or ask for the local engine.',
    });
  }
  const client = withHiddenKey({ model, apiKey, baseUrl, region, workspaceId });
  const { url } = resolveEndpoint(client);
  return {
    engine: 'cloud',
    model,
    reason: new URL(url).host,
    client,
    parameters: PARAMETER_NAMES,
    close: async () => {},
  };
}

/** Whoever prints an engine, or writes it down as JSON, does not get its key. */
function withHiddenKey<Client extends EndpointOptions>(client: Client): Client {
  const shown = () => ({ ...client, ...(typeof client.apiKey === 'string' && { apiKey: '[redacted]' }) });
  return Object.defineProperties(client, { [inspect.custom]: { value: shown }, toJSON: { value: shown } });
}

async function local(options: EngineOptions, reason: string): Promise<ChosenEngine> {
  const name = localModel(options.model);
  refuseLanguage(LOCAL_MODELS[name], options.languageHints);
  // Loaded on use: most programs need only one of the two engines.
  const [{ openLocalEngine }, { startService }] = await Promise.all([
    import('./local/local-engine.ts'),
    import('../service/service.ts'),
  ]);
  const partials = options.partials ?? false;
  const engine = await openLocalEngine({
    model: name,
    partials,
    onProgress: options.onPull,
    signal: options.signal,
  });
  // The port is open to every user of this machine; the key of the cloud stays out of it.
  const token = randomBytes(16).toString('hex');
  const service = await startService({ engine, port: 0, partials, reportUnrecognized: true, token });
  return {
    engine: 'local',
    model: engine.model,
    reason,
    client: withHiddenKey({ model: DEFAULT_CLOUD_MODEL, baseUrl: service.url, apiKey: token }),
    parameters: LOCAL_PARAMETERS,
    unrecognizedHint: hintOn(engine),
    async close() {
      await service.close();
      await engine.close();
    },
  };
}

/** What to do about speech that a local engine did not recognise. */
function hintOn({ model, languages }: Engine): string {
  const names = new Intl.DisplayNames('en', { type: 'language' });
  const known = languages.map((language) => names.of(language) ?? language).join(', ');
  return (
    `The local model ${model} knows ${known} only. For speech in another language, set DASHSCOPE_API_KEY to use ` +
    'the cloud, or choose a local model that knows it.'
  );
}

/** Before its model is downloaded, rather than by the service when the first audio comes. */
function refuseLanguage({ name, languages }: LocalModel, [language]: readonly string[] = []): void {
  if (language === undefined || languages.includes(language)) return;
  throw new FunAsrError(
    'E_LANGUAGE',
    `the local model ${name} recognises ${languages.join(', ')} only, not ${language}`,
    {
      hint: 'Fun-ASR in the cloud recognises zh, en and ja: set DASHSCOPE_API_KEY, or leave the language out.',
    },
  );
}

/** A heartbeat is among them, because no task of the local engine is ever ended for silence. */
const LOCAL_PARAMETERS: readonly ParameterName[] = ['languageHints', 'maxSentenceSilence', 'heartbeat'];

function localModel(model: string | undefined): LocalModelName {
  if (model === undefined || findCloudModel(model)) return DEFAULT_LOCAL_MODEL;
  const names = Object.keys(LOCAL_MODELS) as LocalModelName[];
  const name = names.find((candidate) => candidate === model);
  if (name) return name;
  throw new FunAsrError('E_OPTION', `the local engine has no model ${model}`, {
    hint: `It has ${names.join(' and ')}.`,
  });
}
