// Runs schedules of faults in two processes and collects the results.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { Tally } from './tally.mjs';

const PROCESSES = 2;

/**
 * @param module URL of a module with `trial`, `format` and `parse`.
 * @param args Command line: number of schedules, first seed, optional schedule for this seed.
 */
export async function runSchedules(module, [count, seed = '1', spec], env = {}) {
  const began = performance.now();
  const tally = new Tally();
  const last = Number(seed) + Number(count) - 1;
  const workers = Array.from({ length: PROCESSES }, async (_, index) => {
    const range = [Number(seed) + index, last, PROCESSES].map(String);
    const args = [module, ...range, ...(spec === undefined ? [] : [spec])];
    const worker = fork(new URL('worker.mjs', import.meta.url), args, { env: { ...process.env, ...env } });
    worker.on('message', (result) => tally.add(result));
    const [code] = await once(worker, 'exit');
    if (code !== 0) throw new Error(`a worker ended with ${code}`);
  });
  await Promise.all(workers);
  const isPassed = tally.print(`node bench/${basename(process.argv[1])} 1`);
  console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (!isPassed || tally.schedules !== Number(count)) process.exitCode = 1;
}
