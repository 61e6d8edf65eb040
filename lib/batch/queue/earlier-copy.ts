import { contentId, type JobData } from './job.ts';
import type { JobQueue, QueuedJob } from './job-queue.ts';

/**
 * Finds an earlier job with the same content, in any folder. The text of a copy is used, and not recognised again. Without
 * Redis this is not known: then a copy in another folder may be paid twice.
 * @returns `in work` when the job must wait for it; its data when it has ended; undefined when there is none.
 */
export async function earlierCopy(
  queue: JobQueue,
  { id = '', data }: QueuedJob,
): Promise<JobData | 'in work' | undefined> {
  const { redis, jobs } = queue;
  const contents = queue.key('contents');
  const content = contentId(data);
  await redis.hsetnx(contents, content, id);
  const first = await redis.hget(contents, content);
  if (first === null || first === id) return undefined;
  const job = await jobs.getJob(first);
  const state = await job?.getState();
  if (job && state !== 'completed' && state !== 'failed') return 'in work';
  await redis.hset(contents, content, id);
  return job?.data;
}
