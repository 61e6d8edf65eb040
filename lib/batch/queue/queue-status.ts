import { FunAsrError } from '../../core/errors.ts';
import { type ReportedError, reportError } from '../../core/reported-error.ts';
import type { JobData, JobResult } from './job.ts';
import type { JobQueue, QueuedJob } from './job-queue.ts';
import type { RecordingProgressRecord } from './stored-progress.ts';
import { type QueueTotals, readTotals } from './queue-totals.ts';

/** The state of a queue. */
export interface QueueStatus extends QueueTotals {
  readonly queue: string;
  /** Recordings that no worker has begun, or that were given back. */
  readonly waiting: number;
  readonly active: number;
  /** Recordings that are tried again later. */
  readonly delayed: number;
  readonly done: number;
  readonly failed: number;
  readonly workers: readonly {
    readonly id: string;
    readonly host: string;
    /** Number of its recordings. */
    readonly active: number;
  }[];
  /** Recordings in work, with the worker and the progress. Paths are relative to the root. */
  readonly recordings: readonly ({
    readonly input: string;
    readonly worker: string;
  } & RecordingProgressRecord)[];
  readonly failures: readonly { readonly input: string; readonly error: ReportedError }[];
}

/** Reads the state of a queue. */
export async function queueStatus(queue: JobQueue): Promise<QueueStatus> {
  const { jobs } = queue;
  const counts = await jobs.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'completed', 'failed');
  const [active, failed, clients] = await Promise.all([
    jobs.getActive(),
    jobs.getFailed(),
    jobs.getWorkers(),
  ]);
  const recordings = active.filter(Boolean).map((job) => ({
    input: job.data.input,
    worker: job.processedBy ?? '',
    ...progressOf(job),
  }));
  const names = clients.map(({ rawname = '' }) => rawname.split(':w:')[1] ?? '').filter(Boolean);
  return {
    queue: queue.name,
    waiting: (counts['wait'] ?? 0) + (counts['prioritized'] ?? 0),
    active: counts['active'] ?? 0,
    delayed: counts['delayed'] ?? 0,
    done: counts['completed'] ?? 0,
    failed: counts['failed'] ?? 0,
    workers: [...new Set(names)].sort().map((id) => ({
      id,
      host: id.split(':')[0] ?? '',
      active: recordings.filter(({ worker }) => worker === id).length,
    })),
    recordings,
    failures: failed.filter(Boolean).map((job) => ({ input: job.data.input, error: errorOf(job) })),
    ...(await readTotals(queue)),
  };
}

/** The results of all recordings that have ended, in the order of their ends. Paths are relative to the root. */
export async function* queueResults(queue: JobQueue): AsyncGenerator<{ data: JobData } & JobResult> {
  const pageSize = 500;
  for (const state of ['completed', 'failed'] as const) {
    for (let from = 0; ; from += pageSize) {
      const page = await queue.jobs.getJobs([state], from, from + pageSize - 1, true);
      for (const job of page.filter(Boolean)) {
        const stored = (state === 'completed' ? job.returnvalue : job.progress) as Partial<JobResult> | null;
        if (stored?.result) yield { data: job.data, ...(stored as JobResult) };
      }
      if (page.length < pageSize) break;
    }
  }
}

/** Tries the failed recordings once more. @returns Their number. */
export async function retryFailed({ jobs }: JobQueue): Promise<number> {
  const failed = (await jobs.getFailed()).filter(Boolean);
  for (const job of failed)
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
  return failed.length;
}

/** Empties a queue. What workers have in work is finished. Nothing on the disk changes. @returns Number of recordings. */
export async function clearQueue(queue: JobQueue): Promise<number> {
  const counts = await queue.jobs.getJobCounts();
  await queue.jobs.obliterate({ force: true });
  await queue.redis.del(['totals', 'reserved', 'contents', 'rate'].map((name) => queue.key(name)));
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function progressOf({ progress }: QueuedJob): RecordingProgressRecord {
  const { finalMs = 0, durationMs = null } = Object(progress) as Partial<RecordingProgressRecord>;
  return { finalMs, durationMs };
}

/** Why a recording has failed. A job that is not valid has no result. */
function errorOf({ progress, failedReason }: QueuedJob): ReportedError {
  const { result } = Object(progress) as Partial<JobResult>;
  return result?.error ?? reportError(new FunAsrError('E_OPTION', failedReason));
}
