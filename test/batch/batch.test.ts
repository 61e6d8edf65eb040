import { appendFile, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BatchObserver, type BatchOptions, transcribeBatch } from '../../lib/batch/batch.ts';
import { lockFolder } from '../../lib/batch/state/lock.ts';
import type { RecordingResult } from '../../lib/batch/report.ts';
import {
  respond,
  type ScriptedClient,
  type ScriptedService,
  type ServiceScript,
  startScriptedService,
} from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;

/** A folder with copies of a fixture, under some names. */
async function recordings(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, name));
  }
  return folder;
}

async function service(script: ServiceScript): Promise<ScriptedService> {
  const started = await startScriptedService(script);
  onTestFinished(() => started.close());
  return started;
}

/** Recognises one sentence in every recording. */
async function recognise(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.action('finish-task');
  client.final('hello there', 0, 1000);
  await client.finishTask();
}

/** Recognises one sentence, and never finishes the task. */
async function beginAndWait(client: ScriptedClient): Promise<void> {
  await client.startTask();
  client.final('the beginning', 0, 1000);
}

async function run(
  url: string,
  options: Partial<BatchOptions> & Pick<BatchOptions, 'inputs'>,
  observer: BatchObserver = {},
) {
  const results: RecordingResult[] = [];
  const report = await transcribeBatch({
    ...options,
    transcription: { engine: 'cloud', baseUrl: url, ...options.transcription },
    observer: { ...observer, onResult: (result) => void results.push(result) },
  });
  return { report, results };
}

const files = async (folder: string) =>
  (await readdir(folder, { recursive: true })).filter((name) => !/\.(ogg|mp3)$/.test(name)).sort();

describe('a run', () => {
  it('writes all outputs of all recordings, and a ledger', async () => {
    const folder = await recordings('a.ogg', 'day1/b.ogg');
    const { url } = await service({ client: recognise });
    const { report, results } = await run(url, { inputs: [folder] });
    expect(report).toMatchObject({
      done: 2,
      skipped: 0,
      failed: 0,
      untried: 0,
      audioSeconds: 6.58,
      billedSeconds: 2,
    });
    expect(await files(folder)).toEqual([
      '.fun-asr',
      '.fun-asr/ledger.jsonl',
      'a.jsonl',
      'a.srt',
      'day1',
      'day1/.fun-asr',
      'day1/.fun-asr/ledger.jsonl',
      'day1/b.jsonl',
      'day1/b.srt',
    ]);
    expect(await readFile(join(folder, 'a.srt'), 'utf8')).toContain('hello there');
    expect(results.find(({ input }) => input === join(folder, 'a.ogg'))).toEqual({
      type: 'result',
      input: join(folder, 'a.ogg'),
      status: 'done',
      outputs: [join(folder, 'a.srt'), join(folder, 'a.jsonl')],
      durationMs: 3290,
      sentences: 1,
      engine: 'cloud',
      model: 'fun-asr-realtime',
      partial: false,
      warnings: [],
    });
  });

  it('sends nothing for a finished recording until it or a setting changes', async () => {
    const folder = await recordings('a.ogg');
    const { url, clients } = await service({ client: recognise });
    const statuses: string[] = [];
    const again = async (options: Partial<BatchOptions> = {}) => {
      const { results } = await run(url, { inputs: [folder], ...options });
      statuses.push(`${results[0]?.status} ${clients.length}`);
    };
    await again();
    await again();
    await again({ force: true });
    await again({ transcription: { maxSentenceSilence: 500 } });
    await again();
    await again({ formats: ['srt'] });
    await again({ formats: ['txt'] });
    await again({ formats: ['srt'] });
    await again({ transcription: { model: 'fun-asr-realtime' }, formats: ['txt', 'srt'] });
    await appendFile(join(folder, 'a.ogg'), 'more');
    await again();
    expect(statuses).toEqual([
      'done 1',
      'skipped 1',
      'done 2',
      'done 3',
      // The outputs are those of the other settings.
      'done 4',
      'skipped 4',
      'done 5',
      'skipped 5',
      'skipped 5',
      'done 6',
    ]);
  });

  it('keeps sub-folders below an output folder', async () => {
    const folder = await recordings('talks/a.ogg', 'talks/day1/b.ogg');
    const { url } = await service({ client: recognise });
    const outputDir = join(folder, 'out');
    await run(url, { inputs: [join(folder, 'talks')], outputDir, formats: ['txt'] });
    expect(await readFile(join(outputDir, 'day1/b.txt'), 'utf8')).toContain('hello there');
    expect(await files(join(folder, 'talks'))).toEqual(['day1']);
  });

  it('reads standard input', async () => {
    const folder = await temporaryFolder();
    const { url } = await service({ client: recognise });
    const stdin = createReadStream(join(FIXTURES, 'himself.ogg'));
    const { report } = await run(url, { inputs: ['-'], outputDir: folder, stdin });
    expect(report.done).toBe(1);
    expect(await files(folder)).toEqual(['.fun-asr', '.fun-asr/ledger.jsonl', 'stdin.jsonl', 'stdin.srt']);
  });

  it('transcribes as many recordings at a time as the concurrency says', async () => {
    const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg', 'd.ogg');
    const active = new Set<ScriptedClient>();
    const seen: number[] = [];
    const { url } = await service({
      client: async (client) => {
        active.add(client);
        const arrived = seen.push(active.size);
        // The first of each two waits for the second one: with fewer at a time the test would not end.
        await expect.poll(() => seen.length).toBeGreaterThanOrEqual(arrived + (arrived % 2));
        active.delete(client);
        await recognise(client);
      },
    });
    const { report } = await run(url, { inputs: [folder], concurrency: 2 });
    expect(report.done).toBe(4);
    expect(Math.max(...seen)).toBe(2);
  });

  it('counts a recording without speech as done, with empty outputs', async () => {
    const folder = await recordings('a.ogg');
    const { url } = await service({
      client: async (client) => {
        await client.startTask();
        await client.finishTask();
      },
    });
    const { results } = await run(url, { inputs: [folder] });
    expect(results[0]).toMatchObject({ status: 'done', sentences: 0 });
    expect(await readFile(join(folder, 'a.srt'), 'utf8')).toBe('');
    expect(await readFile(join(folder, 'a.jsonl'), 'utf8')).toBe('');
  });
});

it('warns about an option without effect once in a run', async () => {
  const folder = await recordings('a.ogg', 'b.ogg');
  const { url } = await service({ client: recognise });
  const warnings: unknown[] = [];
  const { results } = await run(
    url,
    { inputs: [folder], transcription: { semanticPunctuation: true, maxSentenceSilence: 500 } },
    { onWarning: ({ code }, input) => void warnings.push([code, input]) },
  );
  expect(warnings.filter((warning) => String(warning).startsWith('W_OPTION'))).toEqual([
    ['W_OPTION', undefined],
  ]);
  expect(results.map(({ warnings: own }) => own.map(({ code }) => code))).toEqual([
    ['W_OPTION'],
    ['W_OPTION'],
  ]);
});

describe('a recording that fails', () => {
  it('does not stop the others', async () => {
    const folder = await recordings('good.ogg');
    await writeFile(join(folder, 'bad.mp3'), 'This is no audio.');
    const gone = join(folder, 'nowhere', 'gone.mp3');
    const { url } = await service({ client: recognise });
    const { report, results } = await run(url, { inputs: [gone, folder] });
    expect(report).toMatchObject({ done: 1, failed: 2 });
    const codes = results.map(({ input, error }) => [input.slice(folder.length + 1), error?.code]);
    expect(codes).toContainEqual(['nowhere/gone.mp3', 'E_READ']);
    expect(codes).toContainEqual(['bad.mp3', 'E_BAD_MEDIA']);
    expect(codes).toContainEqual(['good.ogg', undefined]);
    expect(await files(folder)).not.toContain('nowhere');
  });

  it('keeps what was recognised as .partial files until a later run completes it', async () => {
    const folder = await recordings('a.ogg');
    let fails = true;
    const { url } = await service({
      client: async (client) => {
        if (!fails) return recognise(client);
        await client.startTask();
        client.final('the beginning', 0, 1000);
        await client.action('finish-task');
        client.fail('InvalidParameter', 'no more');
      },
    });
    const { results } = await run(url, { inputs: [folder] });
    expect(results[0]).toMatchObject({
      status: 'failed',
      partial: true,
      sentences: 1,
      outputs: [join(folder, 'a.partial.srt'), join(folder, 'a.partial.jsonl')],
      error: { code: 'E_PARAM' },
    });
    expect(await readFile(join(folder, 'a.partial.srt'), 'utf8')).toContain('the beginning');
    expect(await files(folder)).not.toContain('a.srt');

    fails = false;
    await run(url, { inputs: [folder] });
    expect(await files(folder)).toEqual(['.fun-asr', '.fun-asr/ledger.jsonl', 'a.jsonl', 'a.srt']);
  });

  it('leaves no files when nothing was recognised', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'bad.mp3'), 'This is no audio.');
    const { url } = await service({ client: recognise });
    await run(url, { inputs: [folder] });
    expect(await files(folder)).toEqual([]);
  });

  it('is a recording that changes while it is read', async () => {
    const folder = await recordings('a.ogg');
    const { url } = await service({
      client: async (client) => {
        await client.startTask();
        await client.action('finish-task');
        await appendFile(join(folder, 'a.ogg'), 'more');
        client.final('hello there', 0, 1000);
        await client.finishTask();
      },
    });
    const { results } = await run(url, { inputs: [folder] });
    expect(results[0]).toMatchObject({ status: 'failed', error: { code: 'E_CHANGED' } });
    expect(await files(folder)).not.toContain('a.srt');
  });

  it('is a recording whose output another program has written; nothing is sent', async () => {
    const folder = await recordings('a.ogg', 'b.ogg');
    await writeFile(join(folder, 'a.srt'), 'by hand');
    const { url, clients } = await service({ client: recognise });
    const { report, results } = await run(url, { inputs: [folder] });
    expect(report).toMatchObject({ done: 1, failed: 1 });
    expect(results[0]?.error).toMatchObject({ code: 'E_EXISTS', message: expect.stringContaining('a.srt') });
    expect(await readFile(join(folder, 'a.srt'), 'utf8')).toBe('by hand');
    expect(clients.length).toBe(1);
    const forced = await run(url, { inputs: [folder], force: true });
    expect(forced.report.done).toBe(2);
    expect(await readFile(join(folder, 'a.srt'), 'utf8')).toContain('hello there');
  });

  it('is a recording whose output folder another run uses; the others are done', async () => {
    const folder = await recordings('locked/a.ogg', 'locked/b.ogg', 'free/c.ogg');
    const locked = join(folder, 'locked');
    await mkdir(join(locked, '.fun-asr'));
    const unlock = await lockFolder(join(locked, '.fun-asr'));
    const { url, clients } = await service({ client: recognise });
    const { report, results } = await run(url, { inputs: [folder] });
    await unlock();
    expect(report).toMatchObject({ done: 1, failed: 2, untried: 0 });
    expect(report.stoppedBy).toBeUndefined();
    expect(results.map(({ input, error }) => [relative(folder, input), error?.code])).toEqual([
      ['locked/a.ogg', 'E_LOCKED'],
      ['locked/b.ogg', 'E_LOCKED'],
      ['free/c.ogg', undefined],
    ]);
    expect(clients.length).toBe(1);
    expect(await files(locked)).toEqual(['.fun-asr']);
  });

  it('is a recording whose decoded audio is too long', async () => {
    const folder = await recordings('a.ogg');
    const { url } = await service({ client: recognise });
    const { results } = await run(url, { inputs: [folder], transcription: { maxDurationMs: 1000 } });
    expect(results[0]?.error?.code).toBe('E_DURATION_LIMIT');
  });
});

describe('the whole run stops', () => {
  it('when the key is refused', async () => {
    const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg');
    const { url } = await service({ upgrade: respond(401, '{"code":"InvalidApiKey","message":"no"}') });
    const { report } = await run(url, { inputs: [folder], concurrency: 1 });
    expect(report).toMatchObject({ done: 0, failed: 1, untried: 2, stoppedBy: { code: 'E_AUTH' } });
  });

  it('when the key is refused: reports it once, and keeps what other recordings have', async () => {
    const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg', 'd.ogg');
    let refuse = (): void => {};
    const isSpoken = new Promise<void>((resolve) => (refuse = resolve));
    let tasks = 0;
    const { url } = await service({
      client: async (client) => {
        tasks += 1;
        if (tasks === 1) return beginAndWait(client);
        await client.startTask();
        await isSpoken;
        client.fail('InvalidApiKey', 'Invalid API-key');
      },
    });
    const { report, results } = await run(
      url,
      { inputs: [folder], concurrency: 3, transcription: { pace: 1 } },
      { onProgress: (_, { finalMs }) => finalMs > 0 && refuse() },
    );
    expect(report).toMatchObject({ done: 0, failed: 2, untried: 2, stoppedBy: { code: 'E_AUTH' } });
    expect(results.map(({ error, partial }) => `${error?.code} ${partial}`)).toEqual([
      'E_AUTH false',
      'E_INTERRUPTED true',
    ]);
    expect(results[1]?.error?.hint).toBe(results[0]?.error?.hint);
  });

  it('at a stop, and keeps what was recognised', async () => {
    const folder = await recordings('a.ogg', 'b.ogg');
    const stop = new AbortController();
    const { url } = await service({
      client: async (client) => {
        await beginAndWait(client);
        stop.abort();
        await client.finishTask();
      },
    });
    const transcription = { stop: stop.signal, pace: 'realtime' as const };
    const { report, results } = await run(url, { inputs: [folder], concurrency: 1, transcription });
    expect(report).toMatchObject({ failed: 1, untried: 1 });
    expect(results[0]).toMatchObject({ partial: true, error: { code: 'E_INTERRUPTED' } });
    expect(await readFile(join(folder, 'a.partial.srt'), 'utf8')).toContain('the beginning');
  });

  it('at a stop, but completes a recording that was sent to its end', async () => {
    const folder = await recordings('a.ogg', 'b.ogg');
    const stop = new AbortController();
    const { url } = await service({
      client: async (client) => {
        await client.startTask();
        await client.action('finish-task');
        stop.abort();
        client.final('all of it', 0, 1000);
        await client.finishTask();
      },
    });
    const { report, results } = await run(url, {
      inputs: [folder],
      concurrency: 1,
      transcription: { stop: stop.signal },
    });
    expect(report).toMatchObject({ done: 1, failed: 0, untried: 1 });
    expect(results[0]).toMatchObject({ status: 'done', partial: false });
    expect(await readFile(join(folder, 'a.srt'), 'utf8')).toContain('all of it');
  });

  it('before it begins when stop is aborted already', async () => {
    const folder = await recordings('a.ogg', 'b.ogg');
    const { url, clients } = await service({ client: recognise });
    await run(url, { inputs: [join(folder, 'a.ogg')] });
    const transcription = { stop: AbortSignal.abort() };
    const { report } = await run(url, { inputs: [folder], transcription });
    expect(report).toMatchObject({ done: 0, skipped: 0, failed: 0, untried: 2 });
    expect(clients).toHaveLength(1);
  });

  it('immediately at an abort, and keeps what was recognised', async () => {
    const folder = await recordings('a.ogg', 'b.ogg');
    const abort = new AbortController();
    const { url } = await service({ client: beginAndWait });
    const transcription = { signal: abort.signal, pace: 4 };
    const { results } = await run(
      url,
      { inputs: [folder], concurrency: 1, transcription },
      {
        onProgress: (_, { finalMs }) => finalMs > 0 && abort.abort(),
      },
    );
    expect(results.map(({ error }) => error?.code)).toEqual(['E_INTERRUPTED']);
    expect(await readFile(join(folder, 'a.partial.srt'), 'utf8')).toContain('the beginning');
  });

  it('before it begins when FFmpeg or the key is missing', async () => {
    const folder = await recordings('a.ogg');
    const { url } = await service({ client: recognise });
    const ffmpegPath = join(folder, 'no-ffmpeg');
    await expect(run(url, { inputs: [folder], transcription: { ffmpegPath } })).rejects.toMatchObject({
      code: 'E_FFMPEG_MISSING',
    });
    const options = { inputs: [folder], transcription: { engine: 'cloud' } } as const;
    await expect(transcribeBatch(options)).rejects.toMatchObject({ code: 'E_NO_KEY' });
    expect(await files(folder)).toEqual([]);
  });
});

it('removes temporary files of a run that was killed', async () => {
  const folder = await recordings('a.ogg');
  await mkdir(join(folder, '.fun-asr'));
  await writeFile(join(folder, '.fun-asr', '0a1b.part'), 'half a fi');
  const { url } = await service({ client: recognise });
  await run(url, { inputs: [folder] });
  expect(await readdir(join(folder, '.fun-asr'))).toEqual(['ledger.jsonl']);
});
