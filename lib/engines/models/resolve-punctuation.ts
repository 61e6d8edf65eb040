import { join } from 'node:path';
import { ensureTried, listAddedModels } from './added-models.ts';
import { recognizeFolder, refused } from './families/recognize-folder.ts';
import type { ResolveOptions } from './resolve-model.ts';

/** A punctuation model of the user. */
export interface PunctuationModel {
  readonly name: string;
  /** ISO 639 codes. */
  readonly languages: readonly string[];
  /** Path of its file. */
  readonly file: string;
}

/** Languages that are written in Chinese characters, as the punctuation of Chinese expects them. */
const WRITTEN_CHINESE: readonly string[] = ['yue', 'wu'];

/** Whether a punctuation model is for a language. */
export function isForLanguage(languages: readonly string[], language: string): boolean {
  return languages.includes(language) || (WRITTEN_CHINESE.includes(language) && languages.includes('zh'));
}

/**
 * Makes the punctuation model for a speech model ready: the first one by name that was added and is for one of its languages.
 * @param languages Of the speech model; empty when they are not known.
 * @returns Undefined when none was added.
 * @throws {FunAsrError} `E_MODEL_REFUSED`, `E_ENGINE`
 */
export async function resolvePunctuation(
  languages: readonly string[],
  { cacheDir, findSherpa, signal }: ResolveOptions,
): Promise<PunctuationModel | undefined> {
  const added = (await listAddedModels({ cacheDir })).find(
    (model) =>
      model.kind === 'punctuation' &&
      (languages.length === 0 || languages.some((language) => isForLanguage(model.languages, language))),
  );
  if (!added) return undefined;
  if (added.state === 'missing')
    throw refused(added.folder, `does not exist any more. It has the punctuation model ${added.name}`);
  const model = await recognizeFolder(added.folder);
  await ensureTried(model, { cacheDir, findSherpa, signal });
  return { name: added.name, languages: added.languages, file: join(model.folder, model.files[0] ?? '') };
}
