import { boolean, integer, listOf, number, type Rule, text } from '../core/options.ts';
import type { CloudModel, ModelFamily } from './cloud-models.ts';
import { contextRule, type RecognitionContext } from './context.ts';
import { type InlineVocabulary, inlineVocabularyRule } from './inline-vocabulary.ts';

/**
 * The recognition parameters, fixed for a whole task. A parameter that is left out is not sent, so that the service's own
 * default applies. Source: the official Python SDK page, "Request parameters".
 */
export interface RecognitionParameters {
  /**
   * Language of the speech: `zh`, `en` or `ja`; with other engines any that they know, such as `yue`. Only the first entry is read.
   * @default none: the service detects the language
   */
  readonly languageHints?: readonly string[] | undefined;
  /**
   * Ends sentences by their meaning instead of at silences: better text, later results.
   * @default false
   */
  readonly semanticPunctuation?: boolean | undefined;
  /**
   * Silence in ms after which a sentence ends, 200 to 6000. No effect with `semanticPunctuation`.
   * @default 1300
   */
  readonly maxSentenceSilence?: number | undefined;
  /**
   * Prevents very long sentences. No effect with `semanticPunctuation`.
   * @default false
   */
  readonly multiThresholdMode?: boolean | undefined;
  /**
   * Adds punctuation to the text. Fun-ASR always does.
   * @default true
   */
  readonly punctuationPrediction?: boolean | undefined;
  /**
   * Keeps a task alive during more than 60 s of silent audio.
   * @default true for the models that have it
   */
  readonly heartbeat?: boolean | undefined;
  /**
   * Threshold between speech and noise, -1 to 1: a lower value treats more noise as speech, a higher one more speech as
   * noise. Change it in steps of 0.1.
   * @default none: the service's own
   */
  readonly speechNoiseThreshold?: number | undefined;
  /** Id of a hot-word list that was made for this model. */
  readonly vocabularyId?: string | undefined;
  /** Id of a hot-word list of the older kind (`asr_phrase`). For the first Paraformer models only. */
  readonly phraseId?: string | undefined;
  /**
   * Hot words with their weights, sent with the recognition itself. For the streaming models of Qwen-Audio only (official
   * samples, not verified); other known models do not get it, and a warning says so.
   */
  readonly vocabulary?: InlineVocabulary | undefined;
  /**
   * Words of the subject, or what was said before, for better recognition of its terms: a text of at most 400 characters,
   * or messages of a conversation, at most 5 of the user and 5 replies, with at most 400 characters a round. For
   * `fun-asr-realtime`, `fun-asr-realtime-2025-11-07` and the Qwen-Audio models; other known models do not get it, and a
   * warning says so. Source: the official pages of the client events (September 2026); other official pages of Fun-ASR do
   * not have it, and its effect was not verified. Each task of the recognition gets the same context.
   * @default none
   */
  readonly context?: RecognitionContext | undefined;
  /** Filter for sensitive words, in the format that the service documents. */
  readonly specialWordFilter?: string | undefined;
  /**
   * Removes filler words. For Paraformer only.
   * @default false
   */
  readonly disfluencyRemoval?: boolean | undefined;
  /**
   * Writes numbers as digits. Always on in Fun-ASR.
   * @default true
   */
  readonly inverseTextNormalization?: boolean | undefined;
}

/** One parameter: its name on the wire, its rule, and its description for a command line. */
export interface Parameter {
  /** Name in the official Python SDK; the name on the wire too, for those in `parameters`. */
  readonly wireName: string;
  /** Where it is in `run-task`. @default 'parameters' */
  readonly place?: 'parameters' | 'resources' | 'input';
  /** `words` is a file with words, on a command line. */
  readonly kind: 'boolean' | 'number' | 'text' | 'languages' | 'words';
  readonly rule: Rule;
  /** Families of models that take it; others ignore it. */
  readonly families: readonly ModelFamily[];
  /** Further models that take it. With this list, other known models do not get the parameter. */
  readonly models?: readonly string[];
  readonly description: string;
}

const CURRENT: readonly ModelFamily[] = ['fun-asr', 'paraformer-v2'];

/** Every parameter of {@link RecognitionParameters}, by option name. */
export const PARAMETERS: { readonly [Name in keyof Required<RecognitionParameters>]: Parameter } = {
  languageHints: {
    wireName: 'language_hints',
    kind: 'languages',
    rule: listOf(text),
    families: CURRENT,
    description: 'language of the speech, such as zh, en or yue; only the first is read',
  },
  semanticPunctuation: {
    wireName: 'semantic_punctuation_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'end sentences by their meaning, not at silences',
  },
  maxSentenceSilence: {
    wireName: 'max_sentence_silence',
    kind: 'number',
    rule: integer(200, 6000, 'ms'),
    families: CURRENT,
    description: 'silence in ms that ends a sentence, 200 to 6000 (default: 1300)',
  },
  multiThresholdMode: {
    wireName: 'multi_threshold_mode_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'prevent very long sentences',
  },
  punctuationPrediction: {
    wireName: 'punctuation_prediction_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'add punctuation to the text (always on in Fun-ASR)',
  },
  heartbeat: {
    wireName: 'heartbeat',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'keep a task alive during long silences (default: on)',
  },
  speechNoiseThreshold: {
    wireName: 'speech_noise_threshold',
    kind: 'number',
    rule: number(-1, 1),
    families: ['fun-asr'],
    description: 'threshold from -1 (more noise counts as speech) to 1 (less)',
  },
  vocabularyId: {
    wireName: 'vocabulary_id',
    kind: 'text',
    rule: text,
    families: CURRENT,
    description: 'hot-word list that was made for this model',
  },
  phraseId: {
    wireName: 'phrase_id',
    place: 'resources',
    kind: 'text',
    rule: text,
    families: ['paraformer-v1'],
    description: 'hot-word list of the older kind (first Paraformer models)',
  },
  vocabulary: {
    wireName: 'vocabulary',
    kind: 'words',
    rule: inlineVocabularyRule,
    families: [],
    models: ['qwen-audio-3.0-asr-flash-streaming', 'qwen-audio-3.1-asr-flash-streaming'],
    description:
      'hot words without a list in the account: one per line, or JSON (Qwen-Audio streaming models)',
  },
  context: {
    wireName: 'context',
    place: 'input',
    kind: 'text',
    rule: contextRule,
    families: ['qwen-audio'],
    models: ['fun-asr-realtime', 'fun-asr-realtime-2025-11-07'],
    description: 'words of the subject, or what was said before: at most 400 characters',
  },
  specialWordFilter: {
    wireName: 'special_word_filter',
    kind: 'text',
    rule: text,
    families: CURRENT,
    description: 'filter for sensitive words',
  },
  disfluencyRemoval: {
    wireName: 'disfluency_removal_enabled',
    kind: 'boolean',
    rule: boolean,
    families: ['paraformer-v2', 'paraformer-v1'],
    description: 'remove filler words (Paraformer only)',
  },
  inverseTextNormalization: {
    wireName: 'inverse_text_normalization_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'write numbers as digits (always on in Fun-ASR)',
  },
};

/**
 * Silence in ms that ends a sentence when `maxSentenceSilence` is not given. Source: the official pages of Fun-ASR and
 * Paraformer; for Qwen-Audio not known, chosen for the local service.
 */
export const DEFAULT_SENTENCE_SILENCE_MS: Readonly<Record<ModelFamily, number>> = {
  'fun-asr': 1300,
  'paraformer-v2': 800,
  'paraformer-v1': 800,
  'qwen-audio': 1300,
};

/** Name of an option of {@link RecognitionParameters}. */
export type ParameterName = keyof RecognitionParameters;

/** The option names of all parameters. */
export const PARAMETER_NAMES = Object.keys(PARAMETERS) as readonly ParameterName[];

const ENTRIES = Object.entries(PARAMETERS) as [ParameterName, Parameter][];

/** The rule of every parameter, for functions that take them as options. */
export const PARAMETER_RULES = Object.fromEntries(
  ENTRIES.map(([name, parameter]) => [name, parameter.rule]),
) as { readonly [Name in keyof Required<RecognitionParameters>]: Rule };

/** Whether a model of the list takes a parameter. */
export function takesParameter(model: CloudModel, name: ParameterName): boolean {
  const { families, models = [] } = PARAMETERS[name];
  return families.includes(model.family) || models.includes(model.name);
}

/** Leaves out the parameters that are sent only to the models that are documented to take them. */
export function parametersFor<Parameters extends RecognitionParameters>(
  model: CloudModel | undefined,
  parameters: Parameters,
): Parameters {
  // A model that is not in the list may be newer.
  if (!model) return parameters;
  const others = PARAMETER_NAMES.filter((name) => PARAMETERS[name].models && !takesParameter(model, name));
  return { ...parameters, ...Object.fromEntries(others.map((name) => [name, undefined])) };
}

/** Those in `parameters` of `run-task`. */
const WIRE_PARAMETERS = ENTRIES.filter(([, { place = 'parameters' }]) => place === 'parameters');

/** Converts options to the `parameters` of `run-task`: under their wire names, without those that are undefined. */
export function toWireParameters(parameters: RecognitionParameters): Record<string, unknown> {
  return Object.fromEntries(
    WIRE_PARAMETERS.filter(([name]) => parameters[name] !== undefined).map(([name, { wireName }]) => [
      wireName,
      parameters[name],
    ]),
  );
}

/**
 * Checks `parameters` of `run-task`. Unknown names are ignored, as in the cloud service.
 * @returns Which parameter violates its rule, and the rule; undefined when all are valid.
 */
export function checkWireParameters(wire: Readonly<Record<string, unknown>>): string | undefined {
  for (const [, { wireName, rule }] of WIRE_PARAMETERS) {
    const value = wire[wireName];
    const violation = value === undefined || value === null ? undefined : rule(value);
    if (violation) return `${wireName} ${violation}`;
  }
  return undefined;
}
