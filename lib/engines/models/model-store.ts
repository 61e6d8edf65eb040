import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkArgument, checkOptions, oneOf, text } from '../../core/options.ts';
import { withCacheErrors } from './cache-errors.ts';
import { LOCAL_MODELS, type LocalModelName } from './catalogue/catalogue.ts';
import { downloadSizeOf, hostedFilesOf, type LocalModel, type ModelFile, sizeOf } from './local-model.ts';
import { removePartialFiles } from './pull/partial-files.ts';
import { removeAbandoned } from './staging.ts';

/** Where the models of the local engine are kept. */
export interface ModelStoreOptions {
  /**
   * Folder for caches. Models are stored in `fun-asr-streams/models/` in it.
   * @default `XDG_CACHE_HOME`, else the cache folder of the platform
   */
  readonly cacheDir?: string | undefined;
}

/** A model of the local engine and its state on this machine. */
export interface ModelState {
  readonly name: string;
  /** ISO 639 codes. */
  readonly languages: readonly string[];
  /** Name of the license of its weights. */
  readonly license: string;
  /** Address of the text of the license, for a model that is not in the npm registry. */
  readonly licenseUrl?: string;
  /** Where it is stored, or would be. */
  readonly folder: string;
  /** `damaged`: a file is missing or has another hash. Pulling the model repairs it. */
  readonly state: 'ready' | 'missing' | 'damaged';
  /** Size of its files. */
  readonly bytes: number;
  /** Size of the download. */
  readonly downloadBytes: number;
}

/** Lists the models of the local engine. Checks the hashes of all files. */
export function listModels(options: ModelStoreOptions = {}): Promise<ModelState[]> {
  checkOptions('listModels', options, { cacheDir: text });
  return Promise.all(Object.values(LOCAL_MODELS).map((model) => stateOf(model, options.cacheDir)));
}

/**
 * Removes a model from this machine, and the rest of downloads that were killed.
 * @returns Whether the model was there.
 */
export async function removeModel(name: LocalModelName, options: ModelStoreOptions = {}): Promise<boolean> {
  checkArgument('removeModel', 'name', name, oneOf(...Object.keys(LOCAL_MODELS)));
  checkOptions('removeModel', options, { cacheDir: text });
  const folder = modelFolder(name, options.cacheDir);
  const status = await stat(folder).catch(() => undefined);
  await withCacheErrors(folder, () => rm(folder, { recursive: true, force: true }));
  await removeAbandoned(dirname(folder));
  const hashes = hostedFilesOf(LOCAL_MODELS[name]).map(([, { sha256 }]) => sha256);
  await removePartialFiles(dirname(folder), hashes);
  return status !== undefined;
}

/** Returns the state of one model. Checks the hashes of its files. */
export async function stateOf(model: LocalModel, cacheDir: string | undefined): Promise<ModelState> {
  const folder = modelFolder(model.name, cacheDir);
  const files = Object.entries(model.files);
  const status = await stat(folder).catch(() => undefined);
  return {
    name: model.name,
    languages: model.languages,
    license: model.license,
    ...(model.licenseUrl !== undefined && { licenseUrl: model.licenseUrl }),
    folder,
    state: !status ? 'missing' : (await isIntact(folder, files)) ? 'ready' : 'damaged',
    bytes: sizeOf(model),
    downloadBytes: downloadSizeOf(model),
  };
}

/**
 * Checks that all files are there and have the right hash. sherpa-onnx ends the process on a file that it cannot read,
 * so this is checked before each start. Hashing 65 MB takes about 50 ms.
 */
export async function isIntact(
  folder: string,
  files: ReadonlyArray<readonly [name: string, ModelFile]>,
): Promise<boolean> {
  const checks = files.map(async ([name, file]) => {
    try {
      return (await hashOf(join(folder, name), 'sha256')).toString('hex') === file.sha256;
    } catch {
      return false;
    }
  });
  return (await Promise.all(checks)).every(Boolean);
}

/** Hashes a file. */
export async function hashOf(path: string, algorithm: 'sha256' | 'sha512'): Promise<Buffer> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest();
}

/** The folder of a model. */
export function modelFolder(name: string, cacheDir?: string): string {
  return join(modelsFolder(cacheDir), name);
}

/** The folder of all models. */
export function modelsFolder(cacheDir: string = defaultCacheFolder()): string {
  return join(cacheDir, 'fun-asr-streams', 'models');
}

function defaultCacheFolder(): string {
  // The XDG specification: a value that is not an absolute path is ignored.
  const { XDG_CACHE_HOME: folder = '' } = process.env;
  if (isAbsolute(folder)) return folder;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.cache');
}
