import { appendFile, copyFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/ffmpeg.ts';
import type { OutputFormat } from '../../../lib/batch/output-formats.ts';
import { OutputFolders } from '../../../lib/batch/state/output-folder.ts';
import { STDIN } from '../../../lib/batch/plan/find-recordings.ts';
import { type RunContext, transcribeRecording } from '../../../lib/batch/recording/transcribe-recording.ts';
import { checkFinished } from '../../../lib/batch/plan/check-finished.ts';
import { chooseEngine } from '../../../lib/engines/engine.ts';
import type { TranscribeOptions } from '../../../lib/transcribe.ts';
import { KnownRecording } from '../../support/known-recording.ts';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LEISURE = fileURLToPath(new URL('../../../fixtures/leisure.wav', import.meta.url));

let recording: KnownRecording;
beforeAll(async () => {
  recording = await KnownRecording.decode(LEISURE);
});

async function service(client: (client: ScriptedClient, index: number) => unknown) {
  const started = await startScriptedService({ client });
  onTestFinished(() => started.close());
  return started;
}

async function folderWithTalk(): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(LEISURE, join(folder, 'talk.wav'));
  return folder;
}

interface Call {
  readonly input?: string;
  readonly force?: boolean;
  readonly formats?: readonly OutputFormat[];
  readonly stdin?: Readable;
  readonly transcription?: TranscribeOptions;
}

/** Transcribes one recording as a run does. */
async function transcribed(folder: string, url: string, call: Call = {}) {
  const { input = join(folder, 'talk.wav'), force = false, formats = ['txt'], transcription = {} } = call;
  const folders = new OutputFolders(() => {});
  try {
    const options = { force, formats, settings: 'same' };
    const checked = await checkFinished({ input, folder, stem: 'talk' }, folders, options);
    if ('finished' in checked) return undefined;
    const engine = await chooseEngine({ engine: 'cloud', baseUrl: url });
    const reported = { resumed: [] as number[], warnings: [] as string[] };
    const run: RunContext = {
      engine,
      formats,
      transcription: { ...transcription, engine },
      stdin: call.stdin ?? Readable.from([]),
      onResume: (_, { doneMs }) => reported.resumed.push(doneMs),
      onProgress: () => {},
      onReconnect: () => {},
      onWarning: ({ code }) => reported.warnings.push(code),
    };
    return { ...(await transcribeRecording(checked.pending, run)), ...reported };
  } finally {
    await folders.close();
  }
}

const text = async (folder: string, name = 'talk.txt') =>
  (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');

/** Recognises the audio up to a time, and fails there. */
async function failAt(ms: number, client: ScriptedClient, code = 'InternalError'): Promise<void> {
  await recording
    .recognise(client, (endMs) => {
      if (endMs < ms) return;
      client.fail(code, 'oops');
      throw new Error('over');
    })
    .catch(() => {});
}

describe('a recording whose recognition failed in the middle', () => {
  async function failedInTheMiddle() {
    const folder = await folderWithTalk();
    const { url, clients } = await service((client, index) =>
      index === 0 ? failAt(3000, client) : recording.recognise(client),
    );
    const first = await transcribed(folder, url, { transcription: { maxRetries: 0 } });
    expect(first).toMatchObject({
      result: { status: 'failed', partial: true, sentences: 5, outputs: [join(folder, 'talk.partial.txt')] },
      error: { code: 'E_SERVER' },
      resumed: [],
    });
    return { folder, url, start: () => recording.startMs(clients.at(-1) as ScriptedClient) };
  }

  it('continues in the next run after the last final sentence', async () => {
    const { folder, url, start } = await failedInTheMiddle();
    expect(await transcribed(folder, url)).toMatchObject({
      result: { status: 'done', sentences: recording.text.length, durationMs: 7100, partial: false },
      consumption: { sentMs: 4600, resentMs: 0, billedSeconds: 5 },
      resumed: [2500],
    });
    expect(start()).toBe(2500);
    expect(await text(folder)).toEqual(recording.text);
    expect(await readdir(folder)).toEqual(['.fun-asr', 'talk.txt', 'talk.wav']);
    expect(await readdir(join(folder, '.fun-asr'))).toEqual(['ledger.jsonl']);
    expect(await transcribed(folder, url)).toBeUndefined();
  });

  it('continues in other formats', async () => {
    const { folder, url, start } = await failedInTheMiddle();
    await transcribed(folder, url, { formats: ['srt', 'tsv'] });
    expect(start()).toBe(2500);
    expect((await text(folder, 'talk.tsv')).length).toBe(recording.text.length + 1);
    expect(await text(folder, 'talk.srt')).toContain('0-500 ms');
  });

  it('begins again with force, or when the recording has changed', async () => {
    const forced = await failedInTheMiddle();
    await transcribed(forced.folder, forced.url, { force: true });
    expect(forced.start()).toBe(0);
    expect(await text(forced.folder)).toEqual(recording.text);

    const changed = await failedInTheMiddle();
    await appendFile(join(changed.folder, 'talk.wav'), Buffer.alloc(2));
    await transcribed(changed.folder, changed.url);
    expect(changed.start()).toBe(0);
    expect(await text(changed.folder)).toEqual(recording.text);
  });

  it('stays as it was when the next run cannot reach the service', async () => {
    const { folder, url, start } = await failedInTheMiddle();
    const nowhere = await service(() => {});
    await nowhere.close();
    for (let time = 0; time < 2; time += 1) {
      const { result, consumption } =
        (await transcribed(folder, nowhere.url, { transcription: { maxRetries: 0 } })) ?? {};
      expect(result).toMatchObject({ status: 'failed', partial: true, sentences: 5, durationMs: 2500 });
      expect(consumption?.sentMs).toBe(0);
    }
    expect(await text(folder, 'talk.partial.txt')).toEqual(recording.text.slice(0, 5));
    await transcribed(folder, url);
    expect(start()).toBe(2500);
    expect(await text(folder)).toEqual(recording.text);
  });
});

/** A service that fails every task in a part of the recording, as long as it is broken. */
async function poisoned(beginMs: number, endMs: number) {
  const state = { isBroken: true, failsLater: false };
  const started = await service((client) =>
    recording
      .recognise(client, (to, from) => {
        const isPoison = state.isBroken && from < endMs && to > beginMs;
        if (!isPoison && !(state.failsLater && from >= endMs)) return;
        client.fail(isPoison ? 'InternalError' : 'InvalidParameter', 'oops');
        throw new Error('over');
      })
      .catch(() => {}),
  );
  return { ...started, state };
}

const QUICK = { retryDelayMs: 1 };

/** The audio that each client has sent: where it begins and how long it is, in ms. */
const sentTo = (clients: readonly ScriptedClient[]) =>
  clients.map((client) => [recording.startMs(client), client.audio.length / 32]);

describe('a recording with a gap', () => {
  async function withGap(beginMs: number, endMs: number) {
    const folder = await folderWithTalk();
    const { url, clients, state } = await poisoned(beginMs, endMs);
    const first = await transcribed(folder, url, { transcription: QUICK });
    return { folder, url, clients, state, first };
  }

  it('has failed, and leaves .partial files', async () => {
    const { folder, first } = await withGap(3000, 3500);
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
          span: { beginMs: 3000 },
        },
      },
    });
    expect(first?.result.sentences).toBe((await text(folder, 'talk.partial.txt')).length);
    expect(await readdir(folder)).toEqual(['.fun-asr', 'talk.partial.txt', 'talk.wav']);
  });

  it.each([
    ['in the middle', 3000, 3500],
    ['at the beginning', 0, 500],
    ['at the end', 6500, 7100],
    ['that is all of it', 0, 7100],
  ])('%s is complete after the next run, which sends only the gap', async (_, beginMs, endMs) => {
    const { folder, url, clients, state, first } = await withGap(beginMs, endMs);
    const [gap] = first?.result.gaps ?? [];
    expect(gap?.begin).toBe(beginMs);
    state.isBroken = false;
    const before = clients.length;
    const formats = ['txt', 'jsonl'] as const;
    const second = await transcribed(folder, url, { transcription: QUICK, formats });
    expect(second).toMatchObject({
      result: { status: 'done', partial: false, durationMs: 7100, warnings: [] },
      resumed: [7100 - Number(gap?.end) + Number(gap?.begin)],
    });
    expect(second?.result).not.toHaveProperty('gaps');
    expect(sentTo(clients.slice(before))).toEqual([[gap?.begin, Number(gap?.end) - Number(gap?.begin)]]);
    // A gap may end in the middle of a sentence.
    const times = (await text(folder)).map((line) => line.match(/\d+/g)?.map(Number));
    expect(times.map((time) => time?.[0])).toEqual([0, ...times.slice(0, -1).map((time) => time?.[1])]);
    expect(times.at(-1)?.[1]).toBe(7100);
    const sentences = (await text(folder, 'talk.jsonl')).map((line) => JSON.parse(line));
    expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual(times.map((__, index) => index + 1));
    expect(sentences.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual(times);
    expect((await readdir(folder)).sort()).toEqual(['.fun-asr', 'talk.jsonl', 'talk.txt', 'talk.wav']);
    expect(await readdir(join(folder, '.fun-asr'))).toEqual(['ledger.jsonl']);
    expect(await transcribed(folder, url, { formats })).toBeUndefined();
  });

  it('is sent again in three runs, then only with force', async () => {
    const { folder, url, clients, state } = await withGap(3000, 3500);
    const tasks: boolean[] = [];
    for (let run = 0; run < 4; run += 1) {
      const before = clients.length;
      const outcome = await transcribed(folder, url, { transcription: QUICK });
      expect(outcome).toMatchObject({
        error: { code: 'E_SERVER_SPAN' },
        result: { gaps: [{ begin: 3000 }] },
      });
      expect(outcome?.error?.hint).toContain(run < 2 ? 'Run the same command' : '--force');
      expect(outcome?.error?.retryable).toBe(run < 2);
      tasks.push(clients.length > before);
    }
    expect(tasks).toEqual([true, true, true, false]);
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
        result: { status: 'failed', partial: true, durationMs: 7100, gaps: [{ begin: 3000 }] },
        error: { code: 'E_CONNECT' },
      });
    }
    state.isBroken = false;
    expect(await transcribed(folder, url)).toMatchObject({ result: { status: 'done' } });
  });

  it('and a failure after it has the gap and the rest sent in the next run', async () => {
    const folder = await folderWithTalk();
    const { url, clients, state } = await poisoned(2000, 2500);
    state.failsLater = true;
    // The failure comes after a sentence that follows the gap.
    const failing = await service((client) =>
      recording
        .recognise(client, (to, from) => {
          const code = from < 2500 && to > 2000 ? 'InternalError' : from >= 5000 ? 'InvalidParameter' : '';
          if (code === '') return;
          client.fail(code, 'oops');
          throw new Error('over');
        })
        .catch(() => {}),
    );
    const first = await transcribed(folder, failing.url, { transcription: QUICK });
    expect(first).toMatchObject({ result: { gaps: [{ begin: 2000 }] }, error: { code: 'E_PARAM' } });
    Object.assign(state, { isBroken: false, failsLater: false });
    await transcribed(folder, url);
    const [gap] = first?.result.gaps ?? [];
    expect(sentTo(clients)).toEqual([
      [2000, Number(gap?.end) - 2000],
      [5000, 2100],
    ]);
    expect((await text(folder)).slice(0, 4)).toEqual(recording.text.slice(0, 4));
    expect((await text(folder)).slice(-4)).toEqual(recording.text.slice(-4));
  });

  it('continues within the gap when the run that closes it is stopped', async () => {
    const { folder, url, clients, state, first } = await withGap(0, 7100);
    expect(first?.result.gaps).toEqual([{ begin: 0, end: 7100 }]);
    state.isBroken = false;
    const stop = new AbortController();
    const before = clients.length;
    const stopped = transcribed(folder, url, { transcription: { pace: 10, stop: stop.signal } });
    await expect.poll(() => clients.length).toBeGreaterThan(before);
    await clients.at(-1)?.audioBytes(2700 * 32);
    stop.abort();
    expect(await stopped).toMatchObject({
      result: { gaps: [{ begin: expect.any(Number), end: 7100 }] },
      error: { code: 'E_INTERRUPTED' },
    });
    await transcribed(folder, url);
    expect(recording.startMs(clients.at(-1) as ScriptedClient)).toBeGreaterThanOrEqual(2000);
    expect(await text(folder)).toEqual(recording.text);
  });

  it('of standard input cannot be continued', async () => {
    const folder = await folderWithTalk();
    const { url } = await poisoned(3000, 3500);
    const stdin = createReadStream(LEISURE);
    const outcome = await transcribed(folder, url, { input: STDIN, stdin, transcription: QUICK });
    expect(outcome?.error).toMatchObject({ code: 'E_SERVER_SPAN', retryable: false });
    expect(outcome?.error?.hint).toContain('standard input');
    expect((await readdir(join(folder, '.fun-asr'))).sort()).toEqual(['ledger.jsonl']);
  });

  it('stays partial after the gap is closed when its file is truncated', async () => {
    const folder = await folderWithTalk();
    await truncate(join(folder, 'talk.wav'), 44 + 5000 * 32);
    const { url, state } = await poisoned(1000, 1500);
    const first = await transcribed(folder, url, { transcription: QUICK });
    expect(first?.warnings.toSorted()).toEqual(['W_GAP', 'W_TRUNCATED']);
    state.isBroken = false;
    expect(await transcribed(folder, url)).toMatchObject({
      result: { status: 'done', partial: true, warnings: [{ code: 'W_TRUNCATED' }] },
    });
  });
});

it('reports a gap of a continued recording with times of the whole recording', async () => {
  const folder = await folderWithTalk();
  const { url } = await service((client, index) => {
    if (index === 0) return failAt(2000, client, 'InvalidParameter');
    return failAt(4000, client, 'InternalError');
  });
  await transcribed(folder, url);
  const outcome = await transcribed(folder, url, { transcription: { retryDelayMs: 1 } });
  expect(outcome).toMatchObject({ resumed: [1500] });
  expect(outcome?.result.warnings[0]?.message).toMatch(/^nothing from 3\.5 s /);
});

it('writes a sentence that a stop has cut, and recognises it again in the next run', async () => {
  const folder = await folderWithTalk();
  const stop = new AbortController();
  const { url, clients } = await service((client) => {
    void client.audioBytes(2700 * 32).then(() => stop.abort());
    return recording.recognise(client);
  });
  const transcription = { pace: 10, stop: stop.signal };
  const stopped = await transcribed(folder, url, { transcription });
  expect(stopped).toMatchObject({ result: { partial: true }, error: { code: 'E_INTERRUPTED' } });
  const shown = await text(folder, 'talk.partial.txt');
  await transcribed(folder, url);
  const [, start] = clients.map((client) => recording.startMs(client));
  expect(shown.at(-1)).toMatch(new RegExp(`^${start}-`));
  expect(await text(folder)).toEqual(recording.text);
});

describe('a recording whose FFmpeg is killed', () => {
  /** A script that runs FFmpeg, and is killed the first few times as by the out-of-memory killer. */
  async function killedFfmpeg(folder: string, times: number): Promise<string> {
    const path = join(await temporaryFolder(), 'ffmpeg');
    const { path: program } = await findFfmpeg();
    const kills = join(folder, '.kills');
    await writeFile(kills, 'x'.repeat(times));
    const script = `#!/bin/sh
case "$*" in *pipe:1*) ;; *) exec '${program}' "$@" ;; esac
[ -s '${kills}' ] || exec '${program}' "$@"
truncate -s -1 '${kills}'
'${program}' "$@" | head -c 100000
kill -9 $$
`;
    await writeFile(path, script, { mode: 0o755 });
    return path;
  }

  it('once is decoded again, and sent from the last final sentence on', async () => {
    const folder = await folderWithTalk();
    const { url, clients } = await service((client) => recording.recognise(client));
    const ffmpegPath = await killedFfmpeg(folder, 1);
    const outcome = await transcribed(folder, url, { transcription: { ffmpegPath } });
    expect(outcome).toMatchObject({
      result: { status: 'done', partial: false, warnings: [{ code: 'W_DECODE_AGAIN' }] },
      warnings: ['W_DECODE_AGAIN'],
      resumed: [3000],
    });
    expect(clients.map((client) => recording.startMs(client))).toEqual([0, 3000]);
    expect(outcome?.consumption.sentMs).toBe(3125 + 4100);
    expect(outcome?.consumption.billedSeconds).toBe(4 + 5);
    expect(await text(folder)).toEqual(recording.text);
  });

  it('twice fails, and keeps what was recognised for the next run', async () => {
    const folder = await folderWithTalk();
    const { url } = await service((client) => recording.recognise(client));
    const ffmpegPath = await killedFfmpeg(folder, 2);
    const outcome = await transcribed(folder, url, { transcription: { ffmpegPath } });
    expect(outcome).toMatchObject({ result: { partial: true }, error: { code: 'E_DECODE_KILLED' } });
    expect(await text(folder, 'talk.partial.txt')).toHaveLength(7);
    expect(await transcribed(folder, url)).toMatchObject({ resumed: [3000] });
    expect(await text(folder)).toEqual(recording.text);
  });

  it('is not decoded again when it is standard input', async () => {
    const folder = await folderWithTalk();
    const { url, clients } = await service((client) => recording.recognise(client));
    const ffmpegPath = await killedFfmpeg(folder, 1);
    const stdin = createReadStream(LEISURE);
    const outcome = await transcribed(folder, url, { input: STDIN, stdin, transcription: { ffmpegPath } });
    expect(outcome?.error?.code).toBe('E_DECODE_KILLED');
    expect(clients).toHaveLength(1);
    expect((await readdir(join(folder, '.fun-asr'))).sort()).toEqual(['ledger.jsonl']);
  });
});

it('writes empty outputs for a recording without audio data, and warns', async () => {
  const folder = await temporaryFolder();
  const head = (await readFile(LEISURE)).subarray(0, 44);
  head.writeUInt32LE(36, 4);
  head.writeUInt32LE(0, 40);
  await writeFile(join(folder, 'talk.wav'), head);
  const { url, clients } = await service(() => {});
  expect(await transcribed(folder, url)).toMatchObject({
    result: { status: 'done', sentences: 0, partial: false, warnings: [{ code: 'W_NO_AUDIO' }] },
  });
  expect(await readFile(join(folder, 'talk.txt'), 'utf8')).toBe('');
  expect(clients).toEqual([]);
});
