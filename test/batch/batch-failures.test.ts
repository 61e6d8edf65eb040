import { appendFile, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../lib/batch/state/locks/lock.ts';
import { KnownRecording } from '../support/known-recording.ts';
import { type ScriptedClient } from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { files, FIXTURES, recognise, recordings, run, service } from './run-batch.ts';

describe('a recording that fails', () => {
  it('does not stop the others', async () => {
    const folder = await recordings('good.ogg');
    await writeFile(join(folder, 'bad.mp3'), 'This is not audio.');
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

  it('keeps recognised sentences in .partial files until a later run completes them', async () => {
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

  it('writes no files when nothing was recognised', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'bad.mp3'), 'This is not audio.');
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

describe('an outage of the service', () => {
  /** All sentences of a recording, in their order. */
  const textOf = async (folder: string, name: string) =>
    (await readFile(join(folder, `${name}.txt`), 'utf8')).trimEnd().split('\n');

  it.each<[string, (client: ScriptedClient, recording: KnownRecording) => unknown]>([
    [
      'closes each task at its end',
      async (client, recording) => {
        const closing = client.action('finish-task').then(() => client.socket.close(1011));
        await Promise.race([closing, recording.recognise(client)]);
      },
    ],
    [
      'fails each task at its end',
      async (client, recording) => {
        const failing = client.action('finish-task').then(() => client.fail('InternalError', 'oops'));
        await Promise.race([failing, recording.recognise(client)]);
      },
    ],
    [
      'closes each task at its start',
      async (client) => {
        await client.startTask();
        client.socket.terminate();
      },
    ],
  ])('that %s loses no sentence', async (_, fail) => {
    const recording = await KnownRecording.decode(join(FIXTURES, 'leisure.wav'));
    const names = ['a', 'b', 'c', 'd'];
    const folder = await temporaryFolder();
    for (const name of names) await copyFile(join(FIXTURES, 'leisure.wav'), join(folder, `${name}.wav`));
    // More tasks fail than one run retries, so several runs are needed.
    const { url } = await service({
      client: (client, index) => (index < 14 ? fail(client, recording) : recording.recognise(client)),
    });
    const transcription = { maxRetries: 2, retryDelayMs: 1 };
    let failed = names.length;
    let runs = 0;
    for (; failed > 0 && runs < 10; runs += 1) {
      const { report, results } = await run(url, { inputs: [folder], formats: ['txt'], transcription });
      failed = report.failed;
      expect(results.filter(({ status }) => status === 'failed').every(({ error }) => error)).toBe(true);
    }
    expect(failed).toBe(0);
    for (const name of names) expect(await textOf(folder, name)).toEqual(recording.text);
  });
});
