import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { openLocalEngine } from '../../lib/engines/local/local-engine.ts';
import type { Engine } from '../../lib/service/engine.ts';
import { bare } from '../engines/local/recording.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openDoor } from './door.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openLocalEngine();
});

afterAll(() => engine.close());

const HIMSELF = 'He might even have been made amiable himself.';
const himself = () => createReadStream('fixtures/himself.ogg');

describe('the official client, with the local engine', () => {
  it('gets a text as json, which is the default', async () => {
    const { client } = await openDoor({}, { engine });
    const answer = await client.audio.transcriptions.create({ file: himself(), model: 'whisper-1' });
    expect(answer).toEqual({ text: HIMSELF, usage: { type: 'duration', seconds: 4 } });
  });

  it('gets plain text', async () => {
    const { client } = await openDoor({}, { engine });
    const answer = await client.audio.transcriptions.create({
      file: himself(),
      model: 'gpt-4o-transcribe',
      response_format: 'text',
    });
    expect(answer).toBe(`${HIMSELF}\n`);
  });

  it('gets subtitles as srt and vtt', async () => {
    const { client } = await openDoor({}, { engine });
    const file = himself;
    const model = 'whisper-1';
    const { transcriptions } = client.audio;
    const srt = await transcriptions.create({ file: file(), model, response_format: 'srt' });
    expect(srt).toMatch(
      /^1\n00:00:00,\d{3} --> 00:00:03,\d{3}\nHe might even have been made\namiable himself\.\n\n$/,
    );
    const vtt = await transcriptions.create({ file: file(), model, response_format: 'vtt' });
    expect(vtt).toMatch(/^WEBVTT\n\n00:00:00\.\d{3} --> 00:00:03\.\d{3}\nHe might even have been made\n/);
  });

  it('gets the segments of verbose_json, with numbers in all fields that it declares', async () => {
    const { client } = await openDoor({}, { engine });
    const { segments = [], ...answer } = await client.audio.transcriptions.create({
      file: himself(),
      model: 'whisper-1',
      response_format: 'verbose_json',
    });
    expect(answer).toEqual({
      task: 'transcribe',
      language: 'english',
      duration: expect.closeTo(3.29, 1),
      text: HIMSELF,
      usage: { type: 'duration', seconds: 4 },
    });
    expect(segments).toEqual([
      {
        id: 0,
        seek: 0,
        start: expect.closeTo(0.3, 0),
        end: expect.closeTo(3.1, 0),
        text: HIMSELF,
        tokens: [],
        temperature: 0,
        avg_logprob: 0,
        compression_ratio: 1,
        no_speech_prob: 0,
      },
    ]);
  });

  it('gets words and no segments when it asks for words', async () => {
    const { client } = await openDoor({}, { engine });
    const answer = await client.audio.transcriptions.create({
      file: himself(),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    });
    expect(answer.segments).toBeUndefined();
    const words = answer.words ?? [];
    expect(words.map(({ word }) => word).join(' ')).toBe(HIMSELF);
    const times = words.flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('gets words and segments when it asks for both', async () => {
    const { client } = await openDoor({}, { engine });
    const answer = await client.audio.transcriptions.create({
      file: himself(),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });
    expect([answer.segments?.length, answer.words?.length]).toEqual([1, 8]);
  });

  it('gets a delta for each sentence of a stream, and the whole text at the end', async () => {
    const { client } = await openDoor({}, { engine });
    const events = await client.audio.transcriptions.create({
      file: createReadStream('fixtures/sense-and-sensibility.mp3'),
      model: 'whisper-1',
      stream: true,
    });
    const deltas: string[] = [];
    let done: string | undefined;
    for await (const event of events) {
      if (event.type === 'transcript.text.delta') deltas.push(event.delta);
      else if (event.type === 'transcript.text.done') done = event.text;
    }
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe(done);
    expect(bare(done ?? '')).toContain('cold hearted');
  });

  it('may name the language that the model knows, also with a region', async () => {
    const { client } = await openDoor({}, { engine });
    const call = async (language: string) =>
      await client.audio.transcriptions.create({ file: himself(), model: 'whisper-1', language });
    expect((await call('en')).text).toBe(HIMSELF);
    expect((await call('en-US')).text).toBe(HIMSELF);
    await expect(call('zh')).rejects.toMatchObject({
      status: 400,
      code: 'E_LANGUAGE',
      param: 'language',
      type: 'invalid_request_error',
    });
    await expect(call('English please')).rejects.toMatchObject({ status: 400, param: 'language' });
    await expect(call('x'.repeat(10_000))).rejects.toMatchObject({
      error: {
        message: 'language is invalid. It must be the code of a language, such as zh, yue, en or ja.',
      },
    });
  });

  it.each([
    ['leisure.wav', 'leisure to consider'],
    ['ill-disposed.mp3', 'ill disposed young man'],
    ['amiable.m4a', 'a more amiable woman'],
    ['himself.ogg', 'amiable himself'],
    ['cold-hearted.flac', 'rather selfish'],
    ['inaugural.webm', 'ask not'],
  ])('sends %s as it is', async (fixture, words) => {
    const { client } = await openDoor({}, { engine });
    const file = createReadStream(`fixtures/${fixture}`);
    const { text } = await client.audio.transcriptions.create({ file, model: 'whisper-1' });
    expect(bare(text)).toContain(words);
  });

  it('sends twenty recordings at a time, and gets the words of each', async () => {
    const { client, leftovers } = await openDoor({}, { engine });
    const fixtures = [
      ['himself.ogg', 'he might even have been made amiable himself'],
      ['ill-disposed.mp3', 'he was not an ill disposed young man'],
    ] as const;
    const calls = Array.from({ length: 20 }, async (_, n) => {
      const [fixture, words] = fixtures[n % 2] ?? fixtures[0];
      const file = createReadStream(`fixtures/${fixture}`);
      const { text } = await client.audio.transcriptions.create({ file, model: 'whisper-1' });
      return [bare(text), words];
    });
    for (const [text, words] of await Promise.all(calls)) expect(text).toBe(words);
    expect(await leftovers()).toEqual([]);
  }, 180_000);

  it('sends an MP4 with a picture and its index at the end', async () => {
    const { client } = await openDoor({}, { engine });
    const video = join(await temporaryFolder(), 'talk.mp4');
    const { path } = await findFfmpeg();
    const picture = ['-f', 'lavfi', '-i', 'color=red:s=64x64:d=4'];
    const output = ['-c:v', 'mpeg4', '-c:a', 'aac', '-shortest', video];
    await promisify(execFile)(path, [...picture, '-i', 'fixtures/himself.ogg', ...output]);
    const { text } = await client.audio.transcriptions.create({
      file: createReadStream(video),
      model: 'whisper-1',
    });
    expect(bare(text)).toContain('amiable himself');
  });
});
