import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FunAsrError } from '../../lib/core/errors.ts';
import { Recognition, type RecognitionOptions } from '../../lib/recognition/recognition.ts';
import { RecognitionResult } from '../../lib/recognition/recognition-result.ts';
import { type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';

const LEISURE = fileURLToPath(new URL('../../fixtures/leisure.wav', import.meta.url));
const SECOND = Buffer.alloc(32_000);

/** A task that says "Yes." after a second of audio. */
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

/** A recognition that notes its events and callbacks, in their order. What fails is not tried again. */
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

describe('a file', () => {
  it('is sent unchanged, and returns its final sentences', async () => {
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

  it('can be followed by another, in its own task', async () => {
    await using service = await startScriptedService({ client: sayYes });
    const recognition = new Recognition({ baseUrl: service.url, format: 'wav' });
    await recognition.call(LEISURE);
    await recognition.call(LEISURE);
    expect(new Set(service.clients.map(({ taskId }) => taskId)).size).toBe(2);
    expect(recognition.getSentences().map(({ sentence_id }) => sentence_id)).toEqual([1]);
  });

  it('keeps what was recognised when the task fails', async () => {
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
  ])('that cannot be read, or has another format, is an error: %s', async (file, code) => {
    await using service = await startScriptedService({});
    const { recognition, callbacks } = watched({ baseUrl: service.url, format: 'wav' });
    await expect(recognition.call(file)).rejects.toMatchObject({ code });
    expect(callbacks).toEqual([`error ${code}`, 'close']);
    expect(service.clients).toEqual([]);
  });
});

describe('live audio', () => {
  it('emits its events in their order', async () => {
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

  it('yields its results one by one', async () => {
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

  it('fails every waiting call, and emits one error event', async () => {
    await using service = await startScriptedService({ client: failAfterOne });
    const { recognition, events } = watched({ baseUrl: service.url });
    await recognition.start();
    await recognition.sendAudioFrame(SECOND);
    await expect(recognition.stop()).rejects.toMatchObject({ code: 'E_SERVER' });
    await expect(recognition.sendAudioFrame(SECOND)).rejects.toMatchObject({ code: 'E_SERVER' });
    expect(events).toEqual(['open', 'event Saved.', 'error E_SERVER', 'close']);
  });

  it('does not open before the service has started the task', async () => {
    await using service = await startScriptedService({ client: () => undefined });
    const { recognition, events } = watched({ baseUrl: service.url, startTimeoutMs: 100 });
    await expect(recognition.start()).rejects.toMatchObject({ code: 'E_TIMEOUT' });
    expect(events).toEqual(['error E_TIMEOUT', 'close']);
  });

  it('rejects without a listener for errors', async () => {
    const service = await startScriptedService({});
    await service.close();
    const recognition = new Recognition({ baseUrl: service.url, maxRetries: 0 });
    await expect(recognition.start()).rejects.toBeInstanceOf(FunAsrError);
  });

  it('can be closed before its end, which is not a failure', async () => {
    await using service = await startScriptedService({ client: sayYes });
    const { recognition, events } = watched({ baseUrl: service.url });
    await recognition.start();
    await recognition.close();
    expect(events).toEqual(['open', 'close']);
  });
});

describe('a wrong call', () => {
  it('is an error at once', async () => {
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

  it('with wrong options is refused by the constructor', () => {
    expect(() => new Recognition({ apiKey: 'sk-x', maxSentenceSilence: 1 })).toThrow(
      'Recognition: option maxSentenceSilence',
    );
    expect(() => new Recognition({})).toThrow(expect.objectContaining({ code: 'E_NO_KEY' }));
  });
});
