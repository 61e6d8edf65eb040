import { integer } from '../../core/options.ts';
import { AUDIO_FORMATS, type AudioFormat } from '../../media/audio-format.ts';
import type { ClientAction } from '../../protocol/messages.ts';
import { findModel } from '../../protocol/models.ts';
import { checkWire } from '../../protocol/parameters.ts';
import type { Engine } from '../engine.ts';
import { invalidParameter, TaskFailure } from './task-failure.ts';

type RunTask = ClientAction & { readonly action: 'run-task' };

/** What the service has to fulfil what a client asks for. */
export interface Resources {
  readonly engine: Engine;
  /** The hot-word lists. */
  readonly vocabularies: { has(id: string): boolean };
}

/** What a client asks for in `run-task`, as far as it matters here. */
export interface TaskSettings {
  readonly format: AudioFormat;
  /** Of the audio as it comes, in Hz. */
  readonly sampleRate: number;
  /** Silence in ms that ends a sentence. */
  readonly maxSentenceSilence: number;
  /** Whether silent audio keeps the task alive, however long it lasts. */
  readonly hasHeartbeat: boolean;
}

/** What the models take when nothing is said, in ms. Source: the official pages of Fun-ASR and Paraformer. */
const SENTENCE_SILENCE = { 'fun-asr': 1300, 'paraformer-v2': 800, 'paraformer-v1': 800 } as const;
/** Where the meaning ends is not known here: a sentence ends after this silence at the latest. Source: official samples. */
const SEMANTIC_SENTENCE_SILENCE = 2000;

const sampleRateRule = integer(8000, 48_000, 'Hz');

/**
 * Reads the parameters of a task, refusing what is out of its documented range, and what the engine cannot do.
 * Parameters that are not known are ignored, as the real service does.
 * @throws {TaskFailure}
 */
export function taskSettings(
  { model: name, parameters }: RunTask,
  { engine, vocabularies }: Resources,
): TaskSettings {
  const format = AUDIO_FORMATS.find((known) => known === parameters.format);
  if (!format) {
    throw new TaskFailure(
      'UNSUPPORTED_FORMAT',
      `UNSUPPORTED_FORMAT: format must be one of ${AUDIO_FORMATS.join(', ')}, not ${parameters.format}`,
    );
  }
  const { sample_rate: sampleRate } = parameters;
  const model = findModel(name);
  const wrongRate = sampleRateRule(sampleRate);
  if (wrongRate) throw invalidParameter(`sample_rate ${wrongRate}`);
  if (model?.sampleRate === 8000 && sampleRate !== 8000) {
    throw invalidParameter(`sample_rate must be 8000 for ${name}, not ${sampleRate}`);
  }
  const broken = checkWire(parameters);
  if (broken) throw invalidParameter(broken);
  checkLanguage(parameters['language_hints'], engine);
  const vocabulary = parameters['vocabulary_id'];
  if (typeof vocabulary === 'string' && !vocabularies.has(vocabulary)) {
    throw new TaskFailure('NotFound', 'Not found!');
  }
  const silence = parameters['max_sentence_silence'];
  return {
    format,
    sampleRate,
    maxSentenceSilence:
      parameters['semantic_punctuation_enabled'] === true
        ? SEMANTIC_SENTENCE_SILENCE
        : typeof silence === 'number'
          ? silence
          : SENTENCE_SILENCE[model?.family ?? 'fun-asr'],
    hasHeartbeat: parameters['heartbeat'] === true,
  };
}

/** A model that does not know the language gives fluent nonsense: worse than no text. */
function checkLanguage(hints: unknown, { model, languages }: Engine): void {
  const first: unknown = Array.isArray(hints) ? hints[0] : undefined;
  if (typeof first !== 'string' || languages.includes(first)) return;
  throw invalidParameter(
    `language_hints: the local model ${model} recognises ${languages.join(', ')} only, not ${first}`,
  );
}
