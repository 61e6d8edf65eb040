import { chmod, cp, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchOptions } from '../../lib/batch/batch-options.ts';
import { previewBatch, type RecordingPreview } from '../../lib/batch/preview.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { recognise, recordings, run, service } from './run-batch.ts';

/** A run without a service: a recording that would be sent fails. */
const NOWHERE = 'ws://127.0.0.1:9/';

/** A folder with recordings that a run has finished. */
async function finished(...names: string[]) {
  const folder = await recordings(...names);
  const { url, clients } = await service({ client: recognise });
  await run(url, { inputs: [folder] });
  return { folder, url, clients };
}

/** What a run without a service makes of a folder. */
async function statuses(inputs: string[], options: Partial<BatchOptions> = {}) {
  const { results } = await run(NOWHERE, {
    ...options,
    inputs,
    transcription: { retryTimeoutMs: 1, ...options.transcription },
  });
  return results.map(({ status, fromKept }) => (fromKept ? `${status} from kept text` : status));
}

const text = (...path: string[]) => readFile(join(...path), 'utf8');

describe('another format of a finished recording', () => {
  it('is written without a service, beside the formats that exist', async () => {
    const { folder } = await finished('a.ogg', 'day1/b.ogg');
    const { report, results } = await run(NOWHERE, { inputs: [folder], formats: ['srt', 'vtt'] });
    expect(report).toMatchObject({ done: 2, fromKept: 2, audioSeconds: 0, sentSeconds: 0, billedSeconds: 0 });
    expect(results.find(({ input }) => input === join(folder, 'a.ogg'))).toMatchObject({
      fromKept: true,
      outputs: [join(folder, 'a.srt'), join(folder, 'a.vtt')],
      durationMs: 3290,
      sentences: 1,
      engine: 'cloud',
    });
    expect(await text(folder, 'day1/b.vtt')).toContain('hello there');
    expect(await statuses([folder], { formats: ['srt', 'vtt', 'jsonl'] })).toEqual(['skipped', 'skipped']);
  });

  it('is found after a move out of a folder that is empty now', async () => {
    const { folder } = await finished('one/a.ogg');
    await mkdir(join(folder, 'two'));
    await rename(join(folder, 'one/a.ogg'), join(folder, 'two/a.ogg'));
    expect(await statuses([folder])).toEqual(['done from kept text']);
  });

  it('is laid out anew when other cue options are given, and once', async () => {
    const { folder, url, clients } = await finished('a.ogg');
    const narrow = { formats: ['srt'], layout: { maxLineWidth: 10 } } as const;
    const before = await text(folder, 'a.srt');
    expect(await statuses([folder], narrow)).toEqual(['done from kept text']);
    expect(await text(folder, 'a.srt')).not.toBe(before);
    expect(await statuses([folder], narrow)).toEqual(['skipped']);
    expect((await run(url, { inputs: [folder], formats: ['srt'] })).report).toMatchObject({ fromKept: 1 });
    expect(await text(folder, 'a.srt')).toBe(before);
    expect(clients).toHaveLength(1);
  });

  it('is made anew from a .jsonl that was edited, and from the kept text when the edit is undone', async () => {
    const { folder } = await finished('a.ogg');
    const original = await text(folder, 'a.jsonl');
    const before = await text(folder, 'a.srt');
    await writeFile(join(folder, 'a.jsonl'), original.replace('hello there', 'Hello, Therese.'));
    expect(await statuses([folder])).toEqual(['done from kept text']);
    expect(await text(folder, 'a.srt')).toContain('Hello, Therese.');
    expect(await statuses([folder])).toEqual(['skipped']);
    await writeFile(join(folder, 'a.jsonl'), original);
    expect(await statuses([folder])).toEqual(['done from kept text']);
    expect(await text(folder, 'a.srt')).toBe(before);
  });

  it('keeps subtitles that were edited, when other cue options are given', async () => {
    const { folder } = await finished('a.ogg');
    await writeFile(join(folder, 'a.srt'), 'by hand');
    expect(await statuses([folder], { formats: ['srt'] })).toEqual(['skipped']);
    const { results } = await run(NOWHERE, {
      inputs: [folder],
      formats: ['srt'],
      layout: { maxLineWidth: 10 },
    });
    expect(results[0]?.error?.code).toBe('E_EXISTS');
    expect(await text(folder, 'a.srt')).toBe('by hand');
  });

  it('replaces no file of another program', async () => {
    const { folder } = await finished('a.ogg');
    await writeFile(join(folder, 'a.vtt'), 'by hand');
    const { results } = await run(NOWHERE, { inputs: [folder], formats: ['vtt'] });
    expect(results[0]).toMatchObject({ status: 'failed', error: { code: 'E_EXISTS' } });
    expect(await text(folder, 'a.vtt')).toBe('by hand');
  });

  it('has the text of a .jsonl that was edited', async () => {
    const { folder } = await finished('a.ogg');
    const [line = ''] = (await text(folder, 'a.jsonl')).split('\n');
    const corrected = { ...JSON.parse(line), text: 'Hello, Therese.' };
    const added = { ...corrected, begin_time: 1200, end_time: 2000, text: 'And good-bye.', words: [] };
    await writeFile(join(folder, 'a.jsonl'), `${JSON.stringify(corrected)}\n${JSON.stringify(added)}\n`);
    const { results } = await run(NOWHERE, { inputs: [folder], formats: ['txt', 'vtt'] });
    expect(results[0]).toMatchObject({ status: 'done', sentences: 2 });
    expect(await text(folder, 'a.txt')).toBe('Hello, Therese.\nAnd good-bye.\n');
    expect(await text(folder, 'a.vtt')).toMatch(/Hello, Therese\.[^]*And good-bye\./);
    // The kept text is what was recognised.
    await rm(join(folder, 'a.jsonl'));
    await run(NOWHERE, { inputs: [folder], formats: ['jsonl'] });
    expect(await text(folder, 'a.jsonl')).toContain('hello there');
  });

  it('has the text of a .jsonl that an editor of Windows has saved, with lines in any order', async () => {
    const { folder } = await finished('a.ogg');
    const [line = ''] = (await text(folder, 'a.jsonl')).split('\n');
    const first = JSON.stringify({ ...JSON.parse(line), text: 'First.' });
    const second = JSON.stringify({
      ...JSON.parse(line),
      begin_time: 1200,
      end_time: 2000,
      text: 'Second.',
      words: [],
    });
    await writeFile(join(folder, 'a.jsonl'), `\ufeff${second}\r\n${first}\r\n`);
    const { results } = await run(NOWHERE, { inputs: [folder], formats: ['txt'] });
    expect(results[0]).toMatchObject({ status: 'done', sentences: 2 });
    expect(await text(folder, 'a.txt')).toBe('First.\nSecond.\n');
  });

  it('fails with the line when an edited .jsonl cannot be read', async () => {
    const { folder } = await finished('a.ogg');
    await writeFile(join(folder, 'a.jsonl'), '{"text": "half\n');
    const { results } = await run(NOWHERE, { inputs: [folder], formats: ['vtt'] });
    expect(results[0]).toMatchObject({
      status: 'failed',
      error: { code: 'E_BAD_TRANSCRIPT', message: expect.stringContaining(`${join(folder, 'a.jsonl')}:1`) },
    });
  });

  it('is free in a preview', async () => {
    const { folder } = await finished('a.ogg');
    const seen: RecordingPreview[] = [];
    const options = {
      inputs: [folder],
      formats: ['vtt'] as const,
      transcription: { engine: 'cloud' as const },
    };
    for await (const preview of previewBatch(options, () => {})) {
      if (preview.type === 'plan') seen.push(preview);
    }
    expect(seen).toMatchObject([{ action: 'rewrite', durationMs: 3290, estimatedCost: 0 }]);
  });
});

describe('a finished recording stays finished', () => {
  it.each<[string, string, (folder: string) => Promise<unknown>]>([
    ['chmod', 'skipped', (folder) => chmod(join(folder, 'a.ogg'), 0o600)],
    ['touch', 'skipped', (folder) => utimes(join(folder, 'a.ogg'), 1, 1)],
    [
      'a copy in its place',
      'skipped',
      async (folder) => {
        await cp(join(folder, 'a.ogg'), join(folder, 'c'));
        await rename(join(folder, 'c'), join(folder, 'a.ogg'));
      },
    ],
    ['another name', 'done from kept text', (folder) => rename(join(folder, 'a.ogg'), join(folder, 'b.ogg'))],
    [
      'another name, of its outputs too',
      'skipped',
      async (folder) => {
        for (const type of ['ogg', 'srt', 'jsonl'])
          await rename(join(folder, `a.${type}`), join(folder, `b.${type}`));
      },
    ],
    [
      'a move into a sub-folder',
      'done from kept text',
      async (folder) => {
        await mkdir(join(folder, 'archive'));
        await rename(join(folder, 'a.ogg'), join(folder, 'archive/a.ogg'));
      },
    ],
  ])('after %s: %s', async (_, status, change) => {
    const { folder } = await finished('a.ogg');
    await change(folder);
    expect(await statuses([folder])).toEqual([status]);
  });

  it('in a copy of its folder', async () => {
    const { folder } = await finished('a.ogg');
    const backup = join(await temporaryFolder(), 'backup');
    await cp(folder, backup, { recursive: true });
    expect(await statuses([backup])).toEqual(['skipped']);
    expect(await statuses([backup], { formats: ['txt'] })).toEqual(['done from kept text']);
  });

  it('with another address of the service, and not with another model or parameter', async () => {
    const { folder, url } = await finished('a.ogg');
    expect(await statuses([folder])).toEqual(['skipped']);
    const other = { model: 'fun-asr-realtime-2025-11-07' };
    expect(await statuses([folder], { transcription: other })).toEqual(['failed']);
    expect(await statuses([folder], { transcription: { languageHints: ['en'] } })).toEqual(['failed']);
    await run(url, { inputs: [folder], transcription: other });
    expect(await statuses([folder])).toEqual(['done from kept text']);
  });

  it('without a key, when the cloud has recognised it', async () => {
    const { folder } = await finished('a.ogg');
    const { results } = await run('', {
      inputs: [folder],
      formats: ['txt'],
      transcription: { engine: 'auto', baseUrl: undefined },
    });
    expect(results[0]).toMatchObject({ status: 'done', fromKept: true, engine: 'cloud' });
  });
});

it('sends copies of one recording once in a run', async () => {
  const folder = await recordings('a.ogg');
  await mkdir(join(folder, 'copies'));
  for (const name of ['b.ogg', 'copies/a.ogg']) await cp(join(folder, 'a.ogg'), join(folder, name));
  const { url, clients } = await service({ client: recognise });
  const { report } = await run(url, { inputs: [folder] });
  expect(report).toMatchObject({ done: 3, fromKept: 2 });
  expect(clients).toHaveLength(1);
  expect(await text(folder, 'copies/a.srt')).toBe(await text(folder, 'a.srt'));
});
