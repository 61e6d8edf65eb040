// Runs schedules of faults in two processes and judges all together.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { Tally } from './tally.mjs';

const PROCESSES = 2;

/**
 * @param module URL of what has `trial`, `format` and `parse`.
 * @param args Of the command line: how many, the first seed, and perhaps one schedule for it.
 */
export async function runSchedules(module, [count, seed = '1', spec], env = {}) {
  const began = performance.now();
  const tally = new Tally();
  const last = Number(seed) + Number(count) - 1;
  const workers = Array.from({ length: PROCESSES }, async (_, index) => {
    const range = [Number(seed) + index, last, PROCESSES].map(String);
    const args = [module, ...range, ...(spec === undefined ? [] : [spec])];
    const worker = fork(new URL('worker.mjs', import.meta.url), args, { env: { ...process.env, ...env } });
    worker.on('message', (verdict) => tally.add(verdict));
    const [code] = await once(worker, 'exit');
    if (code !== 0) throw new Error(`a worker ended with ${code}`);
  });
  await Promise.all(workers);
  const isRight = tally.print(`node bench/${basename(process.argv[1])} 1`);
  console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (!isRight || tally.schedules !== Number(count)) process.exitCode = 1;
}
