import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const PROGRAM = new URL('../../dist/cli/main.js', import.meta.url).pathname;

/**
 * Runs the program with `--json`.
 * @returns Its time in ms, its peak memory in MB, and the summary that it prints.
 */
export async function measuredRun(...args) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...args, '--json', '-q'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    rest = (rest + text).slice(-2000);
  });
  let peakMb = 0;
  const timer = setInterval(() => {
    try {
      const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      peakMb = Math.max(peakMb, Number(kilobytes ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }, 100);
  await once(child, 'close');
  clearInterval(timer);
  return { ms: performance.now() - startedAt, peakMb, summary: JSON.parse(rest.trim().split('\n').at(-1)) };
}
