import { appendFile, copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import type { Format } from '../../../lib/batch/formats.ts';
import { OutputFolders } from '../../../lib/batch/state/output-folder.ts';
import { STDIN } from '../../../lib/batch/plan/recordings.ts';
import { type RunContext, transcribeRecording } from '../../../lib/batch/recording/transcribe-recording.ts';
import { triage } from '../../../lib/batch/plan/triage.ts';
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
  readonly formats?: readonly Format[];
  readonly stdin?: Readable;
  readonly transcription?: TranscribeOptions;
}

/** Does what a run does with one recording. */
async function transcribed(folder: string, url: string, call: Call = {}) {
  const { input = join(folder, 'talk.wav'), force = false, formats = ['txt'], transcription = {} } = call;
  const folders = new OutputFolders(() => {});
  try {
    const options = { force, formats, settings: 'same' };
    const decided = await triage({ input, folder, stem: 'talk' }, folders, options);
    if ('finished' in decided) return undefined;
    const engine = await chooseEngine({ engine: 'cloud', baseUrl: url });
    const heard = { resumed: [] as number[], warnings: [] as string[] };
    const run: RunContext = {
      engine,
      formats,
      transcription: { ...transcription, engine },
      stdin: call.stdin ?? Readable.from([]),
      onResume: (_, fromMs) => heard.resumed.push(fromMs),
      onProgress: () => {},
      onReconnect: () => {},
      onWarning: ({ code }) => heard.warnings.push(code),
    };
    return { ...(await transcribeRecording(decided.job, run)), ...heard };
  } finally {
    await folders.close();
  }
}

const text = async (folder: string, name = 'talk.txt') =>
  (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');

/** Recognises up to a point, and fails there. */
async function failAt(ms: number, client: ScriptedClient, code = 'InternalError'): Promise<void> {
  await recording
    .recognise(client, (endMs) => {
      if (endMs < ms) return;
      client.fail(code, 'oops');
      throw new Error('over');
    })
    .catch(() => {});
}

describe('a recording whose recognition broke off', () => {
  async function brokenOff() {
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

  it('goes on in the next run where it was final, and is whole then', async () => {
    const { folder, url, start } = await brokenOff();
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

  it('goes on in whatever formats', async () => {
    const { folder, url, start } = await brokenOff();
    await transcribed(folder, url, { formats: ['srt', 'tsv'] });
    expect(start()).toBe(2500);
    expect((await text(folder, 'talk.tsv')).length).toBe(recording.text.length + 1);
    expect(await text(folder, 'talk.srt')).toContain('0-500 ms');
  });

  it('begins anew when that is asked for, or the recording has changed', async () => {
    const forced = await brokenOff();
    await transcribed(forced.folder, forced.url, { force: true });
    expect(forced.start()).toBe(0);
    expect(await text(forced.folder)).toEqual(recording.text);

    const changed = await brokenOff();
    await appendFile(join(changed.folder, 'talk.wav'), Buffer.alloc(2));
    await transcribed(changed.folder, changed.url);
    expect(changed.start()).toBe(0);
    expect(await text(changed.folder)).toEqual(recording.text);
  });

  it('is as it was when the next run comes to nothing', async () => {
    const { folder, url, start } = await brokenOff();
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

it('what was given up of a recording is said by every run that goes on behind it', async () => {
  const folder = await folderWithTalk();
  // Whatever it hears between 3000 and 3500 ms makes it fail; and behind that once for good.
  let isBroken = true;
  const { url } = await service(async (client) => {
    await recording
      .recognise(client, (endMs, beginMs) => {
        const isPoison = beginMs < 3500 && endMs > 3000;
        if (!isPoison && !(isBroken && endMs > 5000)) return;
        client.fail(isPoison ? 'InternalError' : 'InvalidParameter', 'oops');
        throw new Error('over');
      })
      .catch(() => {});
  });
  const transcription = { retryDelayMs: 1 };
  const first = await transcribed(folder, url, { transcription });
  const given = expect.stringMatching(/^nothing from 3\.0 s to \d\.\d s is in the text: .*oops/);
  const warnings = [{ code: 'W_GAP', message: given }];
  expect(first).toMatchObject({ result: { partial: true, warnings }, error: { code: 'E_PARAM' } });
  expect(first?.consumption.resentMs).toBeGreaterThan(0);
  isBroken = false;
  const second = await transcribed(folder, url);
  expect(second).toMatchObject({ result: { status: 'done', partial: true, warnings }, warnings: ['W_GAP'] });
  expect((await text(folder)).slice(0, 6)).toEqual(recording.text.slice(0, 6));
  expect((await text(folder)).at(-1)).toBe(recording.text.at(-1));
});

it('what is given up behind what an earlier run had recognised is told where it is in the recording', async () => {
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

it('a sentence that a stop has cut is shown, and recognised whole in the next run', async () => {
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
  /** The real FFmpeg, which the system kills so many times as the out-of-memory killer does. */
  async function mortal(folder: string, times: number): Promise<string> {
    const path = join(await temporaryFolder(), 'ffmpeg');
    const { path: program } = await findFfmpeg();
    const deaths = join(folder, '.deaths');
    await writeFile(deaths, 'x'.repeat(times));
    const script = `#!/bin/sh
case "$*" in *pipe:1*) ;; *) exec '${program}' "$@" ;; esac
[ -s '${deaths}' ] || exec '${program}' "$@"
truncate -s -1 '${deaths}'
'${program}' "$@" | head -c 100000
kill -9 $$
`;
    await writeFile(path, script, { mode: 0o755 });
    return path;
  }

  it('once is decoded once more, and sent from where it was final', async () => {
    const folder = await folderWithTalk();
    const { url, clients } = await service((client) => recording.recognise(client));
    const ffmpegPath = await mortal(folder, 1);
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
    const ffmpegPath = await mortal(folder, 2);
    const outcome = await transcribed(folder, url, { transcription: { ffmpegPath } });
    expect(outcome).toMatchObject({ result: { partial: true }, error: { code: 'E_DECODE_KILLED' } });
    expect(await text(folder, 'talk.partial.txt')).toHaveLength(7);
    expect(await transcribed(folder, url)).toMatchObject({ resumed: [3000] });
    expect(await text(folder)).toEqual(recording.text);
  });

  it('is not read again when it is standard input', async () => {
    const folder = await folderWithTalk();
    const { url, clients } = await service((client) => recording.recognise(client));
    const ffmpegPath = await mortal(folder, 1);
    const stdin = createReadStream(LEISURE);
    const outcome = await transcribed(folder, url, { input: STDIN, stdin, transcription: { ffmpegPath } });
    expect(outcome?.error?.code).toBe('E_DECODE_KILLED');
    expect(clients).toHaveLength(1);
    expect((await readdir(join(folder, '.fun-asr'))).sort()).toEqual(['ledger.jsonl']);
  });
});

it('a recording without audio data has empty outputs, and a warning that says so', async () => {
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
