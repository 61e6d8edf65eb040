import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { FunAsrError } from '../../core/errors.ts';
import { findCloudModel } from '../../protocol/cloud-models.ts';
import { addedModelFile, checkExists, findAddedModel } from './added-models.ts';
import {
  DEFAULT_LOCAL_MODEL,
  defaultModelFor,
  LOCAL_MODELS,
  type LocalModelName,
  MULTILINGUAL_MODEL,
} from './catalogue/catalogue.ts';
import { type FolderModel, recognizeFolder } from './families/recognize-folder.ts';
import type { LocalModel } from './local-model.ts';
import { modelFolder, type ModelStoreOptions } from './model-store.ts';
import { findPunctuation, type PunctuationModel } from './punctuation-model.ts';

/** A model of the local engine: one of the catalogue, one that the user has added, or one in a folder. */
export type ModelChoice = CatalogueChoice | UserChoice;

interface ChoiceFacts {
  /** For reports: its name, or the real path of its folder. The same value chooses it again. */
  readonly name: string;
  /** ISO 639 codes; empty for a folder whose languages are not known. */
  readonly languages: readonly string[];
  /** The same for the same files, whatever name or path was given; another one when the files have changed. */
  readonly identity: string;
}

/** A model of the catalogue. It may have to be downloaded. */
export interface CatalogueChoice extends ChoiceFacts {
  readonly kind: 'catalogue';
  readonly name: LocalModelName;
  readonly model: LocalModel;
}

/** A model of the user, whose files are there. */
export interface UserChoice extends ChoiceFacts {
  readonly kind: 'added' | 'folder';
  readonly model: FolderModel;
  /** What adds punctuation to its texts. @default it writes its own, or there is none for its languages */
  readonly punctuation?: PunctuationModel | undefined;
}

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
  return isCatalogueName(model) || existsSync(addedModelFile(model)) || isModelFolder(model);
}

/**
 * Finds the model that a name or a path means. Nothing is downloaded, loaded or tried.
 * @throws {FunAsrError} `E_OPTION`, `E_MODEL_REFUSED`
 */
export function findModel(value: string, options: ModelStoreOptions = {}): ModelChoice {
  if (isCatalogueName(value)) return catalogueChoice(value);
  const added = findAddedModel(value, options);
  if (!added && !isModelFolder(value)) throw unknownModel(value);
  if (added) checkExists(added);
  const model = recognizeFolder(added?.folder ?? value);
  if (model.family.kind === 'punctuation') throw notSpeech(value, model.folder);
  const languages = added?.languages ?? model.languages;
  const punctuation = model.lacksMarks ? findPunctuation(languages, options) : undefined;
  return {
    kind: added ? 'added' : 'folder',
    name: added?.name ?? model.folder,
    languages,
    identity: [identityOf(model), ...(punctuation ? [identityOf(punctuation.model)] : [])].join(' '),
    model,
    punctuation,
  };
}

/**
 * The models that the local engine recognises with, the main one first. A model that is named is the only one. Without it the
 * language decides; when that is not known either, a model that detects the language is used too, if it is installed.
 * @param value Any other name, such as one of a model of the cloud, stands for no name.
 * @throws {FunAsrError} `E_OPTION`, `E_MODEL_REFUSED`
 */
export function chooseLocalModels(
  value: string | undefined,
  language: string | undefined,
): readonly [ModelChoice, ...ModelChoice[]] {
  if (value !== undefined && isLocalModel(value)) return [findModel(value)];
  if (language !== undefined) return [catalogueChoice(defaultModelFor(language) ?? DEFAULT_LOCAL_MODEL)];
  const main = catalogueChoice(DEFAULT_LOCAL_MODEL);
  return existsSync(modelFolder(MULTILINGUAL_MODEL)) ? [main, catalogueChoice(MULTILINGUAL_MODEL)] : [main];
}

/** The languages of models together: ISO 639 codes. */
export function languagesOf(models: readonly ModelChoice[]): readonly string[] {
  return [...new Set(models.flatMap(({ languages }) => languages))];
}

/** How reports name models that are used together. */
export function namesOf(models: readonly ModelChoice[]): string {
  return models.map(({ name }) => name).join('+');
}

/** The identity of models that are used together. */
export function identityOfAll(models: readonly ModelChoice[]): string {
  return models.map(({ identity }) => identity).join('+');
}

/** Whether a value is the name of a model of the catalogue. */
export function isCatalogueName(value: string): value is LocalModelName {
  return Object.hasOwn(LOCAL_MODELS, value);
}

function catalogueChoice(name: LocalModelName): CatalogueChoice {
  const model = LOCAL_MODELS[name];
  const hashes = Object.entries(model.files).map(([file, { sha256 }]) => [file, sha256]);
  const digest = createHash('sha256').update(JSON.stringify(hashes)).digest('hex');
  return { kind: 'catalogue', name, languages: model.languages, identity: `${name} ${digest}`, model };
}

function identityOf({ folder, stamp }: FolderModel): string {
  return `${folder} ${stamp}`;
}

function notSpeech(value: string, folder: string): FunAsrError {
  return new FunAsrError('E_OPTION', `${value} is a punctuation model, which does not recognise speech`, {
    hint:
      `Name a speech model. Once \`fun-asr engine add ${folder}\` has added this one, it is used with those that write ` +
      'no punctuation.',
  });
}
