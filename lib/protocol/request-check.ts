import { FunAsrError } from '../core/errors.ts';
import { closest } from '../core/options.ts';
import { isSharedHost, QWEN_SERVICE_PATH } from './addresses.ts';
import { CLOUD_MODELS, type CloudModel, DEFAULT_CLOUD_MODEL, findCloudModel } from './cloud-models.ts';
import type { Endpoint } from './endpoint.ts';
import { PARAMETER_NAMES, type RecognitionParameters, takesParameter } from './parameters.ts';
import { optionName } from '../core/option-names.ts';
import { correctedCode } from '../core/text/language-code.ts';

/** The settings of a recognition that depend on each other. */
export interface RecognitionRequest extends RecognitionParameters {
  readonly model: string;
  /** Of the audio, in Hz. */
  readonly sampleRate: number;
}

/** Models that use other protocols. */
const MODELS_OF_OTHER_PROTOCOLS: readonly { readonly name: RegExp; readonly hint: string }[] = [
  {
    name: /^qwen3-asr/,
    hint: `It has its own protocol at ${QWEN_SERVICE_PATH}. Use ${DEFAULT_CLOUD_MODEL} here.`,
  },
  { name: /^gummy-/, hint: `Its results have another format. Use ${DEFAULT_CLOUD_MODEL} here.` },
  {
    name: /^(fun-asr|paraformer-v\d)(-mtl)?$/,
    hint: `It transcribes files by URL. Use ${DEFAULT_CLOUD_MODEL} here.`,
  },
];

/**
 * Checks model, region, language, sample rate and parameters against each other, before anything is sent.
 * @param languages ISO 639 codes that the service recognises; empty when they are not known. Default: those of the model.
 * @returns `W_OPTION` for each option that has no effect.
 * @throws {FunAsrError} `E_OPTION` for a combination that cannot work, `E_LANGUAGE`.
 */
export function checkRequest(
  request: RecognitionRequest,
  endpoint: Pick<Endpoint, 'region'> & Partial<Pick<Endpoint, 'url'>>,
  languages?: readonly string[],
): FunAsrError[] {
  const { model: name } = request;
  const other = MODELS_OF_OTHER_PROTOCOLS.find((model) => model.name.test(name));
  if (other) throw new FunAsrError('E_OPTION', `model ${name} cannot be used here`, { hint: other.hint });
  const model = findCloudModel(name);
  if (!model) return checkUnknownModel(name);
  checkRegion(model, endpoint);
  checkLanguage(name, languages ?? model.languages, request);
  return [
    ...checkHost(model, endpoint.url),
    ...checkSampleRate(model, request.sampleRate),
    ...checkParameters(model, request),
    ...checkSegmentation(request),
  ];
}

/** Warns only when the name looks misspelt: the model may be newer than the list. */
function checkUnknownModel(name: string): FunAsrError[] {
  const near = closest(
    name,
    CLOUD_MODELS.map((model) => model.name),
  );
  return near ? [noEffect(`model ${name} is unknown`, `Did you mean ${near}?`)] : [];
}

function checkRegion({ name, regions }: CloudModel, { region }: Pick<Endpoint, 'region'>): void {
  if (region === undefined || regions[region]) return;
  const offered = Object.keys(regions).join(', ');
  throw new FunAsrError('E_OPTION', `model ${name} is not offered in the region ${region}`, {
    hint: `Choose the region ${offered}, with a key of that region, or another model.`,
  });
}

function checkLanguage(
  name: string,
  languages: readonly string[],
  { languageHints }: RecognitionRequest,
): void {
  const [language] = languageHints ?? [];
  if (language === undefined || languages.length === 0 || languages.includes(language)) return;
  const corrected = correctedCode(language);
  throw new FunAsrError('E_LANGUAGE', `model ${name} does not recognise the language ${language}`, {
    hint:
      corrected !== undefined
        ? `Write it as ${corrected}.`
        : `It recognises ${languages.join(', ')}; without a hint it detects the language.`,
  });
}

/** Source: the official samples, which have no other host for these models. */
function checkHost({ name, family }: CloudModel, url: string | undefined): FunAsrError[] {
  if (family !== 'qwen-audio' || url === undefined || !isSharedHost(new URL(url).hostname)) return [];
  return [
    noEffect(
      `the official samples connect model ${name} to the host of a workspace, not to the shared host`,
      `Set ${optionName('workspaceId')} and ${optionName('workspaceHost')}.`,
    ),
  ];
}

function checkSampleRate({ name, sampleRate: expected }: CloudModel, sampleRate: number): FunAsrError[] {
  if (expected === 'any' || expected === 'unverified' || expected === sampleRate) return [];
  const mismatch = `model ${name} takes audio of ${expected} Hz, not ${sampleRate} Hz`;
  const hint = `Decode or resample to ${expected} Hz.`;
  // An 8 kHz model cannot use audio of a higher rate. Newer pages of the service allow the opposite.
  if (expected === 8000) throw new FunAsrError('E_OPTION', mismatch, { hint });
  return [noEffect(mismatch, hint)];
}

function checkParameters(model: CloudModel, request: RecognitionRequest): FunAsrError[] {
  const warnings = PARAMETER_NAMES.filter(
    (name) => request[name] !== undefined && !takesParameter(model, name),
  ).map((name) =>
    // Most parameters of Qwen-Audio are not known.
    model.family === 'qwen-audio'
      ? noEffect(`it is not verified that option ${optionName(name)} has an effect on model ${model.name}`)
      : noEffect(`option ${optionName(name)} has no effect on model ${model.name}`),
  );
  if (model.family !== 'fun-asr') return warnings;
  if (request.punctuationPrediction === false) {
    throw new FunAsrError('E_OPTION', `model ${model.name} always adds punctuation`, {
      hint: `Leave ${optionName('punctuationPrediction')} out, and remove the punctuation from the text.`,
    });
  }
  if (request.inverseTextNormalization === false) {
    warnings.push(noEffect(`model ${model.name} always writes numbers as digits`));
  }
  if ((request.languageHints?.length ?? 0) > 1) {
    warnings.push(noEffect(`model ${model.name} reads only the first of ${optionName('languageHints')}`));
  }
  return warnings;
}

/** Source: the official Python SDK page, at each of the parameters. */
function checkSegmentation(request: RecognitionRequest): FunAsrError[] {
  if (!request.semanticPunctuation) return [];
  return (['maxSentenceSilence', 'multiThresholdMode'] as const)
    .filter((name) => request[name] !== undefined && request[name] !== false)
    .map((name) =>
      noEffect(`option ${optionName(name)} has no effect with ${optionName('semanticPunctuation')}`),
    );
}

function noEffect(message: string, hint = 'Leave it out.'): FunAsrError {
  return new FunAsrError('W_OPTION', message, { hint });
}
