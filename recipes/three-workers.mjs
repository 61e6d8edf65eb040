// Transcribes a folder with a queue and three workers on this machine, then prints the state of the queue:
//   REDIS_URL=redis://127.0.0.1:6379 node recipes/three-workers.mjs recordings/
// Needs Redis, and the packages bullmq and ioredis. On more machines, run the worker on each: see docs/queue.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [root] = process.argv.slice(2);
const folder = dirname(createRequire(import.meta.url).resolve('fun-asr-streams/package.json'));

/** Runs `fun-asr queue`. Continues after a recording that has failed: the state at the end lists it. */
async function queue(...args) {
  const program = [join(folder, 'dist/cli/main.js'), 'queue', ...args];
  const [code] = await once(spawn(process.execPath, program, { stdio: 'inherit' }), 'close');
  if (code > 1) process.exit(code);
}

await queue('add', root, '--root', root);
await Promise.all([1, 2, 3].map(() => queue('work', '--once', '--root', root)));
await queue('status', '--root', root, '--report');
