import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  let port = randomPort();
  let server: ChildProcess | undefined;
  const redis: TestRedis = {
    get url() {
      return `redis://127.0.0.1:${port}`;
    },
    async kill() {
      const isRunning = server?.exitCode === null && server.signalCode === null;
      const ended = server && isRunning ? once(server, 'exit') : undefined;
      server?.kill('SIGKILL');
      await ended;
    },
    async start() {
      const settings = ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'yes'];
      server = spawn('redis-server', [...settings, '--appendfsync', 'always'], { stdio: 'ignore' });
      await isReady(redis.url, server);
    },
  };
  // Another program may have the port.
  for (let isStarted = false; !isStarted; ) {
    isStarted = await redis.start().then(
      () => true,
      () => false,
    );
    if (!isStarted) port = randomPort();
  }
  onTestFinished(() => redis.kill());
  return redis;
}

/** Opens a queue on a Redis server of this test. */
export async function openQueue({ url }: TestRedis): Promise<JobQueue> {
  const queue = await JobQueue.open({ redis: url, queue: 'test' });
  onTestFinished(() => queue.close());
  return queue;
}

/** Resolves when the server answers. Rejects when it ends. */
async function isReady(url: string, server: ChildProcess): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  const ended = once(server, 'exit').then(() => {
    throw new Error(`redis-server at ${url} has ended`);
  });
  try {
    await Promise.race([client.ping(), ended]);
  } finally {
    ended.catch(() => {});
    client.disconnect();
  }
}

/** Below the ports of outgoing connections, of which one could be taken while the server is restarted. */
function randomPort(): number {
  return 10_000 + Math.floor(Math.random() * 20_000);
}
