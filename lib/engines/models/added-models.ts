import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import { readLanguageCode } from '../../core/text/language-code.ts';
import { AtomicFile } from '../../core/system/atomic-file.ts';
import { makeFolder } from '../../core/system/make-folder.ts';
import { findCloudModel } from '../../protocol/cloud-models.ts';
import { withCacheErrors } from './cache-errors.ts';
import { LOCAL_MODELS } from './catalogue/catalogue.ts';
import { type FolderModel, recognizeFolder } from './families/recognize-folder.ts';
import { refused } from './families/refused.ts';
import { punctuationConfig, recognizerConfig } from './local-model.ts';
import { modelsFolder, type ModelStoreOptions } from './model-store.ts';
import { type Trial, tryModel } from './model-trial.ts';
import { makeStaging, removeAbandoned } from './staging.ts';

/** Options of {@link addModel}. */
export interface AddOptions extends ModelStoreOptions {
  /** @default the name of the folder */
  readonly name?: string | undefined;
  /** ISO 639 codes. @default those of the family, of the metadata or of the name of the folder */
  readonly languages?: readonly string[] | undefined;
  /** Whether the files are copied into the cache. Else the folder must stay where it is. @default false */
  readonly copy?: boolean | undefined;
  /** Finds the main file of sherpa-onnx-node, for a trial. */
  readonly findSherpa: () => Promise<string>;
  readonly signal?: AbortSignal | undefined;
}

/** A model of the user. */
export interface AddedModel {
  readonly name: string;
  /** What it does: recognise speech, or add punctuation to the text of models that write none. */
  readonly kind: 'speech' | 'punctuation';
  /** Where its files are. */
  readonly folder: string;
  readonly isCopy: boolean;
  /** ISO 639 codes. */
  readonly languages: readonly string[];
  /** The family, as sherpa-onnx names it. */
  readonly family: string;
}

/** A model of the user and its state on this machine. */
export interface AddedModelState extends AddedModel {
  /** `missing`: the folder does not exist. `refused`: its files do not fit any more, or what describes it is damaged. */
  readonly state: 'ready' | 'missing' | 'refused';
  /** Size of its files. */
  readonly bytes: number;
}

/**
 * Adds a model in a folder of the user. Its family is recognised, and it is tried in a child process.
 * @throws {FunAsrError} `E_MODEL_REFUSED`, `E_OPTION`, `E_ENGINE`, `E_WRITE`, `E_DISK_FULL`
 */
export async function addModel(path: string, options: AddOptions): Promise<AddedModel> {
  const model = recognizeFolder(path);
  const { name = defaultName(model.folder), languages = model.languages, copy = false, cacheDir } = options;
  checkName(name, model.folder, cacheDir);
  checkLanguages(languages);
  if (languages.length === 0)
    throw new FunAsrError('E_OPTION', `the languages of ${model.folder} are not known`, {
      hint: 'Name them, for example with --languages zh,en.',
    });
  await ensureTried(model, options);
  const folder = join(addedFolder(cacheDir), name);
  const files = join(folder, 'files');
  const added = {
    name,
    kind: model.family.kind ?? 'speech',
    folder: copy ? files : model.folder,
    isCopy: copy,
    languages,
    family: model.family.key,
  };
  await withCacheErrors(folder, () => store(folder, added, model));
  return added;
}

/** Writes what describes a model, and the copy of its files if there is one, in one step. */
async function store(folder: string, added: AddedModel, model: FolderModel): Promise<void> {
  const models = dirname(folder);
  await makeFolder(models);
  await removeAbandoned(models);
  const staging = await makeStaging(models);
  try {
    const fresh = join(staging, 'model');
    await mkdir(fresh);
    if (added.isCopy) await copyFiles(model, join(fresh, 'files'));
    await writeFile(join(fresh, 'model.json'), `${JSON.stringify(added, undefined, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The models of the user, by their names. */
export function addedModels(options: ModelStoreOptions = {}): AddedModel[] {
  const models = addedNames(options).map((name) => findAddedModel(name, options));
  return models.filter((model) => model !== undefined);
}

/** The models of the user and their states, by their names. */
export function listAddedModels(options: ModelStoreOptions = {}): AddedModelState[] {
  return addedNames(options).flatMap((name) => {
    try {
      const added = findAddedModel(name, options);
      return added ? [stateOfAdded(added)] : [];
    } catch {
      const folder = dirname(addedModelFile(name, options.cacheDir));
      const unknown = { kind: 'speech', isCopy: false, languages: [], family: '' } as const;
      return [{ ...unknown, name, folder, state: 'refused', bytes: 0 }];
    }
  });
}

function addedNames({ cacheDir }: ModelStoreOptions): string[] {
  try {
    return readdirSync(addedFolder(cacheDir)).toSorted((a, b) => a.localeCompare(b));
  } catch {
    return [];
  }
}

function stateOfAdded(added: AddedModel): AddedModelState {
  if (!existsSync(added.folder)) return { ...added, state: 'missing', bytes: 0 };
  try {
    const model = recognizeFolder(added.folder);
    const sizes = model.files.map((file) => statSync(join(model.folder, file)).size);
    return { ...added, state: 'ready', bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } catch {
    return { ...added, state: 'refused', bytes: 0 };
  }
}

/** The file that describes a model of the user. */
export function addedModelFile(name: string, cacheDir?: string): string {
  return join(addedFolder(cacheDir), encodeURIComponent(name), 'model.json');
}

/** Finds a model of the user by its name. */
export function findAddedModel(name: string, { cacheDir }: ModelStoreOptions = {}): AddedModel | undefined {
  if (!NAME.test(name)) return undefined;
  const file = addedModelFile(name, cacheDir);
  if (!existsSync(file)) return undefined;
  try {
    return checked(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new FunAsrError('E_MODEL_REFUSED', `${file} is damaged`, {
      hint: `Run \`fun-asr engine remove ${name}\`, and add the model again.`,
      cause,
    });
  }
}

/**
 * Checks that the folder of a model of the user exists.
 * @throws {FunAsrError} `E_MODEL_REFUSED`
 */
export function checkExists({ name, kind, folder }: AddedModel): void {
  if (existsSync(folder)) return;
  const what = kind === 'punctuation' ? 'the punctuation model' : 'the model';
  throw new FunAsrError('E_MODEL_REFUSED', `${folder} does not exist any more. It has ${what} ${name}`, {
    hint: `Restore the folder, or run \`fun-asr engine remove ${name}\`.`,
  });
}

function checked(value: unknown): AddedModel {
  const { name, kind = 'speech', folder, isCopy, languages, family } = value as Partial<AddedModel>;
  if (
    typeof name !== 'string' ||
    typeof folder !== 'string' ||
    typeof family !== 'string' ||
    (kind !== 'speech' && kind !== 'punctuation') ||
    !Array.isArray(languages)
  )
    throw new Error('a field is missing');
  return { name, kind, folder, isCopy: isCopy === true, languages, family };
}

/**
 * Forgets a model of the user, and deletes its copy if there is one. The folder of the user stays.
 * @returns Whether the model was there.
 */
export async function removeAddedModel(name: string, { cacheDir }: ModelStoreOptions = {}): Promise<boolean> {
  if (!NAME.test(name)) return false;
  const folder = join(addedFolder(cacheDir), name);
  const status = await stat(folder).catch(() => undefined);
  await withCacheErrors(folder, () => rm(folder, { recursive: true, force: true }));
  return status !== undefined;
}

/**
 * Tries a model, unless it was tried with the same files: their names, sizes and times are compared. In a cache folder that
 * cannot be written nothing is remembered, and the model is tried each time.
 * @throws {FunAsrError} `E_MODEL_REFUSED`, `E_ENGINE`
 */
export async function ensureTried(
  model: FolderModel,
  { cacheDir, findSherpa, signal }: Pick<AddOptions, 'cacheDir' | 'findSherpa' | 'signal'>,
): Promise<void> {
  const file = join(modelsFolder(cacheDir), 'tried', hash(model.folder));
  const { stamp } = model;
  if ((await readFile(file, 'utf8').catch(() => '')) === stamp) return;
  const reason = await tryModel(trialOf(model), { sherpaFile: await findSherpa(), signal });
  if (reason !== undefined)
    throw refused(model.folder, `looks like ${model.family.title}, but sherpa-onnx cannot run it: ${reason}`);
  await remember(file, stamp).catch(() => {});
}

async function remember(file: string, stamp: string): Promise<void> {
  await makeFolder(dirname(file));
  const atomic = await AtomicFile.create(file);
  try {
    await writeFile(atomic.path, stamp);
    await atomic.place();
  } finally {
    await atomic.discard();
  }
}

function trialOf({ family, folder, files, configIn, streamingTailMs }: FolderModel): Trial {
  if (family.kind === 'punctuation') return { punctuation: punctuationConfig(join(folder, files[0] ?? '')) };
  const config = recognizerConfig(configIn(folder));
  return streamingTailMs === undefined ? { speech: config } : { streaming: config };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Weights that ONNX files may have beside them. */
const EXTERNAL_WEIGHTS = /\.(weights|data|onnx_data)$/;

async function copyFiles({ folder, files }: FolderModel, to: string): Promise<void> {
  const weights = (await readdir(folder)).filter((name) => EXTERNAL_WEIGHTS.test(name));
  for (const name of [...files, ...weights])
    await cp(join(folder, name), join(to, name), { dereference: true, preserveTimestamps: true });
}

/** A name that is a folder on all systems, and not a path. */
const NAME = /^[a-z0-9][a-z0-9._-]*$/i;
const MAX_NAME_LENGTH = 100;

/** Names of devices of Windows. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function defaultName(folder: string): string {
  return basename(folder)
    .replace(/[^a-z0-9._-]+/gi, '-')
    .replace(/^[^a-z0-9]+/i, '')
    .replace(/\.+$/, '');
}

function checkLanguages(languages: readonly string[]): void {
  for (const language of languages) {
    const read = readLanguageCode(language);
    if ('code' in read && read.code === language) continue;
    throw new FunAsrError('E_OPTION', `the model cannot have the language ${JSON.stringify(language)}`, {
      hint: 'code' in read ? `Write it as ${read.code}.` : read.reason,
    });
  }
}

function checkName(name: string, folder: string, cacheDir: string | undefined): void {
  const refuse = (reason: string): FunAsrError =>
    new FunAsrError('E_OPTION', `the model cannot have the name ${JSON.stringify(name)}: ${reason}`, {
      hint: 'Choose another name, for example with --name.',
    });
  if (!NAME.test(name)) throw refuse('it may contain letters, digits, dots, hyphens and underscores');
  if (name.length > MAX_NAME_LENGTH) throw refuse(`it may have at most ${MAX_NAME_LENGTH} characters`);
  if (name.endsWith('.') || RESERVED.test(name)) throw refuse('Windows has no folder of this name');
  if (Object.hasOwn(LOCAL_MODELS, name) || findCloudModel(name)) throw refuse('another model has it');
  const existing = findAddedModel(name, { cacheDir });
  if (existing && (existing.isCopy || existing.folder !== folder))
    throw refuse(`the model in ${existing.folder} has it`);
}

function addedFolder(cacheDir: string | undefined): string {
  return join(modelsFolder(cacheDir), 'added');
}
