import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { JobQueue } from '../../lib/batch/queue/job-queue.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A Redis server of one test. */
export interface TestRedis {
  readonly url: string;
  /** Ends the server as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with its append-only file. */
  start(): Promise<void>;
}

/** Starts `redis-server` on a free port. It is killed at the end of the test. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await temporaryFolder();
  const port = await freePort();
  let server: ChildProcess | undefined;
  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      const ended = server && server.exitCode === null ? once(server, 'exit') : undefined;
      server?.kill('SIGKILL');
      await ended;
    },
    async start() {
      const settings = ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'yes'];
      server = spawn('redis-server', [...settings, '--appendfsync', 'always'], { stdio: 'ignore' });
      await isReady(redis.url);
    },
  };
  await redis.start();
  onTestFinished(() => redis.kill());
  return redis;
}

/** Opens a queue on a Redis server of this test. */
export async function openQueue({ url }: TestRedis): Promise<JobQueue> {
  const queue = await JobQueue.open({ redis: url, queue: 'test' });
  onTestFinished(() => queue.close());
  return queue;
}

async function isReady(url: string): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  try {
    await client.ping();
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
