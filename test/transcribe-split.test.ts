import { createReadStream } from 'node:fs';
import { copyFile, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RecognitionMetrics } from '../lib/recognition/events/metrics.ts';
import type { FinalSentence } from '../lib/sentence.ts';
import { transcribe } from '../lib/transcribe.ts';
import { type TranscribeOptions } from '../lib/transcribe-options.ts';
import type { TranscribeProgress } from '../lib/transcribe-events.ts';
import { CallRecording } from './support/call-recording.ts';
import { type ScriptedClient, startScriptedService } from './support/scripted-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { tone, writeWav } from './audio/channels/wav-file.ts';

let call: CallRecording;
const path = async (): Promise<string> => join(await temporaryFolder(), 'call.wav');
let folder = '';
let template = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fun-asr-test-'));
  template = join(folder, 'call.wav');
  call = await CallRecording.create(template);
});
afterAll(() => rm(folder, { recursive: true }));

async function service(recognise: (client: ScriptedClient, index: number) => unknown): Promise<string> {
  const started = await startScriptedService({ client: recognise });
  onTestFinished(() => started.close());
  return started.url;
}

async function collect(
  input: Parameters<typeof transcribe>[0],
  options: TranscribeOptions,
): Promise<FinalSentence[]> {
  const sentences: FinalSentence[] = [];
  for await (const sentence of transcribe(input, { ...options, engine: 'cloud' })) {
    sentences.push(sentence as FinalSentence);
  }
  return sentences;
}

const textOf = (sentences: readonly FinalSentence[], channel: number): string[] =>
  sentences.filter(({ channel_id }) => channel_id === channel).map(({ text }) => text);

test.each([
  ['a path', (file: string) => file],
  ['a stream', (file: string) => createReadStream(file)],
])('recognises each side of a call by itself, from %s', async (_, open) => {
  const file = await path();
  await copyFile(template, file);
  const baseUrl = await service((client) => call.recognise(client));
  const metrics: RecognitionMetrics[] = [];
  const progress: TranscribeProgress[] = [];
  const sentences = await collect(open(file), {
    baseUrl,
    channels: 'split',
    speakers: ['Ann', 'Bob'],
    onMetrics: (figures) => void metrics.push(figures),
    onProgress: (now) => void progress.push(now),
  });
  for (const [channel, side] of call.sides.entries()) expect(textOf(sentences, channel)).toEqual(side.text);
  expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual(sentences.map((_sentence, at) => at + 1));
  const begins = sentences.map(({ begin_time }) => begin_time);
  expect(begins).toEqual(begins.toSorted((a, b) => a - b));
  expect(sentences.every(({ speaker, channel_id }) => speaker === ['Ann', 'Bob'][channel_id ?? -1])).toBe(
    true,
  );
  const lengthMs = call.sides[0]?.durationMs ?? 0;
  expect(metrics).toMatchObject([{ tasks: 2, sentMs: 2 * lengthMs }]);
  expect(progress.at(-1)?.audioMs).toBeCloseTo(lengthMs);
});

test('names the speakers by their number when they have no names', async () => {
  const baseUrl = await service((client) => call.recognise(client));
  const sentences = await collect(template, { baseUrl, channels: 'split', speakers: ['Ann'] });
  expect(new Set(sentences.map(({ speaker }) => speaker))).toEqual(new Set(['Ann', 'Speaker 2']));
});

test('sends one channel only when one is chosen', async () => {
  const clients: number[] = [];
  const baseUrl = await service(async (client) => {
    await call.recognise(client);
    clients.push(call.channelOf(client));
  });
  const sentences = await collect(template, { baseUrl, channels: 1 });
  expect(sentences.map(({ text }) => text)).toEqual(call.sides[1]?.text);
  expect(clients).toEqual([1]);
});

test('yields the sentences of both sides before it throws the failure of one', async () => {
  const baseUrl = await service(async (client) => {
    await call
      .recognise(client, (channel, endMs) => {
        if (channel !== 1 || endMs < 1000) return;
        client.fail('InvalidParameter', 'refused');
        throw new Error('over');
      })
      .catch(() => {});
  });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { text } of transcribe(template, { engine: 'cloud', baseUrl, channels: 'split' })) {
      seen.push(text);
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'E_PARAM' });
  expect(seen).toEqual(expect.arrayContaining(call.sides[0]?.text ?? []));
});

test('reports once what is wrong with the file', async () => {
  const file = await path();
  await writeWav(file, [tone(440, 4), tone(500, 4)]);
  await truncate(file, 64_044);
  const baseUrl = await service(async (client) => {
    await client.startTask();
    await client.finishTask();
  });
  const warnings: string[] = [];
  await collect(file, { baseUrl, channels: 'split', onWarning: ({ code }) => void warnings.push(code) });
  expect(warnings.filter((code) => code === 'W_TRUNCATED')).toHaveLength(1);
});

test('stops all recognitions when the reader breaks', async () => {
  const baseUrl = await service((client) => call.recognise(client));
  for await (const { sentence_id } of transcribe(template, { engine: 'cloud', baseUrl, channels: 'split' })) {
    expect(sentence_id).toBe(1);
    break;
  }
  const children = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  await expect.poll(children).toBe(0);
});

test.each([
  [{ channels: 'split', partials: true }, 'partials'],
  [{ speakers: ['Ann'] }, 'speakers'],
  [{ channels: 'both' as never }, 'channels'],
  [{ channels: -1 }, 'channels'],
] as const)('refuses %j', (options, name) => {
  expect(() => transcribe(template, options as TranscribeOptions)).toThrow(
    expect.objectContaining({ code: 'E_OPTION', message: expect.stringContaining(name) }),
  );
});
