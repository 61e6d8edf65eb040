import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { previewBatch } from '../../lib/batch/preview.ts';
import type { RunEvent } from '../../lib/batch/recording/run-events.ts';
import type { FinalSentence } from '../../lib/sentence.ts';
import { transcribe } from '../../lib/transcribe.ts';
import { KnownRecording } from '../support/known-recording.ts';
import type { ScriptedClient, ServiceScript } from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FIXTURES, recognise, recordings, run, service } from './run-batch.ts';

const TALK = join(FIXTURES, 'sense-and-sensibility.mp3');
const LIST = { formats: ['jsonl'], nextEngines: ['local'] } as const;
const NO_RETRY = { maxRetries: 0 };

/** A copy of a long recording in a folder of its own. */
async function talk(): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(TALK, join(folder, 'talk.mp3'));
  return folder;
}

async function sentencesIn(folder: string, name = 'talk.jsonl'): Promise<FinalSentence[]> {
  const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

const textsOf = (sentences: readonly FinalSentence[]): string[] => sentences.map(({ text }) => text);

/** What the local engine recognises after a time. */
async function localAfter(end_time: number): Promise<FinalSentence[]> {
  const rest = transcribe(TALK, { engine: 'local', after: { sentence_id: 0, end_time } });
  return await Readable.from(rest).toArray();
}

/** A service that recognises the begin of a recording, and then ends in some way, after its results have arrived. */
async function endingService(
  recording: KnownRecording,
  endMs: number,
  end: (client: ScriptedClient) => void,
) {
  const state = { isWell: false };
  const started = await service({
    client: async (client, index) => {
      if (state.isWell) return await recording.recognise(client);
      if (index > 0) return end(client);
      await recording.recognise(client, (until) => {
        if (until <= endMs) return undefined;
        end(client);
        return new Promise(() => {});
      });
    },
  });
  return { ...started, state };
}

function refusing(status: string): ServiceScript {
  return {
    upgrade: (_, socket) => {
      socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return true;
    },
  };
}

describe('a list of engines', () => {
  it.each<[string, (client: ScriptedClient) => void]>([
    ['whose connection is closed', (client) => client.socket.close(1011)],
    ['whose free quota is used up', (client) => client.fail('AllocationQuota.FreeTierOnly', 'used up')],
    ['whose account has an open bill', (client) => client.fail('Arrearage', 'Access denied')],
  ])('continues a recording of a cloud %s, after its last final sentence', async (_, end) => {
    const recording = await KnownRecording.decode(TALK, 1000);
    const { url, clients } = await endingService(recording, 6000, end);
    const folder = await talk();
    const options = { ...LIST, inputs: [folder], transcription: NO_RETRY };
    const events: RunEvent[] = [];
    const { report, results } = await run(url, options, (event) => void events.push(event));
    expect(report).toMatchObject({ done: 1, failed: 0 });
    expect(report.stoppedBy).toBeUndefined();
    expect(results).toMatchObject([{ status: 'done', engine: 'local', engines: ['cloud', 'local'] }]);

    const sentences = await sentencesIn(folder);
    const byCloud = sentences.filter(({ text }) => text.endsWith(' ms'));
    expect(textsOf(byCloud)).toEqual(recording.text.slice(0, byCloud.length));
    expect(byCloud).toHaveLength(6);
    const lastMs = byCloud.at(-1)?.end_time ?? 0;
    // Nothing is missing, and nothing is there twice: the rest is what the local engine recognises of the rest.
    const rest = await localAfter(lastMs);
    expect(textsOf(sentences.slice(byCloud.length))).toEqual(textsOf(rest));
    expect(rest.length).toBeGreaterThan(1);
    expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual(
      sentences.map((_one, index) => index + 1),
    );
    for (const [index, { begin_time }] of sentences.entries())
      expect(begin_time).toBeGreaterThanOrEqual(sentences[index - 1]?.end_time ?? 0);
    expect(events.filter(({ type }) => type === 'fallback')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'resume')).toEqual([]);
    expect(clients).toHaveLength(1);
  });

  it('sends nothing more to a cloud that refuses the account, and reports that once', async () => {
    let requests = 0;
    const refused = refusing('401 Unauthorized');
    const { url } = await service({
      upgrade: (request, socket) => {
        requests += 1;
        return refused.upgrade?.(request, socket) ?? false;
      },
    });
    const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg');
    const fallbacks: RunEvent[] = [];
    const { report, results } = await run(url, { ...LIST, inputs: [folder], concurrency: 1 }, (event) => {
      if (event.type === 'fallback') fallbacks.push(event);
    });
    expect(report).toMatchObject({ done: 3, failed: 0, billedSeconds: 0 });
    expect(results.map(({ engine, engines }) => [engine, engines])).toEqual(
      results.map(() => ['local', undefined]),
    );
    expect(requests).toBe(1);
    expect(fallbacks).toMatchObject([{ detail: { from: 'cloud', to: 'local', error: { code: 'E_AUTH' } } }]);
    expect(fallbacks[0]).not.toHaveProperty('input');
  });

  it('stops with the error of the last engine', async () => {
    const folder = await recordings('a.ogg', 'b.ogg');
    const { url } = await service(refusing('401 Unauthorized'));
    const previous = process.env['DASHSCOPE_WEBSOCKET_BASE_URL'];
    process.env['DASHSCOPE_WEBSOCKET_BASE_URL'] = url;
    try {
      const { report } = await run('ws://127.0.0.1:9/', {
        inputs: [folder],
        nextEngines: ['cloud'],
        transcription: { engine: 'funasr', ...NO_RETRY },
      });
      expect(report).toMatchObject({ done: 0, stoppedBy: { code: 'E_AUTH' } });
    } finally {
      if (previous === undefined) delete process.env['DASHSCOPE_WEBSOCKET_BASE_URL'];
      else process.env['DASHSCOPE_WEBSOCKET_BASE_URL'] = previous;
    }
  });

  it('does not send a recording to the next engine that is damaged itself', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'bad.mp3'), 'This is not audio.');
    const { url } = await service({ client: recognise });
    const types: string[] = [];
    const { results } = await run(url, { ...LIST, inputs: [folder] }, ({ type }) => void types.push(type));
    expect(results).toMatchObject([{ status: 'failed', engine: 'cloud', error: { code: 'E_BAD_MEDIA' } }]);
    expect(types).not.toContain('fallback');
  });

  it('keeps what each engine has recognised when the run is stopped, for any engine of the next run', async () => {
    const recording = await KnownRecording.decode(TALK, 1000);
    const cloud = await endingService(recording, 4000, (client) => client.socket.close(1011));
    const folder = await talk();
    const options = { ...LIST, inputs: [folder] };
    const abort = new AbortController();
    const { results } = await run(
      cloud.url,
      { ...options, transcription: { ...NO_RETRY, signal: abort.signal } },
      (event) => {
        if (event.type !== 'progress') return;
        if (event.detail.finalMs > 10_000) abort.abort();
      },
    );
    expect(results).toMatchObject([{ status: 'interrupted', engines: ['cloud', 'local'] }]);
    const kept = await sentencesIn(folder, 'talk.partial.jsonl');
    expect(kept.some(({ text }) => !text.endsWith(' ms'))).toBe(true);

    cloud.state.isWell = true;
    const next = await run(cloud.url, options);
    expect(next.results).toMatchObject([{ status: 'done', engine: 'cloud', engines: ['cloud', 'local'] }]);
    const client = cloud.clients.at(-1);
    expect(client && Math.round(recording.startMs(client))).toBe(kept.at(-1)?.end_time);
    expect(textsOf((await sentencesIn(folder)).slice(0, kept.length))).toEqual(textsOf(kept));
  });

  it('lets the local engine do the part that the service did not recognise', async () => {
    const recording = await KnownRecording.decode(TALK, 1000);
    const { url } = await service({
      client: (client) =>
        recording.recognise(client, (endMs, beginMs) => {
          if (beginMs < 4000 && endMs > 3000) {
            client.fail('InternalError', 'poison');
            return new Promise(() => {});
          }
          return undefined;
        }),
    });
    const folder = await talk();
    const transcription = { retryDelayMs: 1 };
    const { results } = await run(url, { ...LIST, inputs: [folder], transcription });
    expect(results[0]).toMatchObject({ status: 'done', engine: 'local', engines: ['cloud', 'local'] });
    expect(results[0]).not.toHaveProperty('gaps');
  });
});

describe('text that another engine has continued', () => {
  async function continued() {
    const recording = await KnownRecording.decode(TALK, 1000);
    const cloud = await endingService(recording, 6000, (client) => client.socket.close(1011));
    const folder = await talk();
    await run(cloud.url, { ...LIST, inputs: [folder], transcription: NO_RETRY });
    cloud.state.isWell = true;
    return { ...cloud, folder, recording };
  }

  it('is finished for the same list and for auto, and is recognised again for the first engine by its name', async () => {
    const { url, clients, folder, recording } = await continued();
    const again = await run(url, { ...LIST, inputs: [folder] });
    expect(again.results).toMatchObject([{ status: 'skipped', engines: ['cloud', 'local'] }]);
    const formats = ['jsonl', 'txt'] as const;
    const auto = await run(url, { inputs: [folder], formats, transcription: { engine: 'auto' } });
    expect(auto.results).toMatchObject([{ status: 'done', fromKept: true, engines: ['cloud', 'local'] }]);
    expect(clients).toHaveLength(1);

    const preview = previewBatch(
      { inputs: [folder], formats: ['jsonl'], transcription: { engine: 'cloud', baseUrl: url } },
      () => {},
    );
    expect((await preview.next()).value).toMatchObject({ action: 'complete' });
    const byName = await run(url, { inputs: [folder], formats: ['jsonl'] });
    expect(byName.results[0]).toMatchObject({ status: 'done', engine: 'cloud' });
    expect(byName.results[0]).not.toHaveProperty('engines');
    // What the cloud had recognised was not sent again.
    expect(clients).toHaveLength(2);
    expect(clients[1] && recording.startMs(clients[1])).toBeGreaterThan(0);
    expect(textsOf(await sentencesIn(folder))).toEqual(recording.text);
    const last = await run(url, { inputs: [folder], formats: ['jsonl'] });
    expect(last.results).toMatchObject([{ status: 'skipped' }]);
  });
});
