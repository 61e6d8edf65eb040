import { recognizerConfig, type SpeechModelFiles } from '../models/local-model.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import type { Decoder, Runtime, StreamingDecoder } from './runtime/runtime.ts';
import { DetectingRecognizer } from './words/detecting-recognizer.ts';
import { GenerativeModel } from './words/generative-model.ts';
import { GenerativeRecognizer } from './words/generative-recognizer.ts';
import type { Recognizer } from './words/recognizer.ts';
import { StreamingRecognizer } from './words/streaming-recognizer.ts';
import { TimedRecognizer } from './words/timed-recognizer.ts';

/** The models of an engine. */
export interface EngineModels {
  readonly main: ResolvedModel;
  /** A model of more languages, for speech in a language that the main one does not know. */
  readonly multilingual?: ResolvedModel | undefined;
  /** Finds another model for the same language, for second opinions. */
  readonly findOther: () => Promise<ResolvedModel | undefined>;
}

/** Makes the recognisers of an engine's streams. Each model is loaded once for each language, when it is needed. */
export class Recognizers {
  readonly #runtime: Runtime;
  readonly #models: EngineModels;
  readonly #partials: boolean;
  /** By their configuration. */
  readonly #decoders = new Map<string, Promise<Decoder>>();
  readonly #streamingDecoders = new Map<string, Promise<StreamingDecoder>>();
  #other: Promise<ResolvedModel | undefined> | undefined;

  constructor(runtime: Runtime, models: EngineModels, partials: boolean) {
    this.#runtime = runtime;
    this.#models = models;
    this.#partials = partials;
  }

  /** Loads the main model, unless it is loaded for the language of each stream. */
  async load(): Promise<void> {
    const { main } = this.#models;
    if (main.speechModel.streamingTailMs !== undefined) {
      await this.#streamingDecoderOf(main);
      return;
    }
    if (main.languages.length !== 1) return;
    const small = this.#partials ? main.smallSpeechModel : undefined;
    const files = [main.speechModel, ...(small ? [small] : [])];
    await Promise.all(files.map((one) => this.#decoderOf(main, one, undefined)));
  }

  /** The recogniser of one stream. @param language As the client names it; undefined when it is not known. */
  for(language: string | undefined): Recognizer {
    const { main, multilingual } = this.#models;
    if (!multilingual) return this.#recognizerOf(main, language);
    if (language === undefined) {
      return new DetectingRecognizer(this.#recognizerOf(main), this.#recognizerOf(multilingual));
    }
    return this.#recognizerOf(main.languages.includes(language) ? main : multilingual, language);
  }

  #recognizerOf(model: ResolvedModel, language?: string): Recognizer {
    const { speechModel, smallSpeechModel } = model;
    if (speechModel.streamingTailMs !== undefined) {
      return new StreamingRecognizer(() => this.#streamingDecoderOf(model), speechModel.streamingTailMs);
    }
    if (speechModel.hasTokenTimes) {
      return new TimedRecognizer(() => this.#decoderOf(model, speechModel, language));
    }
    const load = (files: SpeechModelFiles): Promise<GenerativeModel> =>
      this.#generativeModel(model, files, language);
    return new GenerativeRecognizer({
      loadFirst: () => load(speechModel),
      loadSecond: async () => {
        if (smallSpeechModel) return await load(smallSpeechModel);
        const other = await (this.#other ??= this.#models.findOther());
        return other && (await this.#generativeModel(other, other.speechModel, language));
      },
      loadPartial: this.#partials ? () => load(smallSpeechModel ?? speechModel) : undefined,
    });
  }

  async #generativeModel(
    model: ResolvedModel,
    files: SpeechModelFiles,
    language: string | undefined,
  ): Promise<GenerativeModel> {
    const decoder = await this.#decoderOf(model, files, language);
    return new GenerativeModel(decoder, model.languages.join() === 'en');
  }

  #streamingDecoderOf({ folder, speechModel }: ResolvedModel): Promise<StreamingDecoder> {
    const config = recognizerConfig(speechModel.configIn(folder));
    const key = JSON.stringify(config);
    const loading = this.#streamingDecoders.get(key) ?? this.#runtime.loadStreamingModel(config);
    this.#streamingDecoders.set(key, loading);
    return loading;
  }

  #decoderOf(
    { folder }: ResolvedModel,
    files: SpeechModelFiles,
    language: string | undefined,
  ): Promise<Decoder> {
    const config = recognizerConfig(files.configIn(folder, { language }));
    const key = JSON.stringify(config);
    const loading = this.#decoders.get(key) ?? this.#runtime.loadModel(config);
    this.#decoders.set(key, loading);
    return loading;
  }
}
