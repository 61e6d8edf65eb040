import { readFile } from 'node:fs/promises';
import { systemCode } from '../errors.ts';

/**
 * Whether a process of this machine still runs. A zombie does not run: it has ended, but its parent has not read its exit
 * code yet.
 * @param started Its start time by {@link startTimeOf}: a process that has the same id, but another start time, is
 * another process. Empty when it is not known.
 */
export async function isProcessRunning(pid: number, started = ''): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  const found = await readProcess(pid);
  if (!found) return true;
  return !ENDED.includes(found.state) && (started === '' || found.started === started);
}

/** When a process was started, in clock ticks since boot; empty where the system has no /proc. */
export async function startTimeOf(pid: number): Promise<string> {
  return (await readProcess(pid))?.started ?? '';
}

/** States of a process that has ended: zombie, dead. Source: proc_pid_stat(5). */
const ENDED: readonly string[] = ['Z', 'X', 'x'];

async function readProcess(pid: number): Promise<{ state: string; started: string } | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (line === undefined) return undefined;
  // The second field is the name of the program in brackets, and may contain spaces and brackets.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}
