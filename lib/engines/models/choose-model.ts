import { existsSync } from 'node:fs';
import { FunAsrError } from '../../core/errors.ts';
import { findCloudModel } from '../../protocol/cloud-models.ts';
import { addedLanguages, addedModelFile } from './added-models.ts';
import {
  DEFAULT_LOCAL_MODEL,
  defaultModelFor,
  LOCAL_MODELS,
  MULTILINGUAL_MODEL,
} from './catalogue/catalogue.ts';
import { modelFolder } from './model-store.ts';

/**
 * Whether a value names a folder with a model: it contains a path separator. Any other value is a name, also if a folder of
 * that name exists: a model of the cloud must not become a local one because of the current folder.
 */
export function isModelFolder(value: string): boolean {
  return /[\\/]/.test(value);
}

/** The error of a name that is not one of a local model. */
export function unknownModel(name: string): FunAsrError {
  return new FunAsrError('E_OPTION', `the local engine has no model ${name}`, {
    hint:
      `It has ${Object.keys(LOCAL_MODELS).join(', ')} and what \`fun-asr engine add\` has added. ` +
      'A path of a folder needs a /, such as ./my-model.',
  });
}

/** Whether a value names a model of the local engine: one of the catalogue, one of the user, or a folder. */
export function isLocalModel(model: string | undefined): boolean {
  if (model === undefined || findCloudModel(model)) return false;
  return Object.hasOwn(LOCAL_MODELS, model) || existsSync(addedModelFile(model)) || isModelFolder(model);
}

/**
 * The models that the local engine recognises with, the main one first. A model that is named is the only one. Without it the
 * language decides; when that is not known either, a model that detects the language is used too, if it is installed.
 * @param model Any other name, such as one of a model of the cloud, stands for no name.
 */
export function chooseLocalModels(
  model: string | undefined,
  language: string | undefined,
): readonly [string, ...string[]] {
  if (model !== undefined && isLocalModel(model)) return [model];
  if (language !== undefined) return [defaultModelFor(language) ?? DEFAULT_LOCAL_MODEL];
  return existsSync(modelFolder(MULTILINGUAL_MODEL))
    ? [DEFAULT_LOCAL_MODEL, MULTILINGUAL_MODEL]
    : [DEFAULT_LOCAL_MODEL];
}

/** The languages of models, as far as they are known without loading them: ISO 639 codes. */
export function knownLanguages(models: readonly string[]): readonly string[] {
  const catalogue: Readonly<Record<string, { readonly languages: readonly string[] }>> = LOCAL_MODELS;
  return [...new Set(models.flatMap((name) => catalogue[name]?.languages ?? addedLanguages(name)))];
}
