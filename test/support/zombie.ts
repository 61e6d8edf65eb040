import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished } from 'vitest';

/** Starts a process that has ended and whose exit code the parent never reads (a zombie). Only on Linux. */
export async function startZombie(): Promise<number> {
  const script = 'exec 3<&0; cat <&3 & echo $!; exec sleep 600';
  const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  // A shell would read the exit code; sleep does not.
  await expect.poll(() => stateOf(Number(parent.pid))).toMatch(/^sleep /);
  parent.stdin.end();
  await expect.poll(() => stateOf(pid)).toBe('cat Z');
  return pid;
}

/** Name and state of a process: `cat Z`. */
async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.replace(/^\d+ \((.*)\) (\S).*$/s, '$1 $2');
}
