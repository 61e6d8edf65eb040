import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend } from '../lib/engines/backend.ts';
import { chooseBackend } from '../lib/engines/choose-backend.ts';
import type { FunAsrError } from '../lib/core/errors.ts';
import type { Gap } from '../lib/recognition/events/diagnostics.ts';
import type { FinalSentence, Sentence } from '../lib/sentence.ts';
import { type Service, startService } from '../lib/service/service.ts';
import { transcribe, type TranscribeOptions, type TranscribeProgress } from '../lib/transcribe.ts';
import { countingEngine } from './support/counting-engine.ts';
import { startScriptedService } from './support/scripted-service.ts';

const LEISURE = fileURLToPath(new URL('../fixtures/leisure.wav', import.meta.url));
const LEISURE_WORDS =
  'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them';

async function gather(sentences: AsyncIterable<Sentence>): Promise<Sentence[]> {
  const all: Sentence[] = [];
  for await (const sentence of sentences) all.push(sentence);
  return all;
}

const words = (sentences: readonly Sentence[]) =>
  sentences
    .map(({ text }) => text)
    .join(' ')
    .toLowerCase()
    .replaceAll(/[.,]/g, '');

describe('with the local engine', () => {
  let chosen: Backend;
  beforeAll(async () => {
    chosen = await chooseBackend({ engine: 'local', model: 'moonshine-base', partials: true });
  });
  afterAll(async () => {
    await chosen.close();
  });

  it('a path gives the words that were spoken', async () => {
    const sentences = await gather(transcribe(LEISURE, chosen.client));
    expect(words(sentences)).toBe(LEISURE_WORDS);
    expect(sentences.every(({ sentence_end }) => sentence_end)).toBe(true);
  });

  it('so does a stream of the bytes of the file', async () => {
    expect(words(await gather(transcribe(createReadStream(LEISURE), chosen.client)))).toBe(LEISURE_WORDS);
  });

  it('many recordings may share an engine, which stays open', async () => {
    const texts = [];
    for (const input of [LEISURE, LEISURE])
      texts.push(words(await gather(transcribe(input, { engine: chosen }))));
    expect(texts).toEqual([LEISURE_WORDS, LEISURE_WORDS]);
  });

  it('options that it does not know are said to have no effect', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: FunAsrError) => warnings.push(message);
    await gather(
      transcribe(LEISURE, { engine: chosen, vocabularyId: 'vocab-x-1', maxSentenceSilence: 800, onWarning }),
    );
    expect(warnings).toEqual(['option vocabularyId has no effect on the local engine']);
  });

  it('partials come when they are asked for, and lead up to the final', async () => {
    const sentences = await gather(transcribe(LEISURE, { ...chosen.client, partials: true, pace: 8 }));
    const partials = sentences.filter(({ sentence_end }) => !sentence_end);
    expect(partials.length).toBeGreaterThan(0);
    expect(partials.every(({ end_time }) => end_time === null)).toBe(true);
    expect(words(sentences.slice(-1))).toBe(LEISURE_WORDS);
  });
});

describe('with any service', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ engine: countingEngine(), port: 0, partials: false });
  });
  afterAll(async () => {
    await service.close();
  });
  const run = (options: TranscribeOptions = {}) =>
    gather(transcribe(LEISURE, { baseUrl: service.url, ...options }));

  it('all of the audio arrives', async () => {
    const sentences = await run();
    expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(sentences.at(-1)?.end_time).toBe(7100);
  });

  it('progress tells how much audio was sent, and up to where the text is final', async () => {
    const seen: { audioMs: number; finalMs: number }[] = [];
    await run({ onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)?.audioMs).toBeCloseTo(7100, 0);
    expect(seen.every(({ audioMs, finalMs }) => finalMs <= audioMs + 100)).toBe(true);
  });

  it('a recording that is too long is refused', async () => {
    await expect(run({ maxDurationMs: 1000 })).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
  });

  it('a recording goes on behind a sentence that was recognised before, of which nothing is sent again', async () => {
    const whole = await run();
    const last = whole[2] as FinalSentence;
    const progress: number[] = [];
    const onProgress = ({ audioMs, finalMs }: TranscribeProgress) => progress.push(audioMs, finalMs);
    const rest = await run({ after: last, onProgress });
    const places = (sentences: Sentence[]) =>
      sentences.map(({ sentence_id, begin_time, end_time, words: spoken }) => [
        [sentence_id, begin_time, end_time],
        ...spoken.map((word) => [word.begin_time, word.end_time]),
      ]);
    expect(places(rest)).toEqual(places(whole.slice(3)));
    // A service that counts the seconds of what it hears.
    expect(rest.map(({ text }) => text)).toEqual(whole.slice(0, 5).map(({ text }) => text));
    expect(Math.min(...progress)).toBeGreaterThanOrEqual(3000);
    expect(Math.max(...progress)).toBe(7100);
    expect(await run({ after: { sentence_id: 8, end_time: 7100 } })).toEqual([]);
  });

  it('recognises one part of a recording, with the times of the whole', async () => {
    const progress: number[] = [];
    const ends: object[] = [];
    const part = await run({
      after: { sentence_id: 2, end_time: 2000 },
      untilMs: 4500,
      onProgress: ({ audioMs }) => progress.push(audioMs),
      onEnd: (end) => ends.push(end),
    });
    expect(part.map(({ sentence_id, begin_time, end_time }) => [sentence_id, begin_time, end_time])).toEqual([
      [3, 2000, 3000],
      [4, 3000, 4000],
      [5, 4000, 4500],
    ]);
    expect(Math.max(...progress)).toBe(4500);
    expect(ends).toEqual([{ isWhole: true }]);
  });

  it('a stop ends the reading, and what was sent until then is kept', async () => {
    const stop = new AbortController();
    const sentences = await run({
      pace: 20,
      stop: stop.signal,
      onProgress: ({ audioMs }) => audioMs >= 3000 && stop.abort(),
    });
    const end = sentences.at(-1)?.end_time ?? 0;
    expect(end).toBeGreaterThanOrEqual(2900);
    expect(end).toBeLessThan(7000);
  });

  it('a stop ends the waiting for a source that says nothing', async () => {
    const stop = new AbortController();
    const source = new PassThrough();
    const sentences = gather(transcribe(source, { baseUrl: service.url, stop: stop.signal }));
    setTimeout(() => stop.abort(), 100);
    expect(await sentences).toEqual([]);
    expect(source.destroyed).toBe(true);
  });

  it('the end says whether the recording was read to its end', async () => {
    const ends: object[] = [];
    await run({ onEnd: (end) => ends.push(end) });
    const stop = new AbortController();
    await run({
      pace: 20,
      stop: stop.signal,
      onProgress: () => stop.abort(),
      onEnd: (end) => ends.push(end),
    });
    const late = new AbortController();
    const whole = transcribe(LEISURE, {
      baseUrl: service.url,
      stop: late.signal,
      onEnd: (end) => ends.push(end),
    });
    // The last sentence comes when all audio was sent.
    for await (const { sentence_id } of whole) if (sentence_id === 8) late.abort();
    expect(ends).toEqual([{ isWhole: true }, { isWhole: false }, { isWhole: true }]);
  });

  it('a stream that fails is told as one that cannot be read', async () => {
    const input = createReadStream('nowhere.wav');
    const failing = gather(transcribe(input, { baseUrl: service.url }));
    await expect(failing).rejects.toMatchObject({
      code: 'E_READ',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it('an abort throws at once', async () => {
    const controller = new AbortController();
    const running = run({ pace: 'realtime', signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('a reader that has enough may leave', async () => {
    for await (const sentence of transcribe(LEISURE, { baseUrl: service.url })) {
      expect(sentence.text).toBe('Second 1.');
      break;
    }
  });

  it('an input that is no audio fails before anything is sent', async () => {
    await using scripted = await startScriptedService({});
    const text = fileURLToPath(new URL('../fixtures/SOURCES.tsv', import.meta.url));
    await expect(gather(transcribe(text, { baseUrl: scripted.url }))).rejects.toMatchObject({
      code: 'E_BAD_MEDIA',
      message: expect.stringContaining('SOURCES.tsv') as string,
    });
    expect(scripted.clients).toEqual([]);
  });
});

it('sentences that came before a failure have been yielded', async () => {
  await using scripted = await startScriptedService({
    async client(client) {
      await client.startTask();
      await client.audioBytes(64_000);
      client.final('Saved.', 0, 1500);
      client.fail('InternalError', 'oops');
    },
  });
  const seen: string[] = [];
  const failing = async () => {
    const options = { baseUrl: scripted.url, maxRetries: 0 };
    for await (const { text } of transcribe(LEISURE, options)) seen.push(text);
  };
  await expect(failing()).rejects.toMatchObject({ code: 'E_SERVER' });
  expect(seen).toEqual(['Saved.']);
});

it('reports each part that was given up, with the times of the whole recording', async () => {
  await using scripted = await startScriptedService({
    async client(client) {
      await client.startTask();
      await client.audioBytes(1000 * 32);
      client.fail('InternalError', 'oops');
    },
  });
  const gaps: Gap[] = [];
  const options = { after: { sentence_id: 1, end_time: 2000 }, maxRetries: 3, retryDelayMs: 1 };
  const onGap = (gap: Gap) => void gaps.push(gap);
  const failing = gather(transcribe(LEISURE, { baseUrl: scripted.url, ...options, onGap }));
  await expect(failing).rejects.toMatchObject({ code: 'E_SERVER' });
  expect(gaps[0]?.begin_time).toBe(2000);
});

it('warnings of every stage arrive', async () => {
  await using scripted = await startScriptedService({
    async client(client) {
      await client.startTask();
      client.send('no JSON');
      await client.finishTask();
    },
  });
  const warnings: FunAsrError[] = [];
  const onWarning = (warning: FunAsrError) => warnings.push(warning);
  await gather(transcribe(LEISURE, { baseUrl: scripted.url, onWarning }));
  expect(warnings.map(({ code }) => code)).toContain('W_MESSAGE');
});

it('options are refused at the call, before anything starts', () => {
  expect(() => transcribe(LEISURE, { pace: 0 })).toThrow('option pace');
  expect(() => transcribe(LEISURE, { languages: ['en'] } as TranscribeOptions)).toThrow(
    'no option languages',
  );
  const partial = { sentence_id: 1, end_time: null } as unknown as FinalSentence;
  expect(() => transcribe(LEISURE, { after: partial })).toThrow('option after must be a final sentence');
  const nothing = undefined as unknown;
  expect(() => transcribe(nothing as string)).toThrow(
    'transcribe: the input must be a path or a Readable, got undefined',
  );
  expect(() => transcribe(LEISURE, null as unknown as TranscribeOptions)).toThrow(
    'the options must be an object',
  );
});
