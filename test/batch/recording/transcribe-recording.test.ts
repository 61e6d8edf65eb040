import { appendFile, copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/ffmpeg.ts';
import type { OutputFormat } from '../../../lib/batch/output-formats.ts';
import { OutputFolders, stateFolder } from '../../../lib/batch/state/output-folder.ts';
import { STDIN } from '../../../lib/batch/plan/find-recordings.ts';
import { type RunContext, transcribeRecording } from '../../../lib/batch/recording/transcribe-recording.ts';
import { checkFinished, ledgerKey } from '../../../lib/batch/plan/check-finished.ts';
import { Journal } from '../../../lib/batch/state/journal.ts';
import { chooseBackend } from '../../../lib/engines/choose-backend.ts';
import type { TranscribeOptions } from '../../../lib/transcribe.ts';
import { finalSentence } from '../../subtitles/cues/final-sentence.ts';
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
    const engine = await chooseBackend({ engine: 'cloud', baseUrl: url });
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
  const key = await ledgerKey({ input: join(folder, 'talk.wav'), folder, stem: 'talk' }, 'same');
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
          span: { beginMs: 3000 },
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
    expect(await readdir(join(folder, '.fun-asr'))).toEqual(['ledger.jsonl']);
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
      expect(outcome?.error?.hint).toContain(run < 2 ? 'Run the same command' : '--force');
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
    const key = await ledgerKey({ input: join(folder, 'talk.wav'), folder, stem: 'talk' }, 'same');
    await mkdir(stateFolder(folder));
    const { journal } = await Journal.open(stateFolder(folder), key);
    const loss = { code: 'W_TRUNCATED', message: 'the end is missing', hint: null, requestId: null } as const;
    await journal.add({ gaps: [{ beginMs: 0, endMs: 4000, retries: 0 }], lengthMs: 5000, losses: [loss] });
    await journal.close();
    const { url } = await service((client) => recording.recognise(client));
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
