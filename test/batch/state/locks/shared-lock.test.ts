import { appendFile, mkdir, open, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Ledger } from '../../../../lib/batch/state/ledger/ledger.ts';
import { OutputFolder } from '../../../../lib/batch/state/output-folder.ts';
import { SharedLock } from '../../../../lib/batch/state/locks/shared-lock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NAME = 'a.journal.jsonl';
const SHARING = { silenceMs: 60_000 };

async function take(statePath: string, silenceMs = SHARING.silenceMs): Promise<SharedLock> {
  const lock = await SharedLock.take(statePath, { silenceMs });
  onTestFinished(() => lock.release());
  return lock;
}

/** Makes a process look as if it had given no sign of life for an hour. */
async function silence(statePath: string, { token }: SharedLock): Promise<void> {
  const past = new Date(Date.now() - 3_600_000);
  await utimes(join(statePath, 'shared', `${token}.json`), past, past);
}

describe('a shared lock', () => {
  it('lets one process at a time claim a recording', async () => {
    const folder = await temporaryFolder();
    const [one, other] = [await take(folder), await take(folder)];
    const claim = await one.claim(NAME);
    expect(claim).toBeDefined();
    expect(await other.claim(NAME)).toBeUndefined();
    expect(await one.claim(NAME)).toBeUndefined();
    expect(await other.claim('b.journal.jsonl')).toBeDefined();
    await claim?.release();
    expect(await other.claim(NAME)).toBeDefined();
  });

  it('gives a claim to one of many processes that try at once', async () => {
    const folder = await temporaryFolder();
    const gone = await SharedLock.take(folder, SHARING);
    await gone.claim(NAME);
    await silence(folder, gone);
    const locks = await Promise.all(Array.from({ length: 8 }, () => take(folder)));
    const claims = await Promise.all(locks.map((lock) => lock.claim(NAME)));
    expect(claims.filter(Boolean).length).toBeLessThanOrEqual(1);
    const later = claims.some(Boolean) ? undefined : await locks[0]?.claim(NAME);
    expect([...claims, later].filter(Boolean)).toHaveLength(1);
  });

  it('leaves nothing when the last process has released it', async () => {
    const folder = await temporaryFolder();
    const locks = [await SharedLock.take(folder, SHARING), await SharedLock.take(folder, SHARING)];
    for (const [index, lock] of locks.entries()) await lock.claim(`${index}.journal.jsonl`);
    for (const lock of locks) await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets another process take the recordings of a silent one over, whose files then get no names', async () => {
    const folder = await temporaryFolder();
    const paused = await SharedLock.take(folder, SHARING);
    const claim = await paused.claim(NAME);
    const part = claim?.temporaryPath() ?? '';
    await writeFile(part, 'half');
    await silence(folder, paused);
    const next = await take(folder);
    expect(await next.claim(NAME)).toBeDefined();
    await expect(rename(part, join(folder, 'talk.srt'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(writeFile(claim?.temporaryPath() ?? '', '')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('detaches the journal from the process that had it open', async () => {
    const folder = await temporaryFolder();
    const paused = await SharedLock.take(folder, SHARING);
    await paused.claim(NAME);
    await writeFile(join(folder, NAME), 'first\n');
    const journal = await open(join(folder, NAME), 'a');
    onTestFinished(() => journal.close());
    await silence(folder, paused);
    await (await take(folder)).claim(NAME);
    await journal.appendFile('late\n');
    await appendFile(join(folder, NAME), 'second\n');
    expect(await readFile(join(folder, NAME), 'utf8')).toBe('first\nsecond\n');
  });

  it('reports to a process that it has lost a recording', async () => {
    const folder = await temporaryFolder();
    const paused = await take(folder, 1_200);
    const claim = await paused.claim(NAME);
    await rename(join(folder, 'claims', NAME), join(folder, 'claims', 'taken'));
    if (!claim?.signal.aborted) await once(claim?.signal as AbortSignal, 'abort');
    expect(() => claim?.check()).toThrow(expect.objectContaining({ code: 'E_LOCKED' }));
    expect(paused.isLost).toBe(false);
  });

  it('reports to a process that others believe it has ended', async () => {
    const folder = await temporaryFolder();
    const paused = await take(folder, 1_200);
    const claim = await paused.claim(NAME);
    await rename(join(folder, 'shared', `${paused.token}.json`), join(folder, 'removed'));
    while (!paused.isLost) await sleep(20);
    expect(claim?.isLost).toBe(true);
  });

  it('loses everything after a pause of the process, before anything else is done', async () => {
    const folder = await temporaryFolder();
    const paused = await take(folder, 300);
    const claim = await paused.claim(NAME);
    const until = performance.now() + 700;
    while (performance.now() < until);
    await sleep(0);
    expect([claim?.isLost, paused.isLost]).toEqual([true, true]);
  });

  it('removes what a process has left that has ended', async () => {
    const folder = await temporaryFolder();
    for (const path of ['shared', 'claims/b/gone']) await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, 'claims/b/gone/x.part'), '');
    const ended = JSON.stringify({ pid: 4_194_305, host: hostname(), started: '' });
    await writeFile(join(folder, 'shared', 'gone.json'), ended);
    const lock = await SharedLock.take(folder, SHARING);
    expect(await readdir(join(folder, 'claims'))).toEqual([]);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a folder that is shared', () => {
  it('cannot be had for itself, and the other way round', async () => {
    const path = await temporaryFolder();
    const shared = await OutputFolder.open(path, SHARING);
    await expect(OutputFolder.open(path)).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringContaining(`a worker of a queue uses this folder: process ${process.pid}`),
    });
    await shared.close();
    const own = await OutputFolder.open(path);
    await expect(OutputFolder.open(path, SHARING)).rejects.toMatchObject({ code: 'E_LOCKED' });
    await own.close();
    expect(await readdir(path)).toEqual([]);
  });

  it('has a ledger of each process, which the next run joins in the order of time', async () => {
    const path = await temporaryFolder();
    const [one, other] = [await OutputFolder.open(path, SHARING), await OutputFolder.open(path, SHARING)];
    const entry = (content: string, durationMs: number) => ({
      input: 'talk.mp3',
      content,
      parameters: 'p',
      outputs: [],
      isFinished: true,
      durationMs,
      sentences: 0,
      engine: 'cloud' as const,
      model: 'm',
      isPartial: false,
    });
    await other.ledger.add(entry('a', 1));
    await sleep(2);
    await one.ledger.add(entry('a', 2));
    await other.ledger.refresh();
    const key = { input: 'talk.mp3', content: 'a', parameters: 'p' };
    expect((await other.ledger.find(key, [])).entry).toMatchObject({ durationMs: 2 });
    await one.close();
    await other.close();
    const joined = await OutputFolder.open(path);
    expect((await joined.ledger.find(key, [])).entry).toMatchObject({ durationMs: 2 });
    await joined.close();
    expect(await readdir(join(path, '.fun-asr'))).toEqual(['ledger.jsonl']);
    expect((await (await Ledger.read(path)).find(key, [])).entry).toMatchObject({ durationMs: 2 });
  });

  it('claims a recording once', async () => {
    const path = await temporaryFolder();
    const folders = [await OutputFolder.open(path, SHARING), await OutputFolder.open(path, SHARING)];
    for (const folder of folders) onTestFinished(() => folder.close());
    const key = { input: 'talk.mp3', content: 'a', parameters: 'p' };
    await folders[0]?.claim(key);
    await expect(folders[1]?.claim(key)).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringContaining('another worker transcribes talk.mp3'),
    });
  });
});
