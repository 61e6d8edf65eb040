import { FunAsrError } from '../core/errors.ts';
import { closest } from '../core/options.ts';
import type { Endpoint } from './endpoint.ts';
import { findModel, type Model, MODELS } from './models.ts';
import { PARAMETERS, type RecognitionParameters } from './parameters.ts';

/** What is asked of a service, as far as its parts must fit together. */
export interface Conditions extends RecognitionParameters {
  readonly model: string;
  readonly sampleRate: number;
}

/** Models that are reached over other protocols, and what to do instead. */
const OTHER_PROTOCOLS: readonly { readonly name: RegExp; readonly hint: string }[] = [
  {
    name: /^qwen3-asr/,
    hint: 'It has a protocol of its own at /api-ws/v1/realtime. Use fun-asr-realtime here.',
  },
  { name: /^gummy-/, hint: 'Its results have another shape. Use fun-asr-realtime here.' },
  {
    name: /^(fun-asr|paraformer-v\d)(-mtl)?$/,
    hint: 'It transcribes files by URL. Use fun-asr-realtime here.',
  },
];

/**
 * Checks parameters, model, sample rate and region against each other, before anything is sent.
 * @returns `W_OPTION` for each option that has no effect.
 * @throws {FunAsrError} `E_OPTION` for what cannot work, `E_LANGUAGE`.
 */
export function checkConditions(conditions: Conditions, endpoint: Pick<Endpoint, 'region'>): FunAsrError[] {
  const { model: name } = conditions;
  const other = OTHER_PROTOCOLS.find((protocol) => protocol.name.test(name));
  if (other) throw new FunAsrError('E_OPTION', `model ${name} cannot be used here`, { hint: other.hint });
  const model = findModel(name);
  if (!model) return unknownModel(name);
  refuseRegion(model, endpoint);
  refuseLanguage(model, conditions);
  return [
    ...sampleRateWarnings(model, conditions.sampleRate),
    ...parameterWarnings(model, conditions),
    ...segmentationWarnings(conditions),
  ];
}

/** It may be newer than the list, and then all is well. */
function unknownModel(name: string): FunAsrError[] {
  const near = closest(
    name,
    MODELS.map((model) => model.name),
  );
  return near ? [ineffective(`model ${name} is not known here`, `Did you mean ${near}?`)] : [];
}

function refuseRegion({ name, regions }: Model, { region }: Pick<Endpoint, 'region'>): void {
  if (region === undefined || regions[region]) return;
  const offered = Object.keys(regions).join(', ');
  throw new FunAsrError('E_OPTION', `model ${name} is not offered in the region ${region}`, {
    hint: `Choose the region ${offered}, with a key of that region, or another model.`,
  });
}

function refuseLanguage({ name, languages }: Model, { languageHints }: Conditions): void {
  const [language] = languageHints ?? [];
  if (language === undefined || languages.includes(language)) return;
  throw new FunAsrError('E_LANGUAGE', `model ${name} does not recognise the language ${language}`, {
    hint: `It recognises ${languages.join(', ')}; without a hint it finds out by itself.`,
  });
}

function sampleRateWarnings({ name, sampleRate: expected }: Model, sampleRate: number): FunAsrError[] {
  if (expected === 'any' || expected === sampleRate) return [];
  const mismatch = `model ${name} takes audio of ${expected} Hz, not ${sampleRate} Hz`;
  const hint = `Decode or resample to ${expected} Hz.`;
  // Fast audio at a slow model is noise; the other way round newer pages of the service allow it.
  if (expected === 8000) throw new FunAsrError('E_OPTION', mismatch, { hint });
  return [ineffective(mismatch, hint)];
}

function parameterWarnings(model: Model, conditions: Conditions): FunAsrError[] {
  const warnings = Object.entries(PARAMETERS)
    .filter(
      ([name, { families }]) =>
        conditions[name as keyof RecognitionParameters] !== undefined && !families.includes(model.family),
    )
    .map(([name]) => ineffective(`option ${name} has no effect on model ${model.name}`));
  if (model.family !== 'fun-asr') return warnings;
  if (conditions.punctuationPrediction === false) {
    throw new FunAsrError('E_OPTION', `model ${model.name} always sets punctuation marks`, {
      hint: 'Leave punctuationPrediction out, and take the marks out of the text.',
    });
  }
  if (conditions.inverseTextNormalization === false) {
    warnings.push(ineffective(`model ${model.name} always writes numbers as digits`));
  }
  if ((conditions.languageHints?.length ?? 0) > 1) {
    warnings.push(ineffective(`model ${model.name} reads only the first of languageHints`));
  }
  return warnings;
}

/** Source: the official Python SDK page, at the parameters themselves. */
function segmentationWarnings(conditions: Conditions): FunAsrError[] {
  if (!conditions.semanticPunctuation) return [];
  return (['maxSentenceSilence', 'multiThresholdMode'] as const)
    .filter((name) => conditions[name] !== undefined && conditions[name] !== false)
    .map((name) => ineffective(`option ${name} has no effect with semanticPunctuation`));
}

function ineffective(message: string, hint = 'Leave it out.'): FunAsrError {
  return new FunAsrError('W_OPTION', message, { hint });
}
