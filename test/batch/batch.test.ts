import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchOptions } from '../../lib/batch/batch-options.ts';
import { type ScriptedClient } from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FINISHED_STATE, stateFiles } from '../support/state-files.ts';
import { files, FIXTURES, recognise, recordings, run, service } from './run-batch.ts';

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
      // The outputs are those of the other settings: they are made anew from kept text.
      'done 3',
      'skipped 3',
      'done 3',
      'skipped 3',
      'skipped 3',
      'done 4',
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

describe('a recording with speech that was not recognised', () => {
  it('is done and partial, and is skipped until a setting changes', async () => {
    const folder = await recordings('a.ogg');
    const { url, clients } = await service({
      client: async (client) => {
        await client.startTask();
        await client.action('finish-task');
        client.final('', 500, 1500, { words: [], unrecognized: true });
        await client.finishTask();
      },
    });
    const again = async (options: Partial<BatchOptions> = {}) => {
      const { report, results } = await run(url, { inputs: [folder], ...options });
      expect(report.failed).toBe(0);
      return { tasks: clients.length, ...results[0] };
    };
    const span = { begin: 500, end: 1500 };
    const partial = { partial: true, outputs: [join(folder, 'a.srt'), join(folder, 'a.jsonl')] };
    expect(await again()).toMatchObject({
      status: 'done',
      warnings: [{ code: 'W_UNRECOGNIZED', span }],
      ...partial,
    });
    expect(await again()).toMatchObject({ status: 'skipped', tasks: 1, ...partial });
    expect(await again({ transcription: { maxSentenceSilence: 500 } })).toMatchObject({
      status: 'done',
      tasks: 2,
      ...partial,
    });
  });

  it('is partial when a later run completes it', async () => {
    const folder = await recordings('a.ogg');
    const { url } = await service({
      client: async (client, index) => {
        await client.startTask();
        if (index > 0) return client.finishTask();
        client.final('', 500, 1500, { words: [], unrecognized: true });
        client.final('the end', 2000, 2500);
        await client.action('finish-task');
        client.fail('InvalidParameter', 'no more');
      },
    });
    const warnings = [{ code: 'W_UNRECOGNIZED', span: { begin: 500, end: 1500 } }];
    const first = await run(url, { inputs: [folder] });
    expect(first.results).toMatchObject([{ status: 'failed', warnings, error: { code: 'E_PARAM' } }]);
    const second = await run(url, { inputs: [folder] });
    expect(second.results).toMatchObject([{ status: 'done', partial: true, warnings }]);
  });
});

it('warns about an option without effect once in a run', async () => {
  const folder = await recordings('a.ogg', 'b.ogg');
  const { url } = await service({ client: recognise });
  const warnings: unknown[] = [];
  const { results } = await run(
    url,
    { inputs: [folder], transcription: { semanticPunctuation: true, maxSentenceSilence: 500 } },
    (event) => event.type === 'warning' && warnings.push([event.detail.code, event.input]),
  );
  expect(warnings.filter((warning) => String(warning).startsWith('W_OPTION'))).toEqual([
    ['W_OPTION', undefined],
  ]);
  expect(results.map(({ warnings: own }) => own.map(({ code }) => code))).toEqual([
    ['W_OPTION'],
    ['W_OPTION'],
  ]);
});

it('removes temporary files of a run that was killed', async () => {
  const folder = await recordings('a.ogg');
  await mkdir(join(folder, '.fun-asr'));
  await writeFile(join(folder, '.fun-asr', '0a1b.part'), 'half a fi');
  const { url } = await service({ client: recognise });
  await run(url, { inputs: [folder] });
  expect(await stateFiles(folder)).toEqual(FINISHED_STATE);
});
