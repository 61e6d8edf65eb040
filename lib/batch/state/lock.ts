import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FunAsrError, type FunAsrErrorDetails, messageOf, systemCode } from '../../core/errors.ts';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the system counts it: a number that is in use again is another process. */
  readonly started: string;
}

/**
 * Takes the lock of a state folder. A lock whose process is gone is taken over.
 * @returns Gives the lock back.
 * @throws {FunAsrError} `E_LOCKED` when another run holds it.
 */
export async function lockFolder(stateFolder: string): Promise<() => Promise<void>> {
  const path = join(stateFolder, 'lock');
  const started = (await readProcess(process.pid))?.started ?? '';
  const content = JSON.stringify({ pid: process.pid, host: hostname(), started } satisfies Holder);
  while (!(await create(path, content))) await removeStale(path, stateFolder);
  await removeLeftAside(stateFolder);
  return () => rm(path, { force: true });
}

/** Writes a file that is not there yet. Hard links would be tidier, but memory sticks have none. */
async function create(path: string, content: string): Promise<boolean> {
  return writeFile(path, content, { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Between its creation and its first byte a lock names nobody: for so long it counts as held. */
const NAMELESS_MS = 5_000;

async function removeStale(path: string, stateFolder: string): Promise<void> {
  const lock = await readLock(path, stateFolder);
  if (!lock) return;
  const { content, ageMs } = lock;
  const holder = parseHolder(content);
  if (holder && (await isAlive(holder))) {
    throw locked(stateFolder, `another run is at work here: process ${holder.pid} on ${holder.host}`, {
      hint: `Wait for it. If there is no such process any more, delete ${path}.`,
    });
  }
  if (!holder && ageMs < NAMELESS_MS) {
    if (content !== '') throw unreadable(path, stateFolder, 'it names no process');
    throw locked(stateFolder, 'another run has just started here', { hint: 'Wait for it.' });
  }
  // Two runs may find the same stale lock. Only one of them can rename it away; the other one must not take
  // away the lock that the first has made meanwhile, and puts it back.
  const aside = `${path}-${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readFile(aside, 'utf8').catch(() => content);
  if (taken !== content) await create(path, taken);
  await rm(aside, { force: true });
}

/** A run that was killed while it took over a stale lock has left that aside. What is young may have to be put back. */
async function removeLeftAside(stateFolder: string): Promise<void> {
  const names = (await readdir(stateFolder)).filter((name) => name.startsWith('lock-'));
  for (const path of names.map((name) => join(stateFolder, name))) {
    const left = await stat(path).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > NAMELESS_MS) await rm(path, { force: true });
  }
}

/** A lock as it is; undefined when it is gone by now. */
async function readLock(
  path: string,
  stateFolder: string,
): Promise<{ content: string; ageMs: number } | undefined> {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { content, ageMs: Date.now() - mtimeMs };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unreadable(path, stateFolder, messageOf(error), error);
  }
}

function unreadable(path: string, stateFolder: string, reason: string, cause?: unknown): FunAsrError {
  return locked(stateFolder, `its lock cannot be read: ${reason}`, {
    hint: `If no other run is at work here, delete ${path}.`,
    cause,
  });
}

function locked(stateFolder: string, reason: string, details: FunAsrErrorDetails): FunAsrError {
  return new FunAsrError('E_LOCKED', `${stateFolder}: ${reason}`, details);
}

function parseHolder(content: string): Holder | undefined {
  try {
    const holder: Partial<Holder> = JSON.parse(content);
    if (typeof holder.pid !== 'number') return undefined;
    return { pid: holder.pid, host: String(holder.host), started: String(holder.started) };
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, host, started }: Holder): Promise<boolean> {
  // Nothing can be said about processes of another machine that shares the disk.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  const found = await readProcess(pid);
  if (!found) return true;
  return !isDead(found.state) && (started === '' || found.started === started);
}

/** A zombie has ended: its parent has only not asked for its exit code yet. */
function isDead(state: string): boolean {
  return state === 'Z' || state === 'X' || state === 'x';
}

/**
 * State of a process, and its start time in clock ticks since boot; undefined where the system has no /proc.
 * Source: proc_pid_stat(5).
 */
async function readProcess(pid: number): Promise<{ state: string; started: string } | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (line === undefined) return undefined;
  // The second field is the name of the program in brackets, and may contain spaces and brackets.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}
