import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { transcribeBatch } from '../../lib/batch/batch.ts';
import { respond } from '../support/scripted-service.ts';
import { beginAndWait, files, recognise, recordings, run, service } from './run-batch.ts';

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
      (event) => event.type === 'progress' && event.detail.finalMs > 0 && refuse(),
    );
    expect(report).toMatchObject({
      done: 0,
      failed: 1,
      interrupted: 1,
      untried: 2,
      stoppedBy: { code: 'E_AUTH' },
    });
    expect(results.map(({ error, partial }) => `${error?.code} ${partial}`)).toEqual([
      'E_AUTH false',
      'E_INTERRUPTED true',
    ]);
    expect(results[1]?.error?.hint).toBe(results[0]?.error?.hint);
  });

  it('at a stop, and keeps the recognised sentences', async () => {
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
    expect(report).toMatchObject({ failed: 0, interrupted: 1, untried: 1 });
    expect(results[0]).toMatchObject({
      status: 'interrupted',
      partial: true,
      error: { code: 'E_INTERRUPTED' },
    });
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

  it('immediately at an abort, and keeps the recognised sentences', async () => {
    const folder = await recordings('a.ogg', 'b.ogg');
    const abort = new AbortController();
    const { url } = await service({ client: beginAndWait });
    const transcription = { signal: abort.signal, pace: 4 };
    const { results } = await run(
      url,
      { inputs: [folder], concurrency: 1, transcription },
      (event) => event.type === 'progress' && event.detail.finalMs > 0 && abort.abort(),
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
