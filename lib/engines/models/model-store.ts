import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkOptions, text } from '../../core/options.ts';
import { MODELS, type Model, type ModelFile, type ModelName, packagesOf } from './catalogue.ts';
import { removeAbandoned } from './staging.ts';

/** Where the models of the local engine are kept. */
export interface ModelStoreOptions {
  /**
   * Folder of caches, in which `fun-asr-streams/models/` is kept.
   * @default `XDG_CACHE_HOME`, else where the platform keeps caches
   */
  readonly cacheDir?: string | undefined;
}

/** A model of the local engine, and whether it is on this machine. */
export interface ModelState {
  readonly name: string;
  /** ISO 639-1 codes. */
  readonly languages: readonly string[];
  readonly license: string;
  /** Where it is, or would be, kept. */
  readonly folder: string;
  /** `damaged`: some file is missing or not byte for byte what it must be; pulling mends it. */
  readonly state: 'ready' | 'missing' | 'damaged';
  /** Its size in the folder. */
  readonly bytes: number;
  /** What pulling it downloads. */
  readonly downloadBytes: number;
}

/** The models of the local engine, each with its state, hashes checked. */
export function listModels(options: ModelStoreOptions = {}): Promise<ModelState[]> {
  checkOptions('listModels', options, { cacheDir: text });
  return Promise.all(Object.values(MODELS).map((model) => stateOf(model, options.cacheDir)));
}

/**
 * Removes a model from this machine, and what downloads that were killed have left behind.
 * @returns Whether it was there.
 */
export async function removeModel(name: ModelName, options: ModelStoreOptions = {}): Promise<boolean> {
  checkOptions('removeModel', options, { cacheDir: text });
  const folder = modelFolder(name, options.cacheDir);
  const there = await stat(folder).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
  await removeAbandoned(dirname(folder));
  return there !== undefined;
}

/** One model with its state, hashes checked. */
export async function stateOf(model: Model, cacheDir: string | undefined): Promise<ModelState> {
  const folder = modelFolder(model.name, cacheDir);
  const files = Object.entries(model.files);
  const isThere = await stat(folder).catch(() => undefined);
  return {
    name: model.name,
    languages: model.languages,
    license: model.license,
    folder,
    state: !isThere ? 'missing' : (await isIntact(folder, files)) ? 'ready' : 'damaged',
    bytes: files.reduce((sum, [, file]) => sum + file.bytes, 0),
    downloadBytes: packagesOf(model).reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * Whether files are byte for byte what they must be. The native library ends the process on a file that it
 * cannot read, so this is asked before each start: hashing 65 MB takes a twentieth of a second.
 */
export async function isIntact(
  folder: string,
  files: ReadonlyArray<readonly [name: string, ModelFile]>,
): Promise<boolean> {
  const answers = files.map(async ([name, file]) => {
    try {
      return (await hashOf(join(folder, name), 'sha256')).toString('hex') === file.sha256;
    } catch {
      return false;
    }
  });
  return (await Promise.all(answers)).every(Boolean);
}

export async function hashOf(path: string, algorithm: 'sha256' | 'sha512'): Promise<Buffer> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest();
}

function modelFolder(name: string, cacheDir = usualCacheFolder()): string {
  return join(cacheDir, 'fun-asr-streams', 'models', name);
}

function usualCacheFolder(): string {
  // The XDG specification: a value that is not set or empty means ~/.cache.
  if (process.env['XDG_CACHE_HOME']) return process.env['XDG_CACHE_HOME'];
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.cache');
}
