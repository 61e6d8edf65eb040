import { randomBytes } from 'node:crypto';
import { abortable } from '../core/deadline.ts';
import { FunAsrError } from '../core/errors.ts';
import { SERVICE_PATH } from '../protocol/addresses.ts';
import { DEFAULT_CLOUD_MODEL, findCloudModel } from '../protocol/cloud-models.ts';
import { type Endpoint, resolveEndpoint } from '../protocol/endpoint.ts';
import type { ParameterName } from '../protocol/parameters.ts';
import type { Engine } from '../service/engine.ts';
import type { Backend, BackendName } from './backend.ts';
import { failureOf, keepEngineError, takeEngineError } from './engine-errors.ts';
import { checkLanguage, reasonWithLanguages, unrecognizedHint } from './local-languages.ts';
import {
  chooseLocalModels,
  identityOfAll,
  isLocalModel,
  languagesOf,
  type ModelChoice,
  namesOf,
  unknownModel,
} from './models/choose-model.ts';
import type { PullProgress } from './models/model-pull.ts';

/** What a local backend recognises with, and what its streams need. */
export interface LocalBackendOptions {
  /** @default 'local' */
  readonly name?: Exclude<BackendName, 'cloud'> | undefined;
  /** A local model, a model of the cloud (which stands for the default), or an engine of the caller. */
  readonly engine: Engine | string | undefined;
  readonly languageHints?: readonly string[] | undefined;
  readonly partials: boolean;
  readonly onPull?: ((progress: PullProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The parameters that an engine uses. The service accepts `heartbeat`, but never ends a task for silence. */
const PARAMETERS: Readonly<Record<Exclude<BackendName, 'cloud'>, readonly ParameterName[]>> = {
  local: ['languageHints', 'maxSentenceSilence', 'heartbeat'],
  // The server decides itself where a sentence ends.
  funasr: ['languageHints', 'heartbeat'],
};

/** A local backend that is not open. */
export interface LocalBackendFacts extends Omit<Backend, 'reason' | 'close'> {
  /** ISO 639 codes; empty when they are not known. */
  readonly languages: readonly string[];
  readonly explainFailure: (failure: FunAsrError) => FunAsrError;
}

/** An engine and its service on a loopback port. */
interface Opened {
  readonly client: Backend['client'];
  close(): Promise<void>;
}

/** A service that several users share; the last one closes it. */
interface Shared {
  readonly opening: Promise<Opened>;
  users: number;
}

/** By the model or the engine, and by whether partial results are sent. */
const shared = {
  partials: new Map<Engine | string, Shared>(),
  finals: new Map<Engine | string, Shared>(),
};

/**
 * Opens a local backend, or joins one that is open in this process.
 * @throws {FunAsrError} `E_OPTION`, `E_LANGUAGE`, `E_MODEL_MISSING`, `E_ENGINE`
 */
export async function openLocalBackend(options: LocalBackendOptions, reason: string): Promise<Backend> {
  const facts = describeLocalBackend(options);
  const { client, close } = await join(options);
  let isClosed = false;
  return {
    ...facts,
    reason: reasonWithLanguages(reason, facts.languages, options.languageHints),
    client,
    // Its port is closed, and a retry would find nothing there.
    explainFailure: (failure) => (isClosed ? backendClosed(failure) : facts.explainFailure(failure)),
    async close() {
      isClosed = true;
      await close();
    },
  };
}

/**
 * Describes a local backend without opening it, and checks that it can do what is asked.
 * @throws {FunAsrError} `E_OPTION`, `E_LANGUAGE`
 */
export function describeLocalBackend(options: LocalBackendOptions): LocalBackendFacts {
  const { name = 'local' } = options;
  const engine = engineOf(options);
  const isOurs = isChoice(engine);
  const model = isOurs ? namesOf(engine) : engine.model;
  const languages = isOurs ? languagesOf(engine) : engine.languages;
  checkLanguage(model, languages, options.languageHints, name);
  return {
    kind: 'backend',
    name,
    model,
    client: { model: DEFAULT_CLOUD_MODEL },
    parameters: PARAMETERS[name],
    reportsUnrecognized: isOurs || (engine.reportsUnrecognized ?? false),
    languages,
    unrecognizedHint: (known) => unrecognizedHint(model, languages, known),
    explainFailure: (failure) => takeEngineError(failure.requestId) ?? failureOf(name, failure),
  };
}

/** A local backend that opens when a client first connects to it. */
export class LocalEndpoint implements Endpoint {
  readonly region: undefined;
  readonly account: string;
  readonly quota: string;
  readonly hasKeyFunction = false;
  readonly #options: LocalBackendOptions;
  /** Kept after a failure too: a model that is missing stays missing for this client. */
  #joining: Promise<Pick<Backend, 'client' | 'close'>> | undefined;
  #endpoint: Endpoint | undefined;

  constructor(options: LocalBackendOptions) {
    this.#options = options;
    this.account = `local ${idOf(engineOf(options))} ${options.partials}`;
    this.quota = this.account;
  }

  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#joining ??= join({ ...this.#options, signal });
    this.#endpoint ??= resolveEndpoint((await this.#joining).client);
  }

  get url(): string {
    return this.#endpoint?.url ?? `ws://127.0.0.1${SERVICE_PATH}`;
  }

  async headers(): Promise<Record<string, string>> {
    return (await this.#endpoint?.headers()) ?? {};
  }

  /** Closes the backend for this client. */
  async release(): Promise<void> {
    const joined = await this.#joining?.catch(() => undefined);
    await joined?.close();
  }
}

/** Joins the backend that is open for these options, or opens it. */
async function join(options: LocalBackendOptions): Promise<Pick<Backend, 'client' | 'close'>> {
  const engine = engineOf(options);
  const key = keyOf(engine);
  const { signal = new AbortController().signal } = options;
  const all = options.partials ? shared.partials : shared.finals;
  for (;;) {
    const found = all.get(key);
    const entry = found ?? { opening: open(engine, options), users: 0 };
    all.set(key, entry);
    entry.users += 1;
    const remove = (): void => {
      if (all.get(key) === entry) all.delete(key);
    };
    const leave = leaving(entry, remove);
    try {
      const { client } = await abortable(entry.opening, signal);
      return { client, close: leave };
    } catch (error) {
      if (signal.aborted) {
        // The others still wait for it, unless it was opened with this signal.
        void leave();
        throw error;
      }
      remove();
      await leave();
      // The user who opened it may have aborted: then this one opens it.
      if (!found) throw error;
    }
  }
}

/** Returns a function that ends one use, once. The last use closes what was opened. */
function leaving(entry: Shared, onLast: () => void): () => Promise<void> {
  let left: Promise<void> | undefined;
  const leave = async (): Promise<void> => {
    entry.users -= 1;
    if (entry.users > 0) return;
    onLast();
    const opened = await entry.opening.catch(() => undefined);
    await opened?.close();
  };
  return () => (left ??= leave());
}

async function open(given: Chosen, options: LocalBackendOptions): Promise<Opened> {
  const { onPull, signal, partials } = options;
  // Loaded on use: most programs need only one of the two backends.
  const [{ openLocalEngine }, { startService }] = await Promise.all([
    import('./local/local-engine.ts'),
    import('../service/service.ts'),
  ]);
  const isOurs = isChoice(given);
  const engine = isOurs
    ? await openLocalEngine({ model: only(given), partials, onProgress: onPull, signal })
    : given;
  // The port is open to every user of this machine; the key of the cloud stays out of it.
  const token = randomBytes(16).toString('hex');
  const service = await startService({
    engine,
    port: 0,
    partials,
    reportUnrecognized: true,
    token,
    onEngineError: (error, taskId) => keepEngineError(taskId, engine.model, error),
  });
  return {
    client: { model: DEFAULT_CLOUD_MODEL, baseUrl: service.url, apiKey: token },
    async close() {
      await service.close();
      if (isOurs) await engine.close();
    },
  };
}

/** The engine of the caller, or the local models. */
type Chosen = Engine | readonly ModelChoice[];

function engineOf({ engine, languageHints }: LocalBackendOptions): Chosen {
  if (typeof engine === 'object') return engine;
  if (engine === undefined || findCloudModel(engine) || isLocalModel(engine)) {
    return chooseLocalModels(engine, languageHints?.[0]);
  }
  throw unknownModel(engine);
}

function isChoice(engine: Chosen): engine is readonly ModelChoice[] {
  return Array.isArray(engine);
}

/** The name of the only model. Several are those that the engine chooses itself. */
function only([model, ...others]: readonly ModelChoice[]): string | undefined {
  return others.length === 0 ? model?.name : undefined;
}

/** What distinguishes a backend: the engine of the caller, or the identity of the local models. */
function keyOf(engine: Chosen): Engine | string {
  return isChoice(engine) ? identityOfAll(engine) : engine;
}

function backendClosed(cause: FunAsrError): FunAsrError {
  return new FunAsrError('E_STATE', 'the backend was closed', {
    hint: 'Close a backend after the last recognition with it.',
    requestId: cause.requestId,
    cause,
  });
}

const ids = new WeakMap<Engine, number>();
let idCount = 0;

function idOf(engine: Chosen): string {
  if (isChoice(engine)) return identityOfAll(engine);
  const id = ids.get(engine) ?? (idCount += 1);
  ids.set(engine, id);
  return String(id);
}
