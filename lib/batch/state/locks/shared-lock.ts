import { randomUUID } from 'node:crypto';
import {
  copyFile,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../../core/errors.ts';
import { temporaryName } from '../../../core/system/atomic-file.ts';
import { orMissing } from '../../../core/system/missing-file.ts';
import { mayRun, parseProcessId, thisProcess } from '../../../core/system/process-state.ts';
import { makeFolder } from '../../../core/system/make-folder.ts';
import { Claim } from './claim.ts';
import { checkNotLocked, locked } from './lock.ts';

/** How processes share output folders. */
export interface Sharing {
  /** A process that gives no sign of life for this time loses its recordings to others, in ms. */
  readonly silenceMs: number;
}

/** Signs of life of a process within the time after which it counts as silent. */
const SIGNS_OF_LIFE = 6;

/**
 * The lock of a process that shares a state folder with others, on any number of machines. Each process has a file in
 * `shared/`, which it writes again and again, and a folder in `claims/` for each recording that it works on.
 *
 * The claim is a folder that only its own process knows the name of, and files that are not complete are in it. Another
 * process takes a recording over by renaming that folder: nothing that the first process writes later, when it was only
 * paused, can get the name of an output.
 */
export class SharedLock {
  /** Names this process in the folder. */
  readonly token: string = randomUUID();
  readonly #statePath: string;
  readonly #silenceMs: number;
  readonly #claims = new Map<string, Claim>();
  #timer: NodeJS.Timeout | undefined;
  #provenAt = performance.now();
  #isLost = false;

  /**
   * Takes the lock. Removes what processes have left that are gone.
   * @throws {FunAsrError} `E_LOCKED` when a process has the folder for itself.
   */
  static async take(statePath: string, { silenceMs }: Sharing): Promise<SharedLock> {
    const lock = new SharedLock(statePath, silenceMs);
    await lock.#enter();
    return lock;
  }

  private constructor(statePath: string, silenceMs: number) {
    this.#statePath = statePath;
    this.#silenceMs = silenceMs;
  }

  /** Whether this process has lost its lock to others: the lock must be taken again. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /**
   * Claims a recording, also one whose process is silent.
   * @param name File name of its journal.
   * @returns Undefined when another process, or this one, works on it.
   */
  async claim(name: string): Promise<Claim | undefined> {
    const path = join(this.#claimsPath, name);
    const isCreated =
      (await this.#create(path)) || ((await this.#remove(path)) && (await this.#create(path)));
    if (!isCreated) return undefined;
    const folder = join(path, this.token);
    await detach(join(this.#statePath, name), join(folder, name));
    const claim = new Claim(folder, async () => {
      this.#claims.delete(name);
      await this.#leave(path);
    });
    this.#claims.set(name, claim);
    return claim;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    for (const claim of this.#claims.values()) await claim.release();
    await this.#removeGone().catch(() => undefined);
    // A process that has ended counts as gone, whatever it leaves.
    await rm(this.#path, { force: true }).catch(() => undefined);
    for (const path of [this.#claimsPath, this.#sharedPath]) await rmdir(path).catch(() => undefined);
  }

  get #sharedPath(): string {
    return join(this.#statePath, 'shared');
  }

  get #claimsPath(): string {
    return join(this.#statePath, 'claims');
  }

  get #path(): string {
    return join(this.#sharedPath, `${this.token}.json`);
  }

  async #enter(): Promise<void> {
    for (const path of [this.#sharedPath, this.#claimsPath]) await makeFolder(path);
    await writeFile(this.#path, JSON.stringify(await thisProcess()));
    try {
      // A process that wants the folder for itself looks for this file after it has created its own.
      await checkNotLocked(this.#statePath);
      await this.#removeGone();
    } catch (error) {
      await this.release();
      throw error;
    }
    this.#timer = setInterval(() => void this.#giveSign(), this.#silenceMs / SIGNS_OF_LIFE).unref();
  }

  /** Gives a sign of life, and finds out which recordings others have taken over. */
  async #giveSign(): Promise<void> {
    // After a pause others may work on the recordings. Nothing more is sent before that is known.
    if (this.#isSilent) return this.#loseAll();
    try {
      await this.#touch();
      for (const [name, claim] of this.#claims) {
        const isHeld = await exists(join(this.#claimsPath, name, this.token));
        if (!isHeld) this.#lose(name, claim);
      }
      this.#provenAt = performance.now();
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || this.#isSilent) this.#loseAll();
    }
  }

  get #isSilent(): boolean {
    return performance.now() - this.#provenAt > this.#silenceMs;
  }

  /** Its files stay: the process that finds them silent takes the recordings over. */
  #loseAll(): void {
    this.#isLost = true;
    clearInterval(this.#timer);
    for (const [name, claim] of this.#claims) this.#lose(name, claim);
  }

  #lose(name: string, claim: Claim): void {
    this.#claims.delete(name);
    claim.lose();
  }

  /** Writes the file of this process again, unless another one has removed it. @returns The time of its disk, in ms. */
  async #touch(): Promise<number> {
    const file = await open(this.#path, 'r+');
    try {
      await file.write('{', 0);
      return (await file.stat()).mtimeMs;
    } finally {
      await file.close();
    }
  }

  /** Creates a claim in one step. @returns False when there is one. */
  async #create(path: string): Promise<boolean> {
    const prepared = join(this.#claimsPath, `.${randomUUID()}`);
    await makeFolder(join(prepared, this.token));
    try {
      await rename(prepared, path);
      return true;
    } catch (error) {
      await rm(prepared, { recursive: true, force: true });
      if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(systemCode(error) ?? '')) return false;
      throw error;
    }
  }

  /** Removes the claim of a process that is gone. @returns Whether there is none now. */
  async #remove(path: string): Promise<boolean> {
    const token = await tokenIn(path);
    if (token === undefined) return true;
    if (token === this.token || (await this.#isPresent(token))) return false;
    const aside = join(this.#claimsPath, `.${randomUUID()}`);
    const isMoved = await rename(path, aside).then(
      () => true,
      () => false,
    );
    if (!isMoved) return false;
    // Another process may have taken it over first: then this is its new claim.
    if ((await tokenIn(aside)) !== token) {
      await rename(aside, path).catch(() => undefined);
      return false;
    }
    await rm(aside, { recursive: true, force: true });
    return true;
  }

  async #leave(path: string): Promise<void> {
    await rm(join(path, this.token), { recursive: true, force: true });
    await rmdir(path).catch(() => undefined);
  }

  async #isPresent(token: string): Promise<boolean> {
    return await isPresent(join(this.#sharedPath, `${token}.json`), await this.#touch(), this.#silenceMs);
  }

  /** Removes the files and claims of processes that are gone. */
  async #removeGone(): Promise<void> {
    const now = await this.#touch();
    for (const name of await readdir(this.#sharedPath)) {
      const path = join(this.#sharedPath, name);
      if (!(await isPresent(path, now, this.#silenceMs))) await rm(path, { force: true });
    }
    for (const name of await readdir(this.#claimsPath)) await this.#remove(join(this.#claimsPath, name));
  }
}

/**
 * Checks that no process shares a state folder, and removes what such processes have left that are gone. The caller has
 * the lock of the folder.
 * @throws {FunAsrError} `E_LOCKED`
 */
export async function checkNotShared(statePath: string, { silenceMs }: Sharing): Promise<void> {
  const shared = join(statePath, 'shared');
  const names = await orMissing(shared, readdir(shared), []);
  if (names.length === 0) return;
  const probe = join(shared, `${randomUUID()}.probe`);
  await writeFile(probe, '');
  const { mtimeMs: now } = await stat(probe);
  await rm(probe);
  for (const path of names.map((name) => join(shared, name))) {
    if (!(await isPresent(path, now, silenceMs))) continue;
    const worker = parseProcessId(await readFile(path, 'utf8').catch(() => ''));
    throw locked(
      statePath,
      `a worker of a queue uses this folder: process ${worker?.pid} on ${worker?.host}`,
      {
        hint: 'Wait until the worker is idle, or stop it.',
      },
    );
  }
  const claims = join(statePath, 'claims');
  for (const name of await orMissing(claims, readdir(claims), [])) {
    await detach(join(statePath, name), join(statePath, temporaryName()));
  }
  for (const path of [shared, claims]) await rm(path, { recursive: true, force: true });
}

/** @param now By the clock of the disk, which may be that of another machine. */
async function isPresent(path: string, now: number, silenceMs: number): Promise<boolean> {
  const stats = await orMissing(path, stat(path), undefined);
  if (!stats || now - stats.mtimeMs > silenceMs) return false;
  const holder = parseProcessId(await readFile(path, 'utf8').catch(() => ''));
  return holder === undefined || (await mayRun(holder));
}

/** The process that has a claim; undefined when there is no claim. */
async function tokenIn(path: string): Promise<string | undefined> {
  return (await orMissing(path, readdir(path), [])).at(0);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

/**
 * Replaces a journal by a copy, if there is one: a paused process that still has the old file open writes into that one.
 * @param temporary Path on the same disk.
 */
async function detach(path: string, temporary: string): Promise<void> {
  try {
    const { atime, mtime } = await stat(path);
    await copyFile(path, temporary);
    // The time says when text was added.
    await utimes(temporary, atime, mtime);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  await rename(temporary, path);
}
