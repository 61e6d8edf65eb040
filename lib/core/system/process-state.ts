import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
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

/** A process, as other processes that see the same files know it. */
export interface ProcessId {
  readonly pid: number;
  readonly host: string;
  /** Its namespace of process ids, empty where there is none: containers may have the same host name. */
  readonly namespace: string;
  /** Its start time, empty when it is not known: another process may get the same id later. */
  readonly started: string;
}

/** The id of this process. */
export async function thisProcess(): Promise<ProcessId> {
  const { pid } = process;
  return { pid, host: hostname(), namespace: await pidNamespace(), started: await startTimeOf(pid) };
}

/** Whether a process may still run. Nothing is known about processes of another machine or container. */
export async function mayRun({ pid, host, namespace, started }: ProcessId): Promise<boolean> {
  const isOther = namespace !== '' && namespace !== (await pidNamespace());
  if (host !== hostname() || isOther) return true;
  return await isProcessRunning(pid, started);
}

/** Reads what {@link thisProcess} has written into a file; undefined when it is something else. */
export function parseProcessId(content: string): ProcessId | undefined {
  try {
    const { pid, host, namespace = '', started }: Partial<ProcessId> = JSON.parse(content);
    if (typeof pid !== 'number') return undefined;
    return { pid, host: String(host), namespace, started: String(started) };
  } catch {
    return undefined;
  }
}

async function pidNamespace(): Promise<string> {
  return await readlink('/proc/self/ns/pid').catch(() => '');
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
