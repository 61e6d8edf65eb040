import type * as BullMQ from 'bullmq';
import type { Job, Queue } from 'bullmq';
import type * as IORedis from 'ioredis';
import type { Redis } from 'ioredis';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { importModule } from '../../core/system/optional-package.ts';
import type { JobData, JobResult } from './job.ts';

/** Which queue, and where it is. */
export interface QueueAddress {
  /** URL of Redis; `rediss://` is encrypted. @default the variable `REDIS_URL`, else Redis on this machine */
  readonly redis?: string | undefined;
  /** Its name. @default 'default' */
  readonly queue?: string | undefined;
}

/** Begins the names of all keys in Redis. */
export const PREFIX = 'fun-asr';

const DEFAULT_URL = 'redis://127.0.0.1:6379';
const CONNECT_TIMEOUT_MS = 5_000;
/** Longest wait between two tries to reach Redis again. */
const MAX_RECONNECT_MS = 2_000;

/** Wait until a recording is tried again that another worker, or a run, has locked. */
const LOCKED_MS = 2_000;

/** A recording of a queue. */
export type QueuedJob = Job<JobData, JobResult>;

/** An open queue. */
export class JobQueue {
  readonly name: string;
  readonly bullmq: typeof BullMQ;
  readonly redis: Redis;
  readonly jobs: Queue<JobData, JobResult>;
  #isClosed = false;

  /**
   * Connects to Redis.
   * @param onConnection Called when the connection is lost, and when it is there again.
   * @throws {FunAsrError} `E_QUEUE` when BullMQ or ioredis is not installed, or when Redis cannot be reached.
   */
  static async open(
    { redis: url = process.env['REDIS_URL'] || DEFAULT_URL, queue: name = 'default' }: QueueAddress,
    onConnection: (isConnected: boolean) => void = () => {},
  ): Promise<JobQueue> {
    const [bullmq, ioredis] = await loadPackages();
    const redis = await connect(ioredis, url);
    const queue = new JobQueue(name, bullmq, redis);
    redis.on('close', () => queue.#isClosed || onConnection(false));
    redis.on('ready', () => onConnection(true));
    return queue;
  }

  private constructor(name: string, bullmq: typeof BullMQ, redis: Redis) {
    this.name = name;
    this.bullmq = bullmq;
    this.redis = redis;
    this.jobs = new bullmq.Queue(name, { connection: redis, prefix: PREFIX });
    this.jobs.on('error', () => {});
  }

  /** A key of this queue beside those of BullMQ. */
  key(name: string): string {
    return `${PREFIX}:${this.name}:${name}`;
  }

  /** The same job is tried later, by any worker. It does not count as a failure. @throws for BullMQ */
  async delay(job: QueuedJob, token: string): Promise<never> {
    await job.moveToDelayed(Date.now() + LOCKED_MS, token);
    throw new this.bullmq.DelayedError();
  }

  /** Another worker may take the job at once. @throws for BullMQ */
  async giveBack(job: QueuedJob, token: string): Promise<never> {
    await job.moveToWait(token);
    throw new this.bullmq.WaitingError();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.jobs.close();
    this.redis.disconnect();
  }
}

async function loadPackages(): Promise<[typeof BullMQ, typeof IORedis]> {
  try {
    const [bullmq, ioredis] = await Promise.all([importModule('bullmq'), importModule('ioredis')]);
    return [bullmq as typeof BullMQ, ioredis as typeof IORedis];
  } catch (cause) {
    throw new FunAsrError('E_QUEUE', `BullMQ cannot be loaded: ${messageOf(cause)}`, {
      hint: 'Install it beside this package: npm install bullmq ioredis',
      cause,
    });
  }
}

async function connect(ioredis: typeof IORedis, url: string): Promise<Redis> {
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new FunAsrError('E_OPTION', 'the address of Redis is not a redis:// or rediss:// URL', {
      hint: `Write it as ${DEFAULT_URL}.`,
    });
  }
  let isConnected = false;
  const redis = new ioredis.Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Commands wait until Redis is there again.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isConnected ? Math.min(times * 100, MAX_RECONNECT_MS) : null),
  });
  let failure: unknown;
  redis.on('error', (error) => (failure = error));
  try {
    await redis.connect();
    await redis.ping();
    isConnected = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    const cause = failure ?? error;
    // Only the host: the rest of the URL may contain a password.
    throw new FunAsrError('E_QUEUE', `Redis cannot be used at ${new URL(url).host}: ${messageOf(cause)}`, {
      hint: 'Start redis-server, or name another one with --redis or REDIS_URL.',
      cause,
    });
  }
}
