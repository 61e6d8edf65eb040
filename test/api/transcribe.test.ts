import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Backend,
  chooseBackend,
  type FinalSentence,
  type FunAsrError,
  type RecordingInput,
  type Sentence,
  type Service,
  startService,
  transcribe,
  type TranscribeOptions,
  type TranscribeProgress,
} from 'fun-asr-streams';
import { countingEngine } from '../support/counting-engine.ts';
import { KnownRecording } from '../support/known-recording.ts';
import { startScriptedService } from '../support/scripted-service.ts';

const LEISURE = fileURLToPath(new URL('../../fixtures/leisure.wav', import.meta.url));
const LEISURE_WORDS =
  'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them';

async function gather(sentences: AsyncIterable<Sentence>): Promise<Sentence[]> {
  const all: Sentence[] = [];
  for await (const sentence of sentences) all.push(sentence);
  return all;
}

/** A web stream of a WAV file of unknown length, in chunks of 1.5 s of silence. */
async function endlessRecording() {
  const header = (await readFile(LEISURE)).subarray(0, 44);
  header.fill(0xff, 4, 8).fill(0xff, 40, 44);
  const source = {
    chunks: 0,
    isCancelled: false,
    stream: new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(source.chunks === 0 ? new Uint8Array(header) : new Uint8Array(48_000));
        source.chunks += 1;
      },
      cancel() {
        source.isCancelled = true;
      },
    }),
  };
  return source;
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

  it('recognises the words of a file', async () => {
    const sentences = await gather(transcribe(LEISURE, chosen.client));
    expect(words(sentences)).toBe(LEISURE_WORDS);
    expect(sentences.every(({ sentence_end }) => sentence_end)).toBe(true);
  });

  it('recognises the words of a stream of the bytes of the file', async () => {
    expect(words(await gather(transcribe(createReadStream(LEISURE), chosen.client)))).toBe(LEISURE_WORDS);
  });

  it('recognises the words of a Blob, of a web stream, and of the body of a response', async () => {
    const bytes = await readFile(LEISURE);
    const body = new Response(bytes).body ?? new ReadableStream();
    for (const input of [new Blob([bytes]), new Blob([bytes]).stream(), body]) {
      expect(words(await gather(transcribe(input, chosen.client)))).toBe(LEISURE_WORDS);
    }
  });

  it('leaves an engine open that is passed in, for the next recording', async () => {
    const texts = [];
    for (const input of [LEISURE, LEISURE])
      texts.push(words(await gather(transcribe(input, { engine: chosen }))));
    expect(texts).toEqual([LEISURE_WORDS, LEISURE_WORDS]);
  });

  it('warns of options that have no effect on the local engine', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: FunAsrError) => warnings.push(message);
    await gather(
      transcribe(LEISURE, { engine: chosen, vocabularyId: 'vocab-x-1', maxSentenceSilence: 800, onWarning }),
    );
    expect(warnings).toEqual(['option vocabularyId has no effect on the local engine']);
  });

  it('yields partial sentences on request before the final one', async () => {
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

  it('sends all of the audio', async () => {
    const sentences = await run();
    expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(sentences.at(-1)?.end_time).toBe(7100);
  });

  it('reports how much audio was sent, and up to which time the text is final', async () => {
    const seen: { audioMs: number; finalMs: number }[] = [];
    await run({ onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)?.audioMs).toBeCloseTo(7100, 0);
    expect(seen.every(({ audioMs, finalMs }) => finalMs <= audioMs + 100)).toBe(true);
  });

  it('refuses a recording that exceeds the maximum duration', async () => {
    await expect(run({ maxDurationMs: 1000 })).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
  });

  it('continues after a sentence of an earlier transcription without sending its audio again', async () => {
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
    // The service counts the seconds of the audio that it receives.
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

  it('yields the sentences of all audio that was sent before a stop', async () => {
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

  it('ends after a stop while it waits for the input stream', async () => {
    const stop = new AbortController();
    const source = new PassThrough();
    const sentences = gather(transcribe(source, { baseUrl: service.url, stop: stop.signal }));
    setTimeout(() => stop.abort(), 100);
    expect(await sentences).toEqual([]);
    expect(source.destroyed).toBe(true);
  });

  it('reports at the end whether the whole recording was read', async () => {
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
    // All audio was sent when the last sentence arrives.
    for await (const { sentence_id } of whole) if (sentence_id === 8) late.abort();
    expect(ends).toEqual([{ isWhole: true }, { isWhole: false }, { isWhole: true }]);
  });

  it('fails with E_READ when the input stream fails', async () => {
    const input = createReadStream('nowhere.wav');
    const failing = gather(transcribe(input, { baseUrl: service.url }));
    await expect(failing).rejects.toMatchObject({
      code: 'E_READ',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it.each([
    ['fails', () => new ReadableStream({ pull: () => Promise.reject(new Error('the upload was cut off')) })],
    ['gives text instead of bytes', () => new Response('text').body?.pipeThrough(new TextDecoderStream())],
  ])('fails with E_READ when a web stream %s', async (_, make) => {
    const input = make() as RecordingInput;
    await expect(gather(transcribe(input, { baseUrl: service.url }))).rejects.toMatchObject({
      code: 'E_READ',
      message: expect.stringMatching(
        /^the input stream failed: (the upload was cut off|its chunks must be bytes)/,
      ),
    });
  });

  it('cancels a web stream when the consumer breaks early', async () => {
    const source = await endlessRecording();
    for await (const { text } of transcribe(source.stream, { baseUrl: service.url })) {
      expect(text).toBe('Second 1.');
      break;
    }
    expect(source.isCancelled).toBe(true);
  });

  it('reads a web stream no faster than the service accepts its audio', async () => {
    const source = await endlessRecording();
    const stop = new AbortController();
    await gather(
      transcribe(source.stream, {
        baseUrl: service.url,
        pace: 20,
        stop: stop.signal,
        onProgress: ({ audioMs }) => audioMs >= 3000 && stop.abort(),
      }),
    );
    // 3 s of audio are two chunks; the others are in the buffers of the stages and of FFmpeg.
    expect(source.chunks).toBeLessThan(100);
  });

  it('throws an AbortError on abort', async () => {
    const controller = new AbortController();
    const running = run({ pace: 'realtime', signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('ends when the consumer breaks early', async () => {
    for await (const sentence of transcribe(LEISURE, { baseUrl: service.url })) {
      expect(sentence.text).toBe('Second 1.');
      break;
    }
  });

  it('ends when the consumer breaks while the input stream emits no more bytes', async () => {
    const source = new PassThrough();
    source.write(await readFile(LEISURE));
    let last = '';
    for await (const { text } of transcribe(source, { baseUrl: service.url })) {
      last = text;
      // All audio was sent, and the next read waits for the stream.
      if (text === 'Second 7.') break;
    }
    expect(last).toBe('Second 7.');
    expect(source.destroyed).toBe(true);
  });

  it('yields the sentences recognised before the input stream failed, then fails with E_READ', async () => {
    const recording = await readFile(LEISURE);
    const failing = Readable.from(
      (async function* () {
        yield recording.subarray(0, 44 + 3500 * 32);
        throw new Error('connection lost');
      })(),
    );
    const ends: number[] = [];
    const reading = async () => {
      for await (const { end_time } of transcribe(failing, { baseUrl: service.url }))
        ends.push(end_time ?? 0);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'E_READ' });
    expect(ends).toEqual([1000, 2000, 3000, 3500]);
  });

  it('stops a slow recognition from reading ahead of it', async () => {
    let given = 0;
    const header = (await readFile(LEISURE)).subarray(0, 44);
    header.writeUInt32LE(0xffff_ffff, 40);
    const endless = Readable.from(
      (function* () {
        yield header;
        for (;;) {
          given += 1;
          yield Buffer.alloc(32_000, 1 + (given % 100));
        }
      })(),
      { objectMode: false },
    );
    const options = { baseUrl: service.url, pace: 'realtime' } as const;
    for await (const { text } of transcribe(endless, options)) {
      expect(text).toBe('Second 1.');
      break;
    }
    // Pipes and buffers hold some seconds; an unlimited reader reads thousands in the same time.
    expect(given).toBeLessThan(100);
  });

  it('fails before anything is sent when the input is not audio', async () => {
    await using scripted = await startScriptedService({});
    const text = fileURLToPath(new URL('../../fixtures/SOURCES.tsv', import.meta.url));
    await expect(gather(transcribe(text, { baseUrl: scripted.url }))).rejects.toMatchObject({
      code: 'E_BAD_MEDIA',
      message: expect.stringContaining('SOURCES.tsv') as string,
    });
    expect(scripted.clients).toEqual([]);
  });
});

it('yields the sentences from before a failure', async () => {
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

it('reports the warnings of every stage', async () => {
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

it('calls onEvent with every event, in the order of the named callbacks', async () => {
  const recording = await KnownRecording.decode(LEISURE);
  await using scripted = await startScriptedService({
    client: (client) =>
      recording
        .recognise(client, (to, from) => {
          if (from >= 3500 || to <= 3000) return;
          client.fail('InternalError', 'oops');
          throw new Error('over');
        })
        .catch(() => {}),
  });
  const events: unknown[] = [];
  const named: unknown[] = [];
  const add = (type: string) => (detail: unknown) => void named.push({ type, detail });
  await gather(
    transcribe(LEISURE, {
      baseUrl: scripted.url,
      retryDelayMs: 1,
      onEvent: (event) => events.push(event),
      onProgress: add('progress'),
      onEnd: add('end'),
      onReconnect: add('reconnect'),
      onGap: add('gap'),
      onMetrics: add('metrics'),
      onWarning: add('warning'),
    }),
  );
  expect(new Set(events.map((event) => Object(event).type as string))).toEqual(
    new Set(['progress', 'reconnect', 'gap', 'warning', 'end', 'metrics']),
  );
  expect(named).toEqual(events);
});

it('refuses wrong options at the call, before anything starts', () => {
  expect(() => transcribe(LEISURE, { pace: 0 })).toThrow('option pace');
  expect(() => transcribe(LEISURE, { languages: ['en'] } as TranscribeOptions)).toThrow(
    'no option languages',
  );
  const partial = { sentence_id: 1, end_time: null } as unknown as FinalSentence;
  expect(() => transcribe(LEISURE, { after: partial })).toThrow('option after must be a final sentence');
  const nothing = undefined as unknown;
  expect(() => transcribe(nothing as string)).toThrow(
    'transcribe: the input must be a path, a Readable, a web ReadableStream or a Blob, got undefined',
  );
  expect(() => transcribe(LEISURE, null as unknown as TranscribeOptions)).toThrow(
    'the options must be an object',
  );
});
