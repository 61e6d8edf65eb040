import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import { abortable } from '../../core/deadline.ts';
import { asFunAsrError, FunAsrError } from '../../core/errors.ts';
import { backendNameFor, checkBackend } from '../../engines/choose-backend.ts';
import { engineChoices } from '../../engines/engine-list.ts';
import { TASKS_PER_SECOND } from '../../protocol/service-limits.ts';
import { CLOUD_CONCURRENCY, transcribePlanned } from '../batch.ts';
import { GivenUpEngines } from '../given-up-engines.ts';
import type { PlannedRecording } from '../plan/output-plan.ts';
import { isPermanent } from '../recording/error-rules.ts';
import type { RunEvent } from '../recording/run-events.ts';
import { type Consumption, NO_CONSUMPTION } from '../report/consumption.ts';
import type { BatchReport, TranscriptionResult } from '../report/results.ts';
import { JournalIndex } from '../state/journal-index.ts';
import { OutputFolders, SILENCE_MS } from '../state/output-folder.ts';
import { earlierCopy } from './earlier-copy.ts';
import { checkJob, type JobData, type JobResult, planOf } from './job.ts';
import { digestOfResult, transcriptionOf } from './job-transcription.ts';
import { QueueBudget } from './queue-budget.ts';
import { SharedLimiter } from './shared-limiter.ts';
import { type JobQueue, PREFIX, type QueuedJob } from './job-queue.ts';
import { StoredProgress } from './stored-progress.ts';
import { addToTotals } from './queue-totals.ts';
import type { WorkOptions } from './work-options.ts';
import { WorkerBackends } from './worker-backends.ts';
import { WorkerTotals } from './worker-totals.ts';

/** Time until an engine is tried again that could do no recording. */
const ENGINE_RETRY_MS = 300_000;
/** How often the queue is asked whether it is empty. */
const POLL_MS = 1_000;

/**
 * Transcribes the recordings of a queue, beside any number of other workers. Each recording is claimed on the shared disk:
 * the queue only says who tries which one when.
 * @returns The report of what this worker has done.
 * @throws {FunAsrError} `E_READ` when the root is not a folder; `E_OPTION` and `E_MODEL_REFUSED` for engines that cannot be used.
 */
export async function workOnQueue(queue: JobQueue, options: WorkOptions): Promise<BatchReport> {
  const { root = '.' } = options;
  const isFolder = await stat(root).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new FunAsrError('E_READ', `${root}: not a folder`, {
      hint: 'Name the folder that all workers share with --root.',
    });
  }
  const [first] = engineChoices(options.backend, options.nextEngines);
  checkBackend(first);
  return await new QueueWorker(queue, options).run();
}

class QueueWorker {
  readonly #queue: JobQueue;
  readonly #options: WorkOptions;
  readonly #root: string;
  readonly #folders: OutputFolders;
  readonly #journals = new JournalIndex();
  readonly #included = new Set<string>();
  readonly #givenUp: GivenUpEngines;
  readonly #backends: WorkerBackends;
  readonly #shown = new Set<string>();
  readonly #worker: Worker<JobData, JobResult>;
  readonly #totals = new WorkerTotals();
  /** Ends the work; recordings in progress are finished as far as they were sent. */
  readonly #ends: AbortSignal;
  readonly #halt = new AbortController();
  #stoppedBy: FunAsrError | undefined;

  constructor(queue: JobQueue, options: WorkOptions) {
    const { root = '.', rate = TASKS_PER_SECOND, backend, silenceMs = SILENCE_MS, onEvent } = options;
    const onWarning = (detail: FunAsrError): void => onEvent?.({ type: 'warning', detail });
    this.#queue = queue;
    this.#options = options;
    this.#givenUp = new GivenUpEngines(options.engineRetryMs ?? ENGINE_RETRY_MS);
    this.#root = root;
    this.#folders = new OutputFolders(onWarning, { silenceMs });
    this.#backends = new WorkerBackends(new SharedLimiter(queue.redis, queue.key('rate'), rate));
    const { stop, signal } = options;
    const ends = [this.#halt.signal, stop, signal].filter((one) => one !== undefined);
    this.#ends = AbortSignal.any(ends);
    this.#worker = new queue.bullmq.Worker<JobData, JobResult>(
      queue.name,
      async (job, token) => await this.#work(job, token),
      {
        connection: queue.redis,
        prefix: PREFIX,
        name: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
        autorun: false,
        concurrency:
          options.concurrency ??
          (backendNameFor(backend) === 'local' ? availableParallelism() : CLOUD_CONCURRENCY),
        lockDuration: silenceMs,
        stalledInterval: silenceMs / 4,
        // A worker that was killed does not count as a failure of its recordings.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      },
    );
    // `JobQueue` reports its connection; a result that cannot be stored is found on the disk by the next worker.
    this.#worker.on('error', () => {});
  }

  async run(): Promise<BatchReport> {
    const running = this.#worker.run().catch(() => undefined);
    try {
      await this.#untilEnd();
    } finally {
      await this.#worker.close();
      await running;
      await this.#folders.close();
      await this.#backends.close();
    }
    return this.#totals.report(this.#stoppedBy);
  }

  /** Resolves when the work is to end. */
  async #untilEnd(): Promise<void> {
    const { once, onIdle, onEvent } = this.#options;
    let isIdle = false;
    while (!this.#ends.aborted) {
      const left = await abortable(this.#countLeft(), this.#ends).catch(() => undefined);
      if (left === undefined || (left === 0 && once)) return;
      const total = this.#totals.results + left;
      onEvent?.({ type: 'plan', detail: { recordings: total, pending: total } });
      if (left === 0 && !isIdle) {
        // Other programs may use the folders now.
        await this.#folders.close();
        onIdle?.();
      }
      isIdle = left === 0;
      await sleep(POLL_MS, undefined, { signal: this.#ends }).catch(() => undefined);
    }
  }

  /** Number of recordings that have not ended, for any worker. */
  async #countLeft(): Promise<number> {
    const counts = await this.#queue.jobs.getJobCounts('wait', 'active', 'delayed', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /** Works on a job. What it throws decides what becomes of the job. */
  async #work(job: QueuedJob, token = ''): Promise<JobResult> {
    const { UnrecoverableError } = this.#queue.bullmq;
    if (this.#ends.aborted) return await this.#queue.giveBack(job, token);
    const plan = this.#planOf(job.data);
    const earlier = await earlierCopy(this.#queue, job);
    if (earlier === 'in work') return await this.#queue.delay(job, token);
    // Its text is there.
    if (earlier) await this.#journals.include(join(this.#root, earlier.folder));
    const { result, ...taken } = await this.#transcribe(job, plan);
    if (!result || this.#stoppedBy || result.status === 'interrupted')
      return await this.#queue.giveBack(job, token);
    const { error } = result;
    if (error?.code === 'E_LOCKED') return await this.#queue.delay(job, token);
    const isLast = !error || isPermanent(error.code) || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    this.#report(result, taken.consumption, isLast);
    const settings = digestOfResult(result.engine, job.data, this.#options);
    const done = { ...taken, settings, result: this.#portable(result, job.data) };
    if (!error) return done;
    await job.updateProgress({ ...done });
    const message = `[${error.code}] ${error.message}`;
    throw isPermanent(error.code) ? new UnrecoverableError(message) : new Error(message);
  }

  /** @throws {UnrecoverableError} when the job is not valid. */
  #planOf(data: JobData): PlannedRecording {
    try {
      checkJob(data);
      return planOf(data, this.#root);
    } catch (error) {
      throw new this.#queue.bullmq.UnrecoverableError(asFunAsrError(error).message);
    }
  }

  /** @returns Without a result when the recording was not begun. */
  async #transcribe(
    job: QueuedJob,
    plan: PlannedRecording,
  ): Promise<Omit<JobResult, 'result' | 'settings'> & { readonly result?: TranscriptionResult | undefined }> {
    const { nextEngines, stop, signal, onEvent } = this.#options;
    const { formats, layout, forceBefore, maxCost, freeQuota, price } = job.data;
    await this.#folders.forgetLost();
    await this.#include(plan.folder);
    const progress = new StoredProgress(job);
    const startedAt = performance.now();
    let result: TranscriptionResult | undefined;
    let report: BatchReport | undefined;
    try {
      report = await transcribePlanned(
        [plan],
        {
          inputs: [],
          formats,
          layout,
          maxCost,
          freeQuota,
          price,
          force: forceBefore !== undefined,
          nextEngines,
          transcription: {
            ...transcriptionOf(job.data, this.#options),
            signal,
            stop: AbortSignal.any([this.#halt.signal, ...(stop ? [stop] : [])]),
          },
          onEvent: (event) => {
            progress.onEvent(event);
            if (event.type === 'result') result = event.detail;
            else if (event.type === 'backend') this.#showBackend(event);
            else if (event.type !== 'plan') onEvent?.(event);
          },
        },
        {
          folders: this.#folders,
          journals: this.#journals,
          forceBefore,
          budget: new QueueBudget(this.#queue, job.id ?? ''),
          openBackend: (wanted) => this.#backends.open(wanted),
          givenUp: this.#givenUp,
        },
      );
      if (report.stoppedBy) this.#stopBy(report.stoppedBy, result);
      // One engine has done all of it.
      else if (result?.status === 'done' && !result.fromKept && !result.engines)
        this.#givenUp.remove(result.engine);
    } catch (error) {
      // No recording can be transcribed on this machine, such as without FFmpeg.
      this.#stopBy(asFunAsrError(error, plan.input));
    }
    const { cost = null, currency = null } = report ?? {};
    const consumption = report ? consumptionOf(report) : NO_CONSUMPTION;
    if (report) this.#totals.addCost(report, result?.error !== undefined);
    await addToTotals(this.#queue, job.id ?? '', consumption, cost, currency);
    const elapsedMs = performance.now() - startedAt;
    return { result, consumption, cost, currency, elapsedMs };
  }

  /** Each job opens its backend: most of them have the same one. */
  #showBackend(event: RunEvent & { readonly type: 'backend' }): void {
    const { name, model } = event.detail;
    if (this.#shown.has(`${name} ${model}`)) return;
    this.#shown.add(`${name} ${model}`);
    this.#options.onEvent?.(event);
  }

  /** @param isLast Whether the recording is not tried again. */
  #report(result: TranscriptionResult, consumption: Consumption, isLast: boolean): void {
    const { onEvent } = this.#options;
    const { input, error } = result;
    if (!isLast && error) return onEvent?.({ type: 'retry', input, detail: error });
    this.#totals.add(result, consumption);
    onEvent?.({ type: 'result', input, detail: result });
  }

  /** The result as all machines understand it. */
  #portable(result: TranscriptionResult, { input }: JobData): TranscriptionResult {
    const outputs = result.outputs.map((path) => relative(this.#root, path).split(sep).join('/'));
    return { ...result, input, outputs };
  }

  /** Finds the text of other recordings in a folder that this worker has not seen yet. */
  async #include(folder: string): Promise<void> {
    if (this.#included.has(folder)) return;
    this.#included.add(folder);
    await this.#journals.include(folder);
  }

  /**
   * Ends the work: other recordings would fail in the same way.
   * @param result Of the recording that has failed with this error.
   */
  #stopBy(error: FunAsrError, result?: TranscriptionResult): void {
    if (!this.#stoppedBy) {
      const { onEvent } = this.#options;
      if (result) onEvent?.({ type: 'result', input: result.input, detail: result });
      else onEvent?.({ type: 'warning', detail: error });
    }
    this.#stoppedBy ??= error;
    this.#halt.abort();
  }
}

function consumptionOf({ sentSeconds, resentSeconds, billedSeconds }: BatchReport): Consumption {
  return { sentMs: sentSeconds * 1000, resentMs: resentSeconds * 1000, billedSeconds };
}
