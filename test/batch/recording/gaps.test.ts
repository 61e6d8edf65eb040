import { mkdir, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolder } from '../../../lib/batch/state/output-folder.ts';
import { keyOf } from '../ledger-key.ts';
import { Journal } from '../../../lib/batch/state/journal/journal.ts';
import { type ReportedError, reportError } from '../../../lib/core/reported-error.ts';
import type { FunAsrError } from '../../../lib/core/errors.ts';
import { transcribe } from '../../../lib/transcribe.ts';
import { finalSentence } from '../../subtitles/cues/final-sentence.ts';
import { type ScriptedClient } from '../../support/scripted-service.ts';
import { FINISHED_STATE, stateFiles } from '../../support/state-files.ts';
import { failAt, folderWithTalk, recording, service, text, transcribed } from './transcribe-talk.ts';

/** A service that fails every task in a part of the recording, as long as it is broken. */
async function poisoned(beginMs: number, endMs: number, code = 'InternalError') {
  const state = { isBroken: true };
  const started = await service((client) =>
    recording
      .recognise(client, (to, from) => {
        if (!state.isBroken || from >= endMs || to <= beginMs) return;
        client.fail(code, 'oops');
        throw new Error('over');
      })
      .catch(() => {}),
  );
  return { ...started, state };
}

/** The audio that each client has sent: where it begins and how long it is, in ms. */
const sentTo = (clients: readonly ScriptedClient[]) =>
  clients.map((client) => [recording.startMs(client), client.audio.length / 32]);

/** Begin and end of each sentence of a text, in ms. */
const timesOf = (lines: readonly string[]) =>
  lines.map((line) => line.match(/\d+/g)?.map(Number) as [number, number]);

/** A recording that an earlier run has recognised except for one part, with a service that still fails on it. */
async function withGap(beginMs: number, endMs: number, lengthMs: number | null = 7100) {
  const folder = await folderWithTalk();
  const key = await keyOf({ input: join(folder, 'talk.wav'), folder, stem: 'talk' }, 'same');
  await mkdir(stateFolder(folder));
  const { journal } = await Journal.open(stateFolder(folder), key);
  for (const [from, to] of timesOf(recording.text)) {
    if (to > beginMs && from < endMs) continue;
    const sentence = { ...finalSentence(`${from}-${to} ms`, from, to), sentence_id: 1 };
    if (lengthMs !== null || to <= 5000) await journal.add({ sentence });
  }
  await journal.add({ gaps: [{ beginMs, endMs, retries: 0 }], lengthMs });
  await journal.close();
  return { folder, ...(await poisoned(beginMs, endMs)) };
}

describe('a recording with a gap', () => {
  it('has failed, leaves .partial files, and is complete after the next run', async () => {
    const folder = await folderWithTalk();
    const { url, clients, state } = await poisoned(3000, 3500);
    const first = await transcribed(folder, url, { transcription: { retryDelayMs: 1 } });
    expect(first).toMatchObject({
      result: {
        status: 'failed',
        partial: true,
        durationMs: 7100,
        gaps: [{ begin: 3000, end: expect.any(Number) }],
        outputs: [join(folder, 'talk.partial.txt')],
        warnings: [{ code: 'W_GAP' }],
        error: {
          code: 'E_SERVER_SPAN',
          message: expect.stringContaining('3.0 s to '),
          span: { begin: 3000 },
        },
      },
    });
    expect(first?.result.sentences).toBe((await text(folder, 'talk.partial.txt')).length);
    expect(await readdir(folder)).toEqual(['.fun-asr', 'talk.partial.txt', 'talk.wav']);

    state.isBroken = false;
    const before = clients.length;
    const second = await transcribed(folder, url);
    expect(second).toMatchObject({
      result: { status: 'done', partial: false, durationMs: 7100, warnings: [] },
    });
    const endMs = Number(first?.result.gaps?.[0]?.end);
    expect(sentTo(clients.slice(before))).toEqual([[3000, endMs - 3000]]);
    // A gap may end in the middle of a sentence.
    const times = timesOf(await text(folder));
    expect(times.map(([from]) => from)).toEqual([0, ...times.slice(0, -1).map(([, to]) => to)]);
    expect(times.at(-1)?.[1]).toBe(7100);
    expect(await readdir(folder)).toEqual(['.fun-asr', 'talk.txt', 'talk.wav']);
  });

  it.each([
    ['in the middle', 3000, 3500],
    ['at the beginning', 0, 500],
    ['at the end', 6500, 7100],
    ['that is all of it', 0, 7100],
  ])('%s is complete after the next run, which sends only the gap', async (_, beginMs, endMs) => {
    const { folder, url, clients, state } = await withGap(beginMs, endMs);
    state.isBroken = false;
    const formats = ['txt', 'jsonl'] as const;
    const outcome = await transcribed(folder, url, { formats });
    expect(outcome).toMatchObject({
      result: { status: 'done', partial: false, durationMs: 7100, warnings: [] },
      resumed: [7100 - endMs + beginMs],
    });
    expect(outcome?.result).not.toHaveProperty('gaps');
    expect(sentTo(clients)).toEqual([[beginMs, endMs - beginMs]]);
    expect(await text(folder)).toEqual(recording.text);
    const sentences = (await text(folder, 'talk.jsonl')).map((line) => JSON.parse(line));
    expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual(
      recording.text.map((__, index) => index + 1),
    );
    expect(sentences.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual(
      timesOf(recording.text),
    );
    expect(await stateFiles(folder)).toEqual(FINISHED_STATE);
    expect(await transcribed(folder, url, { formats })).toBeUndefined();
  });

  it('is sent again in three runs, then only with force', async () => {
    const { folder, url, clients, state } = await withGap(3000, 3500);
    const sends: boolean[] = [];
    for (let run = 0; run < 4; run += 1) {
      const before = clients.length;
      const outcome = await transcribed(folder, url, { transcription: { maxRetries: 1, retryDelayMs: 1 } });
      expect(outcome).toMatchObject({
        error: { code: 'E_SERVER_SPAN', span: { beginMs: 3000, endMs: 3500 }, retryable: run < 2 },
        result: { status: 'failed', partial: true, gaps: [{ begin: 3000, end: 3500 }] },
      });
      expect(outcome?.error?.hint).toContain(run < 2 ? 'Run the same command' : 'use force');
      sends.push(clients.length > before);
    }
    expect(sends).toEqual([true, true, true, false]);
    expect(await readdir(folder)).toEqual(['.fun-asr', 'talk.partial.txt', 'talk.wav']);
    state.isBroken = false;
    await transcribed(folder, url, { force: true });
    expect(await text(folder)).toEqual(recording.text);
    expect(await readdir(folder)).toEqual(['.fun-asr', 'talk.txt', 'talk.wav']);
  });

  it('loses no retry when the service cannot be reached', async () => {
    const { folder, url, state } = await withGap(3000, 3500);
    const nowhere = await service(() => {});
    await nowhere.close();
    for (let run = 0; run < 4; run += 1) {
      const outcome = await transcribed(folder, nowhere.url, { transcription: { maxRetries: 0 } });
      expect(outcome).toMatchObject({
        result: { status: 'failed', partial: true, durationMs: 7100, gaps: [{ begin: 3000, end: 3500 }] },
        error: { code: 'E_CONNECT' },
      });
    }
    state.isBroken = false;
    expect(await transcribed(folder, url)).toMatchObject({ result: { status: 'done' } });
  });

  it('loses no retry when the service fails on the rest of the recording too', async () => {
    const { folder, url, state } = await withGap(1000, 1500, null);
    const outage = await poisoned(0, 7100);
    for (let run = 0; run < 4; run += 1) {
      const outcome = await transcribed(folder, outage.url, { transcription: { maxRetries: 0 } });
      expect(outcome).toMatchObject({ error: { code: 'E_SERVER' }, result: { gaps: [{ begin: 1000 }] } });
    }
    state.isBroken = false;
    expect(await transcribed(folder, url)).toMatchObject({ result: { status: 'done' } });
    expect(await text(folder)).toEqual(recording.text);
  });

  it('does not keep the rest of the recording from being recognised', async () => {
    const { folder, url, clients } = await withGap(1000, 1500, null);
    const outcome = await transcribed(folder, url, { transcription: { maxRetries: 0 } });
    expect(outcome).toMatchObject({
      error: { code: 'E_SERVER_SPAN' },
      result: { durationMs: 7100, sentences: recording.text.length - 1, gaps: [{ begin: 1000, end: 1500 }] },
    });
    expect(sentTo(clients).at(-1)).toEqual([5000, 2100]);
    expect(await text(folder, 'talk.partial.txt')).toEqual(recording.text.toSpliced(2, 1));
  });

  it('keeps what a retry has recognised of it', async () => {
    const { folder } = await withGap(1000, 3000);
    const { url } = await poisoned(2000, 2500);
    const outcome = await transcribed(folder, url, { transcription: { maxRetries: 0 } });
    expect(outcome?.result.gaps).toEqual([{ begin: 2000, end: 3000 }]);
    expect(await text(folder, 'talk.partial.txt')).toEqual(recording.text.toSpliced(4, 2));
  });

  it('is continued where the run that closes it was stopped', async () => {
    const { folder, url, clients, state } = await withGap(0, 7100);
    state.isBroken = false;
    const stop = new AbortController();
    const stopped = transcribed(folder, url, { transcription: { pace: 10, stop: stop.signal } });
    await expect.poll(() => clients.length).toBe(1);
    await clients[0]?.audioBytes(2700 * 32);
    stop.abort();
    expect(await stopped).toMatchObject({
      result: { gaps: [{ begin: expect.any(Number), end: 7100 }] },
      error: { code: 'E_INTERRUPTED' },
    });
    await transcribed(folder, url);
    expect(recording.startMs(clients.at(-1) as ScriptedClient)).toBeGreaterThanOrEqual(2000);
    expect(await text(folder)).toEqual(recording.text);
  });

  it('stays partial after the gap is closed when its file is truncated', async () => {
    const folder = await folderWithTalk();
    await truncate(join(folder, 'talk.wav'), 44 + 5000 * 32);
    const { url } = await service((client) => recording.recognise(client));
    // The decoder may reach the end of the file again, and give the same warning.
    const losses: ReportedError[] = [];
    const onWarning = (warning: FunAsrError) => void losses.push(reportError(warning));
    const all = transcribe(join(folder, 'talk.wav'), { baseUrl: url, onWarning });
    for await (const sentence of all) expect(sentence.sentence_end).toBe(true);
    expect(losses).toMatchObject([{ code: 'W_TRUNCATED' }]);
    const key = await keyOf({ input: join(folder, 'talk.wav'), folder, stem: 'talk' }, 'same');
    await mkdir(stateFolder(folder));
    const { journal } = await Journal.open(stateFolder(folder), key);
    await journal.add({ gaps: [{ beginMs: 0, endMs: 4000, retries: 0 }], lengthMs: 5000, losses });
    await journal.close();
    expect(await transcribed(folder, url)).toMatchObject({
      result: { status: 'done', partial: true, warnings: [{ code: 'W_TRUNCATED' }], durationMs: 5000 },
    });
  });
});

it('reports a gap in a continued recording with times of the whole recording', async () => {
  const folder = await folderWithTalk();
  const { url } = await service((client, index) =>
    index === 0 ? failAt(2000, client, 'InvalidParameter') : poisonedAt(client),
  );
  const poisonedAt = (client: ScriptedClient) =>
    recording
      .recognise(client, (to, from) => {
        if (from >= 3500 || to <= 3000) return;
        client.fail('InternalError', 'oops');
        throw new Error('over');
      })
      .catch(() => {});
  await transcribed(folder, url);
  const outcome = await transcribed(folder, url, { transcription: { retryDelayMs: 1 } });
  expect(outcome).toMatchObject({ resumed: [1500], result: { gaps: [{ begin: 3000 }] } });
  expect(outcome?.result.warnings[0]?.message).toMatch(/3\.0 s to /);
});
