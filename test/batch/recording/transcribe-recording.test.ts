import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { STDIN } from '../../../lib/batch/plan/find-recordings.ts';
import { type ScriptedClient } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { FINISHED_STATE, stateFiles } from '../../support/state-files.ts';
import { run } from '../run-batch.ts';
import { failAt, folderWithTalk, LEISURE, recording, service, text, transcribed } from './transcribe-talk.ts';

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
    expect(await stateFiles(folder)).toEqual(FINISHED_STATE);
    expect(await transcribed(folder, url)).toBeUndefined();
  });

  it('continues in other formats', async () => {
    const { folder, url, start } = await failedInTheMiddle();
    await transcribed(folder, url, { formats: ['srt', 'tsv'] });
    expect(start()).toBe(2500);
    expect((await text(folder, 'talk.tsv')).length).toBe(recording.text.length + 1);
    expect((await text(folder, 'talk.srt')).join('\n')).toContain('0-500 ms');
  });

  it('leaves no partial output when it was renamed before it was completed', async () => {
    const folder = await folderWithTalk();
    const { url } = await service((client, index) =>
      index === 0 ? failAt(3000, client) : recording.recognise(client),
    );
    await run(url, { inputs: [folder], formats: ['txt'], transcription: { maxRetries: 0 } });
    expect(await readdir(folder)).toContain('talk.partial.txt');
    await rename(join(folder, 'talk.wav'), join(folder, 'speech.wav'));
    const { results } = await run(url, { inputs: [folder], formats: ['txt'] });
    expect(results).toMatchObject([{ status: 'done', sentences: recording.text.length }]);
    expect(await readdir(folder)).toEqual(['.fun-asr', 'speech.txt', 'speech.wav']);
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
'${program}' "$@" | head -c 100044
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

  it('twice fails, and keeps the recognised sentences for the next run', async () => {
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
    expect(await stateFiles(folder)).toEqual(['ledger.jsonl']);
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
