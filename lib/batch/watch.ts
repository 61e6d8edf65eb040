import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { stat } from 'node:fs/promises';
import { watch } from 'chokidar';
import { FunAsrError, messageOf, systemCode } from '../core/errors.ts';
import { isPermanent } from './recording/error-rules.ts';
import type { BatchOptions } from './batch-options.ts';
import { transcribeBatch } from './batch.ts';
import { examineEntry } from './plan/folder-entry.ts';
import type { BatchReport } from './report/results.ts';
import { fileStamp } from './state/content/file-stamp.ts';

/** Options of {@link watchFolder}. */
export interface WatchOptions extends Omit<BatchOptions, 'inputs' | 'stdin' | 'accepts'> {
  readonly folder: string;
  /**
   * Polls the folder in this interval, in ms, instead of using file-system events: network shares report no changes of
   * other machines. @default file-system events
   */
  readonly pollMs?: number | undefined;
  /** Called before each run; its results are those of the run until `onReport`. */
  readonly onRun?: (() => void) | undefined;
  /** Called after each run. */
  readonly onReport?: ((report: BatchReport) => void) | undefined;
  /** Called when all recordings are done, and the folder is watched. */
  readonly onIdle?: (() => void) | undefined;
}

/** A file is complete when it has not changed for this long, in ms. */
const STABLE_MS = 2000;

/** A recording whose failure may pass is tried again after this long, in ms. */
const RETRY_MS = 60_000;

/**
 * Transcribes the recordings of a folder, and then those that arrive in it, until `stop` or `signal` is aborted. A file is
 * taken when it has stopped growing. What an earlier process has finished is skipped, as in every run. A recording that has
 * failed is tried again when it changes, or after a minute if its failure may pass.
 * @throws What `transcribeBatch()` throws for a run that is impossible; `E_READ` when the folder cannot be watched.
 */
export async function watchFolder(options: WatchOptions): Promise<void> {
  const { folder, pollMs } = options;
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new FunAsrError('E_READ', `${folder}: not a folder`, { hint: 'Name a folder to watch.' });
  const watcher = watch(folder, {
    ignored: (path) => path !== folder && /(^|[\\/])\.[^\\/]*$/.test(path),
    ignoreInitial: true,
    followSymlinks: false,
    awaitWriteFinish: { stabilityThreshold: STABLE_MS, pollInterval: 200 },
    ...(pollMs !== undefined && { usePolling: true, interval: pollMs }),
  });
  try {
    const folderWatch = new FolderWatch(options, watcher);
    // A file that arrives before counts as one that was there: only the first run, which comes after, finds it.
    await once(watcher, 'ready', { signal: folderWatch.ends }).catch(() => undefined);
    await folderWatch.run();
  } finally {
    await watcher.close();
  }
}

class FolderWatch {
  readonly #options: WatchOptions;
  /** Ends the watch. */
  readonly ends: AbortSignal;
  /** Recordings that have failed, with their stamps: they are not tried again until they change. */
  readonly #failed = new Map<string, string>();
  #isDue = true;
  /** Only the first run processes finished recordings again: each later one would pay for them once more. */
  #isFirst = true;
  /** Cost of the runs so far. */
  #spent = 0;
  #wake = (): void => {};
  #failure: FunAsrError | undefined;

  constructor(options: WatchOptions, watcher: ReturnType<typeof watch>) {
    this.#options = options;
    const { signal, stop } = options.transcription;
    this.ends = AbortSignal.any([signal, stop].filter((one) => one !== undefined));
    this.ends.addEventListener('abort', () => this.#wake());
    for (const event of ['add', 'change'] as const) watcher.on(event, (path) => void this.#arrived(path));
    watcher.on('error', (cause) => {
      const reason = `${options.folder}: cannot be watched: ${messageOf(cause)}`;
      this.#failure = new FunAsrError('E_READ', reason, {
        hint: ['EACCES', 'EPERM'].includes(systemCode(cause) ?? '')
          ? 'Check the rights of the folder and of those below it.'
          : 'Try --poll; on Linux, raise fs.inotify.max_user_watches.',
        cause,
      });
      this.#wake();
    });
  }

  async run(): Promise<void> {
    const { onIdle } = this.#options;
    while (!this.ends.aborted) {
      if (this.#failure) throw this.#failure;
      if (this.#isDue) {
        this.#isDue = false;
        await this.#transcribe();
        continue;
      }
      onIdle?.();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#isDue || this.ends.aborted) resolve();
      });
    }
  }

  /** Only recordings begin a run: the outputs of the last one arrive too. */
  async #arrived(path: string): Promise<void> {
    if ((await examineEntry(path)).kind === 'recording') this.#begin();
  }

  #begin(): void {
    this.#isDue = true;
    this.#wake();
  }

  #beginAfter(ms: number): void {
    void sleep(ms, undefined, { ref: false, signal: this.ends }).then(
      () => this.#begin(),
      () => {},
    );
  }

  async #transcribe(): Promise<void> {
    const { folder, onRun, onReport, onEvent, force, maxCost, ...options } = this.#options;
    let mayPass = false;
    const accepts = (path: string): Promise<boolean> => this.#accepts(path);
    onRun?.();
    try {
      const report = await transcribeBatch({
        ...options,
        force: force && this.#isFirst,
        maxCost: maxCost === undefined ? undefined : Math.max(0, maxCost - this.#spent),
        inputs: [folder],
        accepts,
        onEvent: (event) => {
          onEvent?.(event);
          if (event.type !== 'result' || event.detail.status !== 'failed') return;
          const { input, error } = event.detail;
          if (error && isPermanent(error.code)) void this.#noteFailure(input);
          else mayPass = true;
        },
      });
      this.#isFirst = false;
      this.#spent += report.cost ?? 0;
      onReport?.(report);
      if (report.stoppedBy) throw report.stoppedBy;
    } catch (error) {
      // A folder in which nothing has arrived yet.
      if (!(error instanceof FunAsrError) || error.code !== 'E_NOTHING') throw error;
    }
    if (mayPass) this.#beginAfter(RETRY_MS);
  }

  async #noteFailure(path: string): Promise<void> {
    const stamp = await fileStamp(path).catch(() => undefined);
    if (stamp !== undefined) this.#failed.set(path, stamp);
  }

  /** Whether a recording is complete, and has not failed as it is. A file that still grows causes a run when it ends. */
  async #accepts(path: string): Promise<boolean> {
    const stats = await stat(path).catch(() => undefined);
    if (!stats) return false;
    const ageMs = Math.abs(Date.now() - stats.mtimeMs);
    if (ageMs < STABLE_MS) {
      this.#beginAfter(STABLE_MS);
      return false;
    }
    return this.#failed.get(path) !== (await fileStamp(path).catch(() => undefined));
  }
}
