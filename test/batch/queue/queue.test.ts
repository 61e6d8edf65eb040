import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addRecordings, type AddOptions } from '../../../lib/batch/queue/add-recordings.ts';
import type { JobData } from '../../../lib/batch/queue/job.ts';
import { clearQueue, queueResults, queueStatus, retryFailed } from '../../../lib/batch/queue/queue-status.ts';
import type { JobQueue } from '../../../lib/batch/queue/job-queue.ts';
import { writeQueueReport } from '../../../lib/batch/queue/queue-report.ts';
import { workOnQueue } from '../../../lib/batch/queue/queue-worker.ts';
import type { WorkOptions } from '../../../lib/batch/queue/work-options.ts';
import type { RunEvent } from '../../../lib/batch/recording/run-events.ts';
import type { BatchReport } from '../../../lib/batch/report/results.ts';
import { openQueue, startRedis } from '../../support/redis.ts';
import { respond } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { beginAndWait, files, recognise, recordings, run, service } from '../run-batch.ts';

async function add(
  queue: JobQueue,
  root: string,
  options: Partial<AddOptions> = {},
): ReturnType<typeof addRecordings> {
  return await addRecordings(queue, { inputs: [root], root, transcription: {}, ...options });
}

/** Works until the queue is empty. */
async function work(
  queue: JobQueue,
  root: string,
  baseUrl: string,
  options: Partial<WorkOptions> = {},
): Promise<BatchReport> {
  return await workOnQueue(queue, {
    root,
    once: true,
    rate: 1000,
    backend: { engine: 'cloud', baseUrl },
    ...options,
  });
}

/** Shortens the wait before the next try of all delayed recordings. */
async function promote({ jobs }: JobQueue): Promise<void> {
  for (const job of await jobs.getDelayed()) await job.promote().catch(() => undefined);
}

describe('a queue', () => {
  it('is filled on one machine and worked on by others, which have the storage elsewhere', async () => {
    const root = await recordings('a.ogg', 'sub/b.ogg');
    const elsewhere = join(await temporaryFolder(), 'mount');
    await symlink(root, elsewhere);
    const { url, clients } = await service({ client: recognise });
    const redis = await startRedis();
    const queue = await openQueue(redis);
    expect(await add(queue, root)).toEqual({ added: 2, skipped: 0, failed: 0 });
    expect(await queueStatus(queue)).toMatchObject({ queue: 'test', waiting: 2, done: 0, workers: [] });
    const reports = await Promise.all([work(queue, root, url), work(await openQueue(redis), elsewhere, url)]);
    expect(reports.reduce((sum, { done }) => sum + done, 0)).toBe(2);
    expect(clients).toHaveLength(2);
    expect(await files(root)).toEqual(
      expect.arrayContaining(['a.jsonl', 'a.srt', 'sub/b.jsonl', 'sub/b.srt']),
    );
    expect(await queueStatus(queue)).toMatchObject({
      waiting: 0,
      active: 0,
      delayed: 0,
      done: 2,
      failed: 0,
      failures: [],
      billedSeconds: expect.any(Number),
    });
    const results = [];
    for await (const { result } of queueResults(queue)) results.push(result);
    expect(Object.fromEntries(results.map(({ input, outputs }) => [input, outputs]))).toEqual({
      'a.ogg': ['a.srt', 'a.jsonl'],
      'sub/b.ogg': ['sub/b.srt', 'sub/b.jsonl'],
    });
  });

  it('takes each recording once, and answers what is finished without sending it', async () => {
    const root = await recordings('a.ogg', 'b.ogg');
    const { url, clients } = await service({ client: recognise });
    await run(url, { inputs: [join(root, 'a.ogg')] });
    const queue = await openQueue(await startRedis());
    expect(await add(queue, root)).toEqual({ added: 1, skipped: 1, failed: 0 });
    expect(await add(queue, root)).toEqual({ added: 0, skipped: 2, failed: 0 });
    await work(queue, root, url);
    expect(await add(queue, root)).toEqual({ added: 0, skipped: 2, failed: 0 });
    expect(clients).toHaveLength(2);
    // The outputs are gone, the text is kept.
    await rm(join(root, 'a.srt'));
    expect(await add(queue, root)).toEqual({ added: 1, skipped: 1, failed: 0 });
    await work(queue, root, url);
    expect(await files(root)).toContain('a.srt');
    expect(clients).toHaveLength(2);
  });

  it('has one job for a recording, whatever formats are asked for', async () => {
    const root = await recordings('a.ogg');
    const { url, clients } = await service({ client: recognise });
    const queue = await openQueue(await startRedis());
    expect(await add(queue, root, { formats: ['srt'] })).toMatchObject({ added: 1 });
    expect(await add(queue, root, { formats: ['vtt'] })).toMatchObject({ added: 1 });
    expect((await queueStatus(queue)).waiting).toBe(1);
    await work(queue, root, url);
    expect(await files(root)).toEqual(expect.arrayContaining(['a.srt', 'a.vtt']));
    await add(queue, root, { formats: ['txt'] });
    await work(queue, root, url);
    expect(await queueStatus(queue)).toMatchObject({ done: 1, failed: 0 });
    expect(clients).toHaveLength(1);
  });

  it('adds what can be read, says what cannot, and refuses what workers cannot reach', async () => {
    const root = await recordings('a.ogg');
    await writeFile(join(root, 'bad.mp3'), '');
    const queue = await openQueue(await startRedis());
    const failures: string[][] = [];
    const onFailure: AddOptions['onFailure'] = (input, { code }) => void failures.push([input, code]);
    expect(await add(queue, root, { onFailure })).toEqual({ added: 1, skipped: 0, failed: 1 });
    expect(failures).toEqual([[join(root, 'bad.mp3'), 'E_BAD_MEDIA']]);
    const elsewhere = await recordings('c.ogg');
    for (const options of [
      { inputs: ['-'] },
      { inputs: [elsewhere] },
      { inputs: [root], outputDir: elsewhere },
    ]) {
      await expect(add(queue, root, options)).rejects.toMatchObject({ code: 'E_OPTION' });
    }
    expect((await queueStatus(queue)).waiting).toBe(1);
  });

  it('sends copies in several folders once', async () => {
    const root = await recordings('a.ogg');
    await mkdir(join(root, 'backup'));
    await copyFile(join(root, 'a.ogg'), join(root, 'backup', 'z.ogg'));
    const { url, clients } = await service({ client: recognise });
    const redis = await startRedis();
    const queue = await openQueue(redis);
    await add(queue, root);
    await Promise.all([work(queue, root, url), work(await openQueue(redis), root, url)]);
    expect(clients).toHaveLength(1);
    expect(await readFile(join(root, 'backup', 'z.srt'), 'utf8')).toContain('hello there');
  });

  it('gives a recording that fails to the next try, and keeps one that fails for good apart', async () => {
    const root = await recordings('a.ogg');
    await writeFile(join(root, 'broken.wav'), Buffer.from('RIFF\0\0\0\0WAVEfmt '));
    let tries = 0;
    const { url } = await service({
      async client(client) {
        tries += 1;
        if (tries > 1) return await recognise(client);
        await client.startTask();
        client.fail('InternalError', 'broken');
      },
    });
    const queue = await openQueue(await startRedis());
    await add(queue, root, { transcription: { maxRetries: 0 } });
    const working = work(queue, root, url);
    while ((await queueStatus(queue)).delayed === 0) await sleep(20);
    await promote(queue);
    expect(await working).toMatchObject({ done: 1, failed: 1 });
    expect(await queueStatus(queue)).toMatchObject({
      done: 1,
      failed: 1,
      failures: [{ input: 'broken.wav', error: { code: 'E_BAD_MEDIA', hint: expect.any(String) } }],
    });
    await copyFile(join(root, 'a.ogg'), join(root, 'broken.wav'));
    expect(await retryFailed(queue)).toBe(1);
    await work(queue, root, url);
    expect(await queueStatus(queue)).toMatchObject({ done: 2, failed: 0, failures: [] });
  });

  it('gets recordings back from a worker whose key is refused, or that is stopped', async () => {
    const root = await recordings('a.ogg');
    const refusing = await service({ upgrade: respond(401, '{"code":"InvalidApiKey","message":"no"}') });
    const queue = await openQueue(await startRedis());
    await add(queue, root);
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void events.push(event);
    const report = await work(queue, root, refusing.url, { onEvent });
    expect(report).toMatchObject({ done: 0, failed: 0, stoppedBy: { code: 'E_AUTH' } });
    expect(events).toContainEqual(
      expect.objectContaining({ detail: expect.objectContaining({ status: 'failed' }) }),
    );
    expect(await queueStatus(queue)).toMatchObject({ waiting: 1, active: 0, failed: 0 });

    const stop = new AbortController();
    const waiting = await service({
      async client(client) {
        await client.startTask();
        client.final('the beginning', 0, 1000);
        stop.abort();
        await client.finishTask();
      },
    });
    expect(await work(queue, root, waiting.url, { stop: stop.signal })).toMatchObject({ failed: 0 });
    expect(await queueStatus(queue)).toMatchObject({ waiting: 1, active: 0, failed: 0 });
  });

  it('continues from the journal on another worker when one is killed', async () => {
    const root = await recordings('a.ogg');
    const redis = await startRedis();
    const queue = await openQueue(redis);
    await add(queue, root);
    const { url } = await service({
      async client(client, index) {
        await (index === 0 ? beginAndWait(client) : recognise(client));
      },
    });
    const worker = spawnWorker(redis.url, root, url);
    const journal = join(root, '.fun-asr');
    while (!(await readJournal(journal)).includes('the beginning')) await sleep(20);
    worker.kill('SIGKILL');
    const report = await work(queue, root, url, { silenceMs: 2_000 });
    expect(report).toMatchObject({ done: 1, failed: 0 });
    const text = await readFile(join(root, 'a.srt'), 'utf8');
    expect(text.match(/the beginning/g)).toHaveLength(1);
    expect(await files(root)).not.toContain('a.partial.srt');
    expect(await readdir(journal)).not.toContain('claims');
  });

  it('waits for Redis, and has each recording once when it is there again', async () => {
    const root = await recordings('a.ogg', 'b.ogg', 'c.ogg', 'd.ogg');
    const redis = await startRedis();
    const queue = await openQueue(redis);
    await add(queue, root);
    let isKilled: Promise<void> | undefined;
    const { url, clients } = await service({
      async client(client) {
        isKilled ??= redis.kill();
        await isKilled;
        await recognise(client);
      },
    });
    const working = work(queue, root, url, { concurrency: 1, silenceMs: 2_000 });
    while (!(await files(root)).some((name) => name.endsWith('.srt'))) await sleep(20);
    await redis.start();
    await working;
    expect(await queueStatus(queue)).toMatchObject({ done: 4, failed: 0 });
    expect(clients).toHaveLength(4);
  });

  it('transcribes finished recordings again with force, each once', async () => {
    const root = await recordings('a.ogg');
    const { url, clients } = await service({ client: recognise });
    await run(url, { inputs: [root] });
    const queue = await openQueue(await startRedis());
    await sleep(10);
    expect(await add(queue, root, { force: true })).toMatchObject({ added: 1 });
    await work(queue, root, url);
    expect(clients).toHaveLength(2);
    expect(await queueStatus(queue)).toMatchObject({ done: 1 });
    // The same job once more: its text is newer than the job.
    const [job] = await queue.jobs.getCompleted();
    await job?.retry('completed');
    await work(queue, root, url);
    expect(clients).toHaveLength(2);
  });

  it('begins no recording that passes the limit of the cost of all of them', async () => {
    const root = await recordings('a.ogg', 'b.ogg', 'c.ogg');
    const { url, clients } = await service({ client: recognise });
    const queue = await openQueue(await startRedis());
    // Each has 3.3 s, of which the service bills 1 s.
    await add(queue, root, { price: 1, maxCost: 5 });
    await work(queue, root, url, { concurrency: 1 });
    expect(await queueStatus(queue)).toMatchObject({
      done: 2,
      failed: 1,
      billedSeconds: 2,
      cost: 2,
      failures: [{ error: { code: 'E_COST_LIMIT' } }],
    });
    expect(await add(queue, root, { price: 1, maxCost: 10 })).toMatchObject({ added: 1, skipped: 2 });
    await work(queue, root, url);
    expect(await queueStatus(queue)).toMatchObject({ done: 3, failed: 0, cost: 3 });
    expect(clients).toHaveLength(3);
  });

  it('refuses a job that is not valid, or that leads out of the root', async () => {
    const root = await recordings('a.ogg');
    const { url, clients } = await service({ client: recognise });
    const queue = await openQueue(await startRedis());
    const data = { input: 'a.ogg', folder: '', stem: 'a', formats: ['srt'], content: 'c', options: {} };
    const invalid = [
      { ...data, input: '../a.ogg' },
      { ...data, folder: '/tmp' },
      { ...data, stem: '../a' },
      { ...data, formats: ['exe'] },
      { ...data, options: { baseUrl: 'ws://127.0.0.1' } },
      { input: 'a.ogg' },
    ];
    for (const job of invalid) await queue.jobs.add('transcribe', job as unknown as JobData, { attempts: 3 });
    await work(queue, root, url);
    const { failures } = await queueStatus(queue);
    expect(failures).toHaveLength(invalid.length);
    expect(failures.every(({ error }) => error.code === 'E_OPTION')).toBe(true);
    expect(clients).toEqual([]);
  });

  it('writes a report over the work of all workers', async () => {
    const root = await recordings('a.ogg', 'sub/b.ogg');
    const { url } = await service({ client: recognise });
    const queue = await openQueue(await startRedis());
    await add(queue, root);
    await work(queue, root, url);
    // On another machine the storage is elsewhere.
    const elsewhere = join(await temporaryFolder(), 'copy');
    await cp(root, elsewhere, { recursive: true });
    const path = join(elsewhere, 'report.html');
    await writeQueueReport(queue, elsewhere, { path });
    const page = await readFile(path, 'utf8');
    expect(page.match(/hello there/g)?.length).toBeGreaterThanOrEqual(2);
    expect(page).toContain('sub/b.ogg');
  });

  it('is worked on with the next engine when the first one cannot be reached, which is tried once', async () => {
    const root = await recordings('a.ogg', 'b.ogg');
    const queue = await openQueue(await startRedis());
    await add(queue, root, { transcription: { retryTimeoutMs: 1 } });
    const events: RunEvent[] = [];
    const report = await work(queue, root, 'ws://127.0.0.1:9/', {
      nextEngines: ['local'],
      concurrency: 1,
      onEvent: (event) => void events.push(event),
    });
    expect(report).toMatchObject({ done: 2, failed: 0 });
    const results = events.flatMap((event) => (event.type === 'result' ? [event.detail] : []));
    expect(results).toMatchObject([{ engine: 'local' }, { engine: 'local' }]);
    const fallbacks = events.filter(({ type }) => type === 'fallback');
    expect(fallbacks).toMatchObject([
      { detail: { from: 'cloud', to: 'local', error: { code: 'E_CONNECT' } } },
    ]);
    // The text belongs to the settings of the first engine.
    const path = join(root, 'report.html');
    await writeQueueReport(queue, root, { path });
    const [line = ''] = (await readFile(join(root, 'a.jsonl'), 'utf8')).split('\n');
    expect(await readFile(path, 'utf8')).toContain((JSON.parse(line) as { text: string }).text);
  });

  it('is worked on with the first engine again when that works again', async () => {
    const root = await recordings('a.ogg', 'b.ogg', 'c.ogg');
    let isRefused = true;
    const refuse = respond(401, '{"code":"InvalidApiKey"}');
    const upgrade = (...parts: Parameters<typeof refuse>) => isRefused && refuse(...parts);
    const { url } = await service({ client: recognise, upgrade });
    const queue = await openQueue(await startRedis());
    await add(queue, root);
    const engines: string[] = [];
    const report = await work(queue, root, url, {
      nextEngines: ['local'],
      concurrency: 1,
      engineRetryMs: 0,
      onEvent: (event) => {
        if (event.type === 'result') engines.push(event.detail.engine);
        if (engines.length > 0) isRefused = false;
      },
    });
    expect(report).toMatchObject({ done: 3, failed: 0 });
    expect(engines).toEqual(['local', 'cloud', 'cloud']);
  });

  it('refuses engines that cannot be used before it takes a recording', async () => {
    const root = await recordings('a.ogg');
    const queue = await openQueue(await startRedis());
    await add(queue, root);
    const engines = { backend: { engine: 'cloud' }, nextEngines: ['funasr'] } as const;
    await expect(work(queue, root, '', engines)).rejects.toMatchObject({ code: 'E_OPTION' });
    expect(await queueStatus(queue)).toMatchObject({ waiting: 1, failed: 0 });
  });

  it('is emptied, and the outputs stay', async () => {
    const root = await recordings('a.ogg', 'b.ogg');
    const { url } = await service({ client: recognise });
    const queue = await openQueue(await startRedis());
    await add(queue, root, { inputs: [join(root, 'a.ogg')] });
    await work(queue, root, url);
    await add(queue, root);
    expect(await clearQueue(queue)).toBe(2);
    expect(await queueStatus(queue)).toMatchObject({ waiting: 0, done: 0, billedSeconds: 0 });
    expect(await queue.redis.keys('*')).toEqual([]);
    expect(await files(root)).toContain('a.srt');
  });
});

/** Starts a worker in another process. */
function spawnWorker(redis: string, root: string, baseUrl: string): ChildProcess {
  const built = (path: string): string => new URL(`../../../dist/batch/queue/${path}`, import.meta.url).href;
  const program = `
    import { JobQueue } from '${built('job-queue.js')}';
    import { workOnQueue } from '${built('queue-worker.js')}';
    const queue = await JobQueue.open({ redis: '${redis}', queue: 'test' });
    const backend = { engine: 'cloud', baseUrl: '${baseUrl}' };
    await workOnQueue(queue, { root: '${root}', backend, silenceMs: 2000 });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function readJournal(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.journal.jsonl'));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('');
}
