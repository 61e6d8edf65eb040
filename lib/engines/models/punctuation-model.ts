import { join } from 'node:path';
import { addedModels, checkExists } from './added-models.ts';
import { type FolderModel, recognizeFolder } from './families/recognize-folder.ts';
import { type PunctuationConfig, punctuationConfig } from './local-model.ts';
import type { ModelStoreOptions } from './model-store.ts';

/** A punctuation model of the user. */
export interface PunctuationModel {
  /** ISO 639 codes. */
  readonly languages: readonly string[];
  readonly model: FolderModel;
  readonly config: PunctuationConfig;
}

/** Languages that are written in Chinese characters, as the punctuation of Chinese expects them. */
const WRITTEN_CHINESE: readonly string[] = ['yue', 'wu'];

/** Whether a punctuation model is for a language. */
export function isForLanguage(languages: readonly string[], language: string): boolean {
  return languages.includes(language) || (WRITTEN_CHINESE.includes(language) && languages.includes('zh'));
}

/**
 * Finds the punctuation model for a speech model: the first one by name that was added and is for one of its languages.
 * @param languages Of the speech model; empty when they are not known.
 * @returns Undefined when none was added.
 * @throws {FunAsrError} `E_MODEL_REFUSED` when its folder has been deleted or changed.
 */
export function findPunctuation(
  languages: readonly string[],
  options: ModelStoreOptions,
): PunctuationModel | undefined {
  const added = addedModels(options).find(
    (model) =>
      model.kind === 'punctuation' &&
      (languages.length === 0 || languages.some((language) => isForLanguage(model.languages, language))),
  );
  if (!added) return undefined;
  checkExists(added);
  const model = recognizeFolder(added.folder);
  const config = punctuationConfig(join(model.folder, model.files[0] ?? ''));
  return { languages: added.languages, model, config };
}
