import { fileURLToPath } from 'node:url';
import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type FinalSentence,
  FunAsrError,
  Recognition,
  type RecognitionOptions,
  RecognitionResult,
  type Sentence,
} from 'fun-asr-streams';
import { type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';

const LEISURE = fileURLToPath(new URL('../../fixtures/leisure.wav', import.meta.url));
const SECOND = Buffer.alloc(32_000);

/** A task that answers "Yes." after a second of audio. */
async function sayYes(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.audioBytes(32_000);
  client.partial('Ye', 100);
  client.final('Yes.', 100, 900);
  await client.finishTask();
}

async function failAfterOne(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.audioBytes(32_000);
  client.final('Saved.', 100, 900);
  client.fail('InternalError', 'oops');
}

/** A recognition whose events and callbacks are recorded in order. Failures are not retried. */
function watched(options: RecognitionOptions): {
  recognition: Recognition;
  events: string[];
  callbacks: string[];
} {
  const events: string[] = [];
  const callbacks: string[] = [];
  const recognition = new Recognition({
    maxRetries: 0,
    ...options,
    callback: {
      onOpen: () => callbacks.push('open'),
      onEvent: (result) => callbacks.push(`event ${result.getSentence().text}`),
      onComplete: () => callbacks.push('complete'),
      onError: (error) => callbacks.push(`error ${error.code}`),
      onClose: () => callbacks.push('close'),
    },
  });
  recognition.on('open', () => events.push('open'));
  recognition.on('event', (result) => events.push(`event ${result.getSentence().text}`));
  recognition.on('complete', () => events.push('complete'));
  recognition.on('error', (error) => events.push(`error ${error.code}`));
  recognition.on('close', () => events.push('close'));
  return { recognition, events, callbacks };
}

describe('call()', () => {
  it('sends the bytes of the file and returns its final sentences', async () => {
    await using service = await startScriptedService({ client: sayYes });
    const recognition = new Recognition({ baseUrl: service.url, format: 'wav', sampleRate: 16_000 });
    const result = await recognition.call(LEISURE);
    expect(result.getSentence().map(({ text }) => text)).toEqual(['Yes.']);
    expect(result.getRequestId()).toBe(service.clients[0]?.taskId);
    expect(recognition.getLastRequestId()).toBe(service.clients[0]?.taskId);
    expect(recognition.getFirstPackageDelay()).toBeGreaterThanOrEqual(0);
    expect(recognition.getLastPackageDelay()).toBeGreaterThanOrEqual(0);
    expect(service.clients[0]?.audio.length).toBe(227_244);
  });

  it('recognises the next file in a new task', async () => {
    await using service = await startScriptedService({ client: sayYes });
    const recognition = new Recognition({ baseUrl: service.url, format: 'wav' });
    await recognition.call(LEISURE);
    await recognition.call(LEISURE);
    expect(new Set(service.clients.map(({ taskId }) => taskId)).size).toBe(2);
    expect(recognition.getSentences().map(({ sentence_id }) => sentence_id)).toEqual([1]);
  });

  it('keeps the sentences that were recognised before the task failed', async () => {
    await using service = await startScriptedService({ client: failAfterOne });
    const { recognition, events } = watched({ baseUrl: service.url, format: 'wav' });
    await expect(recognition.call(LEISURE)).rejects.toMatchObject({
      code: 'E_SERVER',
      serviceCode: 'InternalError',
    });
    expect(recognition.getSentences().map(({ text }) => text)).toEqual(['Saved.']);
    expect(recognition.getResponse()).toMatchObject({
      code: 'E_SERVER',
      requestId: service.clients[0]?.taskId,
    });
    expect(events).toEqual(['open', 'event Saved.', 'error E_SERVER', 'close']);
  });

  it.each([
    ['nowhere.wav', 'E_READ'],
    [fileURLToPath(new URL('../../fixtures/ill-disposed.mp3', import.meta.url)), 'E_PARAM'],
  ])('refuses a file that cannot be read or has another format: %s', async (file, code) => {
    await using service = await startScriptedService({});
    const { recognition, callbacks } = watched({ baseUrl: service.url, format: 'wav' });
    await expect(recognition.call(file)).rejects.toMatchObject({ code });
    expect(callbacks).toEqual([`error ${code}`, 'close']);
    expect(service.clients).toEqual([]);
  });
});

describe('a result', () => {
  const sentence = {
    sentence_id: 1,
    begin_time: 0,
    end_time: 900,
    text: 'Yes.',
    words: [],
    sentence_end: true as const,
    request_id: 'r-1',
    usage: { duration: 1 },
  };

  it.each([
    ['one sentence', new RecognitionResult<Sentence>(sentence, 'r-1'), 'Yes.', sentence],
    [
      'a list of sentences',
      new RecognitionResult<readonly FinalSentence[]>([sentence, { ...sentence, text: 'No.' }], 'r-1'),
      'Yes.\nNo.',
      [sentence, { ...sentence, text: 'No.' }],
    ],
  ])('prints %s as text, as JSON and in console.log()', (_, result, text, content) => {
    expect(String(result)).toBe(text);
    expect(JSON.parse(JSON.stringify(result))).toEqual({ request_id: 'r-1', sentence: content });
    expect(inspect(result)).toMatch(/^RecognitionResult \{\s+request_id: 'r-1',\s+sentence: /);
    expect(format('%s', result)).toContain(text.split('\n')[0]);
    expect(result.getUsage()).toEqual({ duration: 1 });
  });
});

describe('live audio', () => {
  it('emits its events in order, and calls the callbacks in the same order', async () => {
    await using service = await startScriptedService({ client: sayYes });
    const { recognition, events, callbacks } = watched({ baseUrl: service.url });
    await recognition.start();
    expect(events).toEqual(['open']);
    await recognition.sendAudioFrame(SECOND);
    await recognition.stop();
    expect(events).toEqual(['open', 'event Ye', 'event Yes.', 'complete', 'close']);
    expect(callbacks).toEqual(events);
    const response = recognition.getResponse() as RecognitionResult;
    expect(response.getUsage(response.getSentence())).toEqual({ duration: 1 });
    expect(RecognitionResult.isSentenceEnd(response.getSentence())).toBe(true);
  });

  it('iterates over its results', async () => {
    await using service = await startScriptedService({ client: sayYes });
    await using recognition = new Recognition({ baseUrl: service.url });
    await recognition.start();
    await recognition.sendAudioFrame(SECOND);
    const stopped = recognition.stop();
    const texts: string[] = [];
    for await (const result of recognition) texts.push(result.getSentence().text);
    expect(texts).toEqual(['Ye', 'Yes.']);
    await stopped;
  });

  it('rejects every pending call when the task fails, and emits one error event', async () => {
    await using service = await startScriptedService({ client: failAfterOne });
    const { recognition, events } = watched({ baseUrl: service.url });
    await recognition.start();
    await recognition.sendAudioFrame(SECOND);
    await expect(recognition.stop()).rejects.toMatchObject({ code: 'E_SERVER' });
    await expect(recognition.sendAudioFrame(SECOND)).rejects.toMatchObject({ code: 'E_SERVER' });
    expect(events).toEqual(['open', 'event Saved.', 'error E_SERVER', 'close']);
  });

  it('emits open only after the service has started the task', async () => {
    await using service = await startScriptedService({ client: () => undefined });
    const { recognition, events } = watched({ baseUrl: service.url, startTimeoutMs: 100 });
    await expect(recognition.start()).rejects.toMatchObject({ code: 'E_TIMEOUT' });
    expect(events).toEqual(['error E_TIMEOUT', 'close']);
  });

  it('rejects when the connection fails without an error listener', async () => {
    const service = await startScriptedService({});
    await service.close();
    const recognition = new Recognition({ baseUrl: service.url, maxRetries: 0 });
    await expect(recognition.start()).rejects.toBeInstanceOf(FunAsrError);
  });

  it('emits no error when it is closed before the end of the task', async () => {
    await using service = await startScriptedService({ client: sayYes });
    const { recognition, events } = watched({ baseUrl: service.url });
    await recognition.start();
    await recognition.close();
    expect(events).toEqual(['open', 'close']);
  });
});

describe('a call in the wrong state or with wrong options', () => {
  it('rejects with E_STATE', async () => {
    await using service = await startScriptedService({ client: sayYes });
    const recognition = new Recognition({ baseUrl: service.url });
    const state = { code: 'E_STATE' };
    await expect(recognition.sendAudioFrame(SECOND)).rejects.toMatchObject(state);
    await expect(recognition.stop()).rejects.toMatchObject(state);
    await recognition.start();
    await expect(recognition.start()).rejects.toMatchObject(state);
    await recognition.sendAudioFrame(SECOND);
    await recognition.stop();
    await expect(recognition.sendAudioFrame(SECOND)).rejects.toMatchObject(state);
    await expect(recognition.stop()).resolves.toBeUndefined();
  });

  it('throws in the constructor when an option is wrong', () => {
    expect(() => new Recognition({ apiKey: 'sk-x', maxSentenceSilence: 1 })).toThrow(
      'Recognition: option maxSentenceSilence',
    );
    expect(() => new Recognition({})).toThrow(expect.objectContaining({ code: 'E_NO_KEY' }));
  });
});
