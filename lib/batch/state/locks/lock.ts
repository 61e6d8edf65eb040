import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FunAsrError, type FunAsrErrorDetails, messageOf, systemCode } from '../../../core/errors.ts';
import { mayRun, parseProcessId, thisProcess } from '../../../core/system/process-state.ts';

/**
 * Takes the lock of a state folder. A lock whose process has ended is replaced.
 * @returns Releases the lock.
 * @throws {FunAsrError} `E_LOCKED` when another run holds it.
 */
export async function lockFolder(stateFolder: string): Promise<() => Promise<void>> {
  const path = lockPath(stateFolder);
  const content = JSON.stringify(await thisProcess());
  while (!(await create(path, content))) await removeStale(path, stateFolder);
  await removeRenamedLocks(stateFolder);
  // The next run replaces a lock that cannot be removed: its process has ended.
  return () => rm(path, { force: true }).catch(() => undefined);
}

/**
 * Checks that no process holds the lock of a state folder. A lock whose process has ended is removed.
 * @throws {FunAsrError} `E_LOCKED`
 */
export async function checkNotLocked(stateFolder: string): Promise<void> {
  await removeStale(lockPath(stateFolder), stateFolder);
}

function lockPath(stateFolder: string): string {
  return join(stateFolder, 'lock');
}

/** Writes a file unless it exists. Hard links would do this in one step, but FAT disks do not have them. */
async function create(path: string, content: string): Promise<boolean> {
  return writeFile(path, content, { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    },
  );
}

/** A lock is empty between its creation and its first byte. An empty lock counts as held for this long. */
const EMPTY_LOCK_MS = 5_000;

async function removeStale(path: string, stateFolder: string): Promise<void> {
  const lock = await readLock(path, stateFolder);
  if (!lock) return;
  const { content, ageMs } = lock;
  const holder = parseProcessId(content);
  if (holder && (await mayRun(holder))) {
    throw locked(stateFolder, `another run uses this folder: process ${holder.pid} on ${holder.host}`, {
      hint: `Wait for it. If there is no such process, delete ${path}.`,
    });
  }
  if (!holder && ageMs < EMPTY_LOCK_MS) {
    if (content !== '') throw unreadable(path, stateFolder, 'it contains no process id');
    throw locked(stateFolder, 'another run has just begun to use this folder', { hint: 'Wait for it.' });
  }
  // Two runs may find the same stale lock. If the other run was first, the file that is renamed here is its new lock:
  // then that is restored.
  const aside = `${path}-${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readFile(aside, 'utf8').catch(() => content);
  if (taken !== content) await create(path, taken);
  await rm(aside, { force: true });
}

/** Removes old renamed locks of runs that were killed. A recent one may still be restored by its run. */
async function removeRenamedLocks(stateFolder: string): Promise<void> {
  const names = (await readdir(stateFolder)).filter((name) => name.startsWith('lock-'));
  for (const path of names.map((name) => join(stateFolder, name))) {
    const left = await stat(path).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > EMPTY_LOCK_MS) await rm(path, { force: true });
  }
}

/** Reads a lock; undefined when it does not exist any more. */
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
    hint: `If no other run uses this folder, delete ${path}.`,
    cause,
  });
}

/** The error for a state folder that others use. */
export function locked(stateFolder: string, reason: string, details: FunAsrErrorDetails): FunAsrError {
  return new FunAsrError('E_LOCKED', `${stateFolder}: ${reason}`, details);
}
