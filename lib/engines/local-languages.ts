import { FunAsrError } from '../core/errors.ts';
import { correctedCode, languageName } from '../core/text/language-code.ts';
import { DEFAULT_CLOUD_MODEL, findCloudModel } from '../protocol/cloud-models.ts';
import { type BackendName, THEM, type UnrecognizedContext } from './backend.ts';
import { defaultModelFor, LOCAL_MODELS, MULTILINGUAL_MODEL } from './models/catalogue/catalogue.ts';
import { roundedSize } from './models/ready-model.ts';

/**
 * Checks that a model recognises a language, before it is downloaded, and not when the first audio comes.
 * @throws {FunAsrError} `E_LANGUAGE`
 */
export function checkLanguage(
  model: string,
  languages: readonly string[],
  [language]: readonly string[] = [],
  name: BackendName = 'local',
): void {
  if (language === undefined || languages.length === 0 || languages.includes(language)) return;
  const isServer = name === 'funasr';
  const who = isServer ? `a model of ${THEM[name]}` : `the local model ${model}`;
  throw new FunAsrError('E_LANGUAGE', `${who} recognises ${languages.join(', ')} only, not ${language}`, {
    hint: isServer ? hintForServer(language) : hintFor(language, model),
  });
}

function hintForServer(language: string): string {
  const corrected = correctedCode(language);
  return corrected === undefined
    ? 'Leave the language out: only a SenseVoice model uses it. Any other one is not asked for a language.'
    : `Write the language as ${corrected}.`;
}

function hintFor(language: string, model: string): string {
  const corrected = correctedCode(language);
  if (corrected !== undefined) return `Write the language as ${corrected}.`;
  const other = defaultModelFor(language);
  if (other !== undefined && other !== model)
    return `The local model ${other} recognises ${language}: choose it, or leave the model out.`;
  return findCloudModel(DEFAULT_CLOUD_MODEL)?.languages.includes(language) === true
    ? `Fun-ASR in the cloud recognises ${language}: set DASHSCOPE_API_KEY, or leave the language out.`
    : `Add a model that recognises ${language}, with \`fun-asr engine add <folder>\`, or leave the language out.`;
}

/** Adds to the reason for a local engine that it knows only one language, unless the user has named the language. */
export function reasonWithLanguages(
  reason: string,
  languages: readonly string[],
  hints: readonly string[] = [],
): string {
  const [only, ...others] = languages;
  if (only === undefined || others.length > 0 || hints.length > 0) return reason;
  return `${reason}; ${languageName(only)} only`;
}

/** What to do about speech that an engine did not recognise, or whose words are doubtful. */
export function unrecognizedHint(
  model: string,
  languages: readonly string[],
  { hasLanguage, hasText }: UnrecognizedContext,
): string {
  if (hasLanguage || hasText || languages.length === 0)
    return 'The speech may be too noisy or too faint for the local model.';
  const other = LOCAL_MODELS[MULTILINGUAL_MODEL];
  const further = other.languages.filter((language) => !languages.includes(language));
  const pull =
    further.length === 0
      ? ''
      : `run \`fun-asr engine pull ${other.name}\` (${roundedSize(other)}: ${further.map(languageName).join(', ')}), or `;
  return (
    `The local model ${model} knows ${languages.map(languageName).join(', ')} only. For speech in another language, ${pull}` +
    'set DASHSCOPE_API_KEY to use the cloud.'
  );
}
