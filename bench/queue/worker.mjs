// A worker of a queue with a shorter time of silence than the program has.
//
//   node bench/queue/worker.mjs <redis> <root> <base-url> <silence in ms>
import { JobQueue } from '../../dist/batch/queue/job-queue.js';
import { workOnQueue } from '../../dist/batch/queue/queue-worker.js';

const [redis, root, baseUrl, silenceMs] = process.argv.slice(2);
const queue = await JobQueue.open({ redis, queue: 'bench' });
await workOnQueue(queue, {
  root,
  concurrency: 2,
  once: true,
  rate: 1000,
  silenceMs: Number(silenceMs),
  backend: { engine: 'cloud', baseUrl },
});
await queue.close();
