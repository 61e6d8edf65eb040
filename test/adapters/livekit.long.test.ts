import { initializeLogger, APIConnectionError, APIError, APIStatusError, stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { STT, type SttOptions } from '../../lib/adapters/livekit/index.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../lib/testing/audio/self-describing-audio.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { ENCODER } from '../audio/samples.ts';
import { FIXTURES } from '../cli/run-cli.ts';
import { packageCopy } from '../support/package-copy.ts';
import { respond, startScriptedService } from '../support/scripted-service.ts';
import { runSnippetIn } from '../support/snippets.ts';

const { SpeechEventType } = stt;

initializeLogger({ pretty: false, level: 'silent' });

const LEISURE =
  'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.';

/** A recording as frames of 10 ms, as a room of LiveKit gives them. */
async function framesOf(name: string, { rate = 48_000, channels = 2 } = {}): Promise<AudioFrame[]> {
  const args = ['-i', join(FIXTURES, name), '-f', 's16le', '-ar', String(rate), '-ac', String(channels), '-'];
  const options = { encoding: 'buffer', maxBuffer: 1e8 } as const;
  const { stdout } = await promisify(execFile)(ENCODER, ['-nostdin', '-v', 'error', ...args], options);
  return cut(stdout, rate, channels);
}

/** PCM as frames of 10 ms. */
function cut(pcm: Buffer, rate: number, channels: number): AudioFrame[] {
  const samples = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
  const size = (rate / 100) * channels;
  return Array.from({ length: Math.floor(samples.length / size) }, (_, index) => {
    return new AudioFrame(samples.slice(index * size, (index + 1) * size), rate, channels, size / channels);
  });
}

function open(options?: SttOptions): STT {
  const instance = new STT(options);
  onTestFinished(() => instance.close());
  return instance;
}

/** Pushes frames, and a flush for each undefined, and reads all events. */
async function eventsOf(
  instance: STT,
  frames: readonly (AudioFrame | undefined)[],
  options?: Parameters<STT['stream']>[0],
): Promise<stt.SpeechEvent[]> {
  const stream = instance.stream(options);
  for (const frame of frames) {
    if (frame) stream.pushFrame(frame);
    else stream.flush();
  }
  stream.endInput();
  const events: stt.SpeechEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const typesOf = (events: readonly stt.SpeechEvent[]): string[] =>
  events.map(({ type }) => SpeechEventType[type]);
const finalsOf = (events: readonly stt.SpeechEvent[]): stt.SpeechData[] =>
  events.flatMap(({ type, alternatives }) =>
    type === SpeechEventType.FINAL_TRANSCRIPT && alternatives ? [alternatives[0]] : [],
  );

/** Closes the connection without an answer. */
function closed(_request: unknown, socket: Duplex): true {
  socket.destroy();
  return true;
}

describe('STT for LiveKit Agents', () => {
  it('recognises a buffer of frames', async () => {
    const instance = open({ engine: 'local' });
    expect(instance.capabilities).toEqual({
      streaming: true,
      interimResults: true,
      alignedTranscript: 'word',
    });
    const metrics: object[] = [];
    instance.on('metrics_collected', (one) => metrics.push(one));
    const { type, alternatives } = await instance.recognize(await framesOf('leisure.wav'));
    expect(type).toBe(SpeechEventType.FINAL_TRANSCRIPT);
    expect(alternatives?.[0]).toMatchObject({
      text: LEISURE,
      language: 'en',
      startTime: expect.closeTo(0.25, 1) as number,
      endTime: expect.closeTo(6.9, 1) as number,
    });
    const words = alternatives?.[0].words ?? [];
    expect(words.map(({ text }) => text).slice(0, 3)).toEqual(['And', 'Mr.', 'John']);
    expect(words[0]).toMatchObject({ startTime: expect.closeTo(0.25, 1) as number });
    expect(metrics).toMatchObject([
      { audioDurationMs: 7100, metadata: { modelProvider: 'fun-asr', modelName: 'moonshine-base' } },
    ]);
    const one = await instance.recognize((await framesOf('himself.ogg', { rate: 16_000, channels: 1 }))[0]!);
    expect(one.alternatives?.[0].text).toBe('');
  });

  it('streams interim and final transcripts, and the audio that was used', async () => {
    const instance = open({ engine: 'local' });
    const events = await eventsOf(instance, await framesOf('leisure.wav'));
    const types = typesOf(events);
    expect(types.at(0)).toBe('START_OF_SPEECH');
    expect(new Set(types.slice(1, -3))).toEqual(new Set(['INTERIM_TRANSCRIPT']));
    expect(types.slice(-3)).toEqual(['FINAL_TRANSCRIPT', 'END_OF_SPEECH', 'RECOGNITION_USAGE']);
    expect(finalsOf(events)).toMatchObject([{ text: LEISURE, startTime: expect.closeTo(0.25, 1) as number }]);
    const used = events.map(({ recognitionUsage }) => recognitionUsage?.audioDuration ?? 0);
    expect(used.reduce((sum, one) => sum + one, 0)).toBeCloseTo(7.1);
  });

  it('emits no interim transcripts when they are off', async () => {
    const instance = open({ engine: 'local', interimResults: false });
    expect(instance.capabilities.interimResults).toBe(false);
    const types = typesOf(await eventsOf(instance, await framesOf('himself.ogg')));
    expect(types).toEqual(['START_OF_SPEECH', 'FINAL_TRANSCRIPT', 'END_OF_SPEECH', 'RECOGNITION_USAGE']);
  });

  it('ends the sentence at a flush, and continues the times, also at another rate', async () => {
    const instance = open({ engine: 'local', interimResults: false });
    const [first, second] = await Promise.all([
      framesOf('himself.ogg'),
      framesOf('ill-disposed.mp3', { rate: 16_000, channels: 1 }),
    ]);
    const firstSeconds = first.length / 100;
    const [one, two, three] = finalsOf(await eventsOf(instance, [...first, undefined, ...first, ...second]));
    expect([one?.text, two?.text]).toEqual([one?.text, one?.text]);
    expect(three?.text).toMatch(/ill-disposed young man/);
    expect(two?.startTime).toBeCloseTo((one?.startTime ?? 0) + firstSeconds, 1);
    expect(three?.startTime).toBeCloseTo(0.32 + 2 * firstSeconds, 0);
    expect(three?.words?.[0]?.startTime).toBeCloseTo(three?.startTime ?? 0, 5);
  });

  it('loses nothing when the connection is lost', async () => {
    const script = randomScript(3, { durationMs: 6000 });
    await using service = await startTestService({ script, faults: 'drop@2s, fail@4s' });
    const instance = open({ engine: 'cloud', baseUrl: service.url, retryDelayMs: 5 });
    const errors: unknown[] = [];
    instance.on('error', (error) => errors.push(error));
    const pcm = renderAudio(script, 0, script.durationMs * 16);
    const finals = finalsOf(await eventsOf(instance, cut(pcm, 16_000, 1)));
    expect(finals.map(({ startTime }) => Math.round(startTime * 1000))).toEqual(
      script.sentences.map(({ begin_time }) => begin_time),
    );
    expect(errors).toEqual([]);
  });

  it.each([
    ['a refused key', respond(401, '{"code":"InvalidApiKey","message":"no"}'), APIStatusError, 401, 'E_AUTH'],
    ['a failed service', respond(503, 'away'), APIStatusError, 500, 'E_SERVER'],
    ['no connection', closed, APIConnectionError, undefined, 'E_CONNECT'],
  ])('gives its errors to LiveKit as APIError: %s', async (_, upgrade, Class, statusCode, code) => {
    await using service = await startScriptedService({ upgrade });
    const instance = open({ engine: 'cloud', baseUrl: service.url, maxRetries: 0 });
    const errors: { error: Error; recoverable: boolean }[] = [];
    instance.on('error', (error) => errors.push(error));
    const frames = await framesOf('himself.ogg', { rate: 16_000, channels: 1 });
    expect(await eventsOf(instance, frames)).toEqual([]);
    const error = { retryable: false, cause: { code }, ...(statusCode && { statusCode }) };
    expect(errors).toMatchObject([{ recoverable: false, error }]);
    expect(errors[0]?.error).toBeInstanceOf(Class);
    await expect(instance.recognize(frames)).rejects.toBeInstanceOf(Class);
  });

  it('gives an error while it waits for audio, and one of the engine', async () => {
    await using service = await startScriptedService({
      client: async (client) => {
        await client.startTask();
        client.fail('InvalidParameter', 'wrong');
      },
    });
    const instance = open({ engine: 'cloud', baseUrl: service.url });
    const failed = new Promise<unknown>((resolve) => instance.once('error', ({ error }) => resolve(error)));
    const stream = instance.stream();
    const frames = await framesOf('himself.ogg', { rate: 16_000, channels: 1 });
    for (const frame of frames.slice(0, 20)) stream.pushFrame(frame);
    expect(await failed).toMatchObject({ statusCode: 400, cause: { code: 'E_PARAM' } });
    expect((await stream.next()).done).toBe(true);
    const noKey = await open({ model: 'fun-asr-realtime' })
      .recognize(new AudioFrame(new Int16Array(160), 16_000, 1, 160))
      .catch((error: unknown) => error);
    expect(noKey).toBeInstanceOf(APIError);
    expect(noKey).toMatchObject({ cause: { code: 'E_NO_KEY' } });
  });

  it('stops when a stream is closed, and when a call is aborted', async () => {
    await using service = await startScriptedService({ client: (client) => client.startTask() });
    const instance = open({ engine: 'cloud', baseUrl: service.url });
    const errors: unknown[] = [];
    instance.on('error', (error) => errors.push(error));
    const frames = await framesOf('himself.ogg', { rate: 16_000, channels: 1 });
    const stream = instance.stream();
    for (const frame of frames) stream.pushFrame(frame);
    await expect.poll(() => service.clients[0]?.audio.length ?? 0).toBeGreaterThan(0);
    stream.close();
    expect((await stream.next()).done).toBe(true);
    const aborting = new AbortController();
    const call = instance.recognize(frames, aborting.signal);
    await expect.poll(() => service.clients.length).toBe(2);
    aborting.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(errors).toEqual([]);
  });

  it('works in the FallbackAdapter of LiveKit', async () => {
    await using service = await startScriptedService({ upgrade: respond(503, 'away') });
    const away = open({ engine: 'cloud', baseUrl: service.url, maxRetries: 0 });
    const adapter = new stt.FallbackAdapter({ sttInstances: [away, open({ engine: 'local' })] });
    onTestFinished(() => adapter.close());
    const event = await adapter.recognize(await framesOf('himself.ogg'));
    expect(event.alternatives?.[0].text).toMatch(/amiable himself/);
  });

  it('refuses wrong options, and frames of different rates in one buffer', async () => {
    expect(() => new STT({ language: 'en' } as never)).toThrow(/STT: there is no option language/);
    const [small, large] = [
      new AudioFrame(new Int16Array(80), 8000, 1, 80),
      new AudioFrame(new Int16Array(160), 16_000, 1, 160),
    ];
    await expect(open({ engine: 'local' }).recognize([small, large])).rejects.toThrow(/different rates/);
  });

  it('names the package that is missing or does not fit', async () => {
    const load = async (version: string | undefined): Promise<string> => {
      const folder = await packageCopy({ '@livekit/agents': version });
      return await runSnippetIn(folder, `import '${join(folder, 'dist/adapters/livekit/index.js')}';`);
    };
    expect(await load(undefined)).toMatch(/livekit needs @livekit\/agents, which cannot be loaded/);
    const old = await load('0.7.9');
    expect(old).toMatch(/needs version 1 of @livekit\/agents, and 0\.7\.9 is installed/);
    expect(old).toContain('npm install @livekit/agents@1 @livekit/rtc-node');
  });
});
