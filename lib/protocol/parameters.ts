import { boolean, integer, listOf, number, type Rule, text } from '../core/options.ts';
import type { ModelFamily } from './models.ts';

/**
 * The recognition parameters, fixed for a whole task. What is left out is not sent, so that the service's own
 * default holds. Source: the official Python SDK page, "Request parameters".
 */
export interface RecognitionParameters {
  /**
   * Language of the speech: `zh`, `en` or `ja`. The service reads only the first entry.
   * @default none: the service finds out by itself
   */
  readonly languageHints?: readonly string[] | undefined;
  /**
   * Ends sentences where the meaning ends, instead of at silences: better text, later results.
   * @default false
   */
  readonly semanticPunctuation?: boolean | undefined;
  /**
   * Silence in ms after which a sentence ends, 200 to 6000. No effect with `semanticPunctuation`.
   * @default 1300
   */
  readonly maxSentenceSilence?: number | undefined;
  /**
   * Keeps sentences from growing over-long. No effect with `semanticPunctuation`.
   * @default false
   */
  readonly multiThresholdMode?: boolean | undefined;
  /**
   * Punctuation marks in the text. Fun-ASR always sets them.
   * @default true
   */
  readonly punctuationPrediction?: boolean | undefined;
  /**
   * Keeps a task alive through more than 60 s of silent audio.
   * @default true for the models that have it
   */
  readonly heartbeat?: boolean | undefined;
  /**
   * Towards −1 noise is taken for speech, towards +1 speech for noise. Change it in steps of 0.1.
   * @default none: the service's own
   */
  readonly speechNoiseThreshold?: number | undefined;
  /** Id of a hot-word list made for this very model. */
  readonly vocabularyId?: string | undefined;
  /** Id of a hot-word list of the older kind (`asr_phrase`). The first Paraformer models only. */
  readonly phraseId?: string | undefined;
  /** Filter for sensitive words, as the service documents it. */
  readonly specialWordFilter?: string | undefined;
  /**
   * Leaves out filler words. Paraformer only.
   * @default false
   */
  readonly disfluencyRemoval?: boolean | undefined;
  /**
   * Writes numbers as digits. Always on in Fun-ASR.
   * @default true
   */
  readonly inverseTextNormalization?: boolean | undefined;
}

/** One parameter: how it is called on the wire, what it may be, and how a command line describes it. */
export interface Parameter {
  /** The name of the official Python SDK, which is that of the wire for all that stands in `parameters`. */
  readonly wireName: string;
  /** Where `run-task` has it. @default 'parameters' */
  readonly place?: 'parameters' | 'resources';
  readonly kind: 'boolean' | 'number' | 'text' | 'list';
  readonly rule: Rule;
  /** Models that take it; others ignore it. */
  readonly families: readonly ModelFamily[];
  readonly description: string;
}

const CURRENT: readonly ModelFamily[] = ['fun-asr', 'paraformer-v2'];

/** Every parameter of {@link RecognitionParameters}, by option name. */
export const PARAMETERS: { readonly [Name in keyof Required<RecognitionParameters>]: Parameter } = {
  languageHints: {
    wireName: 'language_hints',
    kind: 'list',
    rule: listOf(text),
    families: CURRENT,
    description: 'language of the speech: zh, en or ja; only the first is read',
  },
  semanticPunctuation: {
    wireName: 'semantic_punctuation_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'end sentences where the meaning ends, not at silences',
  },
  maxSentenceSilence: {
    wireName: 'max_sentence_silence',
    kind: 'number',
    rule: integer(200, 6000, 'ms'),
    families: CURRENT,
    description: 'silence in ms that ends a sentence, 200 to 6000 (1300)',
  },
  multiThresholdMode: {
    wireName: 'multi_threshold_mode_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'keep sentences from growing over-long',
  },
  punctuationPrediction: {
    wireName: 'punctuation_prediction_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'punctuation marks in the text (always on in Fun-ASR)',
  },
  heartbeat: {
    wireName: 'heartbeat',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'keep a task alive through long silences (on)',
  },
  speechNoiseThreshold: {
    wireName: 'speech_noise_threshold',
    kind: 'number',
    rule: number(-1, 1),
    families: ['fun-asr'],
    description: 'from -1, noise is taken for speech, to 1, speech for noise',
  },
  vocabularyId: {
    wireName: 'vocabulary_id',
    kind: 'text',
    rule: text,
    families: CURRENT,
    description: 'hot-word list made for this very model',
  },
  phraseId: {
    wireName: 'phrase_id',
    place: 'resources',
    kind: 'text',
    rule: text,
    families: ['paraformer-v1'],
    description: 'hot-word list of the older kind (first Paraformer models)',
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
    description: 'leave out filler words (Paraformer only)',
  },
  inverseTextNormalization: {
    wireName: 'inverse_text_normalization_enabled',
    kind: 'boolean',
    rule: boolean,
    families: CURRENT,
    description: 'write numbers as digits (always on in Fun-ASR)',
  },
};

/** Name of an option of {@link RecognitionParameters}. */
export type ParameterName = keyof RecognitionParameters;

/** The option names of all parameters. */
export const PARAMETER_NAMES = Object.keys(PARAMETERS) as readonly ParameterName[];

const ENTRIES = Object.entries(PARAMETERS) as [ParameterName, Parameter][];

/** The rule of every parameter, to check the options of whatever takes them. */
export const PARAMETER_RULES = Object.fromEntries(
  ENTRIES.map(([name, parameter]) => [name, parameter.rule]),
) as { readonly [Name in keyof Required<RecognitionParameters>]: Rule };

/** Those that stand in `parameters` of `run-task`. */
const ON_THE_WIRE = ENTRIES.filter(([, { place = 'parameters' }]) => place === 'parameters');

/** The `parameters` of `run-task`: under their wire names, without those that are not given. */
export function toWire(parameters: RecognitionParameters): Record<string, unknown> {
  return Object.fromEntries(
    ON_THE_WIRE.filter(([name]) => parameters[name] !== undefined).map(([name, { wireName }]) => [
      wireName,
      parameters[name],
    ]),
  );
}

/** Says which wire parameter breaks its rule, and how; undefined when all hold. Unknown names are the service's to ignore. */
export function checkWire(wire: Readonly<Record<string, unknown>>): string | undefined {
  for (const [, { wireName, rule }] of ON_THE_WIRE) {
    const value = wire[wireName];
    const broken = value === undefined || value === null ? undefined : rule(value);
    if (broken) return `${wireName} ${broken}`;
  }
  return undefined;
}
