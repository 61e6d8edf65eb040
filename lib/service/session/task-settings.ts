import { integer } from '../../core/options.ts';
import { findCloudModel } from '../../protocol/cloud-models.ts';
import { SERVICE_CODES, SERVICE_MESSAGES } from '../../protocol/errors/service-codes.ts';
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from '../../protocol/service-limits.ts';
import type { ClientAction } from '../../protocol/messages/client-actions.ts';
import { checkWireParameters, DEFAULT_SENTENCE_SILENCE_MS } from '../../protocol/parameters.ts';
import { AUDIO_FORMATS, type AudioFormat } from '../../media/audio-format.ts';
import type { Engine } from '../engine.ts';
import { invalidParameter, TaskError } from './task-error.ts';

type RunTask = ClientAction & { readonly action: 'run-task' };

/** What the settings of a task are checked against. */
export interface TaskResources {
  readonly engine: Engine;
  /** The hot-word lists. */
  readonly vocabularies: { has(id: string): boolean };
}

/** The settings of `run-task` that the local service uses. */
export interface TaskSettings {
  readonly format: AudioFormat;
  /** Of the audio that the client sends, in Hz. */
  readonly sampleRate: number;
  /** Language of the speech; undefined when the client does not name it. */
  readonly language?: string | undefined;
  /** Silence that ends a sentence, in ms. */
  readonly maxSentenceSilence: number;
  /** Whether silent audio of any length keeps the task alive. */
  readonly hasHeartbeat: boolean;
}

/**
 * Silence that ends a sentence with semantic punctuation, in ms: the local engine does not know where the meaning ends.
 * Source: official samples.
 */
const SEMANTIC_SENTENCE_SILENCE_MS = 2000;

const sampleRateRule = integer(MIN_SAMPLE_RATE, MAX_SAMPLE_RATE, 'Hz');

/**
 * Reads the parameters of a task. Refuses values out of their documented range, and settings that the engine does not
 * support. Ignores unknown parameters, as the cloud service does.
 * @throws {TaskError}
 */
export function taskSettings(
  { model: name, parameters }: RunTask,
  { engine, vocabularies }: TaskResources,
): TaskSettings {
  const format = AUDIO_FORMATS.find((known) => known === parameters.format);
  if (!format) {
    const allowed = AUDIO_FORMATS.join(', ');
    throw new TaskError(
      SERVICE_CODES.unsupportedFormat,
      `${SERVICE_CODES.unsupportedFormat}: format must be one of ${allowed}, not ${parameters.format}`,
    );
  }
  const { sample_rate: sampleRate } = parameters;
  const model = findCloudModel(name);
  const wrongRate = sampleRateRule(sampleRate);
  if (wrongRate) throw invalidParameter(`sample_rate ${wrongRate}`);
  if (model?.sampleRate === 8000 && sampleRate !== 8000) {
    throw invalidParameter(`sample_rate must be 8000 for ${name}, not ${sampleRate}`);
  }
  const violation = checkWireParameters(parameters);
  if (violation) throw invalidParameter(violation);
  const language = readLanguage(parameters['language_hints'], engine);
  const vocabulary = parameters['vocabulary_id'];
  if (typeof vocabulary === 'string' && !vocabularies.has(vocabulary)) {
    throw new TaskError(SERVICE_CODES.notFound, SERVICE_MESSAGES.notFound);
  }
  const silence = parameters['max_sentence_silence'];
  return {
    format,
    sampleRate,
    language,
    maxSentenceSilence:
      parameters['semantic_punctuation_enabled'] === true
        ? SEMANTIC_SENTENCE_SILENCE_MS
        : typeof silence === 'number'
          ? silence
          : DEFAULT_SENTENCE_SILENCE_MS[model?.family ?? 'fun-asr'],
    hasHeartbeat: parameters['heartbeat'] === true,
  };
}

/** Reads the first language. Refuses one that the engine does not recognise: its text would be fluent but wrong. */
function readLanguage(hints: unknown, { model, languages }: Engine): string | undefined {
  const first: unknown = Array.isArray(hints) ? hints[0] : undefined;
  if (typeof first !== 'string') return undefined;
  if (languages.length === 0 || languages.includes(first)) return first;
  throw invalidParameter(
    `language_hints: the local model ${model} recognises ${languages.join(', ')} only, not ${first}`,
  );
}
