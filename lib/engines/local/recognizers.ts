import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import type { SpeechModelFiles, SpeechModelOptions } from '../models/local-model.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { OfflineRecognizerConfig } from './runtime/sherpa.ts';
import { DetectingRecognizer } from './words/detecting-recognizer.ts';
import { GenerativeModel } from './words/generative-model.ts';
import { GenerativeRecognizer } from './words/generative-recognizer.ts';
import type { Recognizer } from './words/recognizer.ts';
import { TimedRecognizer } from './words/timed-recognizer.ts';

/** The models of an engine. */
export interface EngineModels {
  readonly main: ResolvedModel;
  /** A model of more languages, for speech in a language that the main one does not know. */
  readonly multilingual?: ResolvedModel | undefined;
  /** Finds another model for the same language, for second opinions. */
  readonly findOther: () => Promise<ResolvedModel | undefined>;
}

/** Loads the models of an engine, each once, and makes the recognisers of its streams. */
export class Recognizers {
  readonly #runtime: Runtime;
  readonly #models: EngineModels;
  readonly #partials: boolean;
  readonly #recognizers = new Map<string, Recognizer>();

  constructor(runtime: Runtime, models: EngineModels, partials: boolean) {
    this.#runtime = runtime;
    this.#models = models;
    this.#partials = partials;
  }

  /** Loads what every stream needs. A model with token times is loaded with the first speech. */
  async load(): Promise<void> {
    const { main } = this.#models;
    if (!main.speechModel.hasTokenTimes) {
      this.#recognizers.set(main.name, await this.#loadGenerative(main));
    }
  }

  /** The recogniser of one stream. @param language As the client names it; undefined when it is not known. */
  for(language: string | undefined): Recognizer {
    const { main, multilingual } = this.#models;
    if (!multilingual) return this.#recognizerOf(main, language);
    if (language === undefined) {
      return new DetectingRecognizer(this.#recognizerOf(main), this.#recognizerOf(multilingual));
    }
    const chosen = main.languages.includes(language) ? main : multilingual;
    return this.#recognizerOf(chosen, language);
  }

  #recognizerOf({ name, speechModel, folder }: ResolvedModel, language?: string): Recognizer {
    const key = speechModel.hasTokenTimes && language ? `${name} ${language}` : name;
    const known = this.#recognizers.get(key);
    if (known) return known;
    const load = once(() => this.#runtime.loadModel(configOf(speechModel, folder, { language })));
    const recognizer = new TimedRecognizer(load);
    this.#recognizers.set(key, recognizer);
    return recognizer;
  }

  async #loadGenerative(model: ResolvedModel): Promise<Recognizer> {
    const load = (files: SpeechModelFiles): Promise<GenerativeModel> => this.#loadModel(model, files);
    const { speechModel, smallSpeechModel } = model;
    const main = load(speechModel);
    const loadSmall = once(() => (smallSpeechModel ? load(smallSpeechModel) : main));
    const loadSecond = once(async () => {
      if (smallSpeechModel) return await loadSmall();
      const other = await this.#models.findOther();
      return other && (await this.#loadModel(other, other.speechModel));
    });
    const [first, partial] = await Promise.all([main, this.#partials ? loadSmall() : undefined]);
    return new GenerativeRecognizer({ first, loadSecond, partial });
  }

  async #loadModel({ languages, folder }: ResolvedModel, files: SpeechModelFiles): Promise<GenerativeModel> {
    const decoder = await this.#runtime.loadModel(configOf(files, folder));
    return new GenerativeModel(decoder, languages.join() === 'en');
  }
}

/** Returns a function that does the work when it is first called, and returns the same result each time. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
}

function configOf(
  speechModel: SpeechModelFiles,
  folder: string,
  options?: SpeechModelOptions,
): OfflineRecognizerConfig {
  return {
    featConfig: { sampleRate: DEFAULT_SAMPLE_RATE, featureDim: 80 },
    modelConfig: {
      ...speechModel.configIn(folder, options),
      // One thread per segment: two segments in parallel use two cores better than one segment on both.
      numThreads: 1,
      provider: 'cpu',
    },
  };
}
