import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { toFile } from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHANNELS, type WireDiagnostics } from '../../lib/recognition/events/diagnostics.ts';
import { openAiDoor } from '../../lib/openai/openai-door.ts';
import { type Service, startService } from '../../lib/service/service.ts';
import { CANARY, leaks } from '../support/canary.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { openDoor, toneWav } from './door.ts';

const model = 'whisper-1';

/** A service in place of the cloud, which accepts one key. */
async function startCloud(): Promise<Service> {
  const service = await startService({ engine: countingEngine(), port: 0, token: CANARY });
  onTestFinished(() => service.close());
  return service;
}

describe('a door in front of the cloud', () => {
  it('recognises there with its own key, which no client sees', async () => {
    const cloud = await startCloud();
    const { client } = await openDoor(
      { engine: 'cloud', baseUrl: cloud.url, apiKey: CANARY },
      { token: 'client-token' },
    );
    const file = await toFile(toneWav(2), 'tone.wav');
    const { data, response } = await client.audio.transcriptions.create({ file, model }).withResponse();
    expect(data.text).toBe('Second 1. Second 2.');
    expect(leaks(JSON.stringify([data, [...response.headers]]))).toEqual([]);
  });

  it('hides the key when the cloud refuses it, and asks the client not to try again', async () => {
    const cloud = await startService({ engine: countingEngine(), port: 0, token: 'another-key' });
    onTestFinished(() => cloud.close());
    const reported: string[] = [];
    const { client } = await openDoor({
      engine: 'cloud',
      baseUrl: cloud.url,
      apiKey: CANARY,
      onError: (error) => reported.push(`${error.code} ${String(error)}`),
    });
    const file = await toFile(toneWav(2), 'tone.wav');
    const call = client.audio.transcriptions.create({ file, model });
    const error = (await call.catch((cause: unknown) => cause)) as {
      status: number;
      code: string;
      headers: Headers;
    };
    expect(error).toMatchObject({ status: 502, code: 'E_AUTH', type: 'server_error' });
    expect(error.headers.get('x-should-retry')).toBe('false');
    expect(reported).toEqual([expect.stringMatching(/^E_AUTH /)]);
    expect(leaks(JSON.stringify([error, [...error.headers], reported]))).toEqual([]);
  });

  it('lists the models of the cloud, and uses the one that the client names', async () => {
    const cloud = await startCloud();
    const { client } = await openDoor({ engine: 'cloud', baseUrl: cloud.url, apiKey: CANARY });
    const ids = (await client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['fun-asr-realtime', 'paraformer-realtime-v2', 'whisper-1']));
    const { models } = await tracing(async () => {
      for (const name of ['paraformer-realtime-v2', 'whisper-1', 'no-such-model']) {
        const file = await toFile(toneWav(1), 'tone.wav');
        await client.audio.transcriptions.create({ file, model: name });
      }
    });
    expect(models).toEqual(['paraformer-realtime-v2', 'fun-asr-realtime', 'fun-asr-realtime']);
  });

  it('sends the end of the prompt as context to the models that have one', async () => {
    const cloud = await startCloud();
    const { client } = await openDoor({ engine: 'cloud', baseUrl: cloud.url, apiKey: CANARY });
    const prompt = `${'x'.repeat(500)} Willoughby`;
    const { contexts } = await tracing(async () => {
      const file = await toFile(toneWav(1), 'tone.wav');
      await client.audio.transcriptions.create({ file, model, prompt });
      await client.audio.transcriptions.create({ file, model: 'paraformer-realtime-v2', prompt });
    });
    expect(contexts).toEqual([expect.stringMatching(/^x{389} Willoughby$/), undefined]);
  });

  it('continues with the local engine when the cloud cannot be used', async () => {
    const cloud = await startService({ engine: countingEngine(), port: 0, token: 'another-key' });
    onTestFinished(() => cloud.close());
    const reported: string[] = [];
    const { client } = await openDoor({
      engine: 'cloud',
      nextEngines: ['local'],
      baseUrl: cloud.url,
      apiKey: CANARY,
      onError: ({ code }) => reported.push(code),
    });
    const file = await toFile(toneWav(2), 'tone.wav');
    expect((await client.audio.transcriptions.create({ file, model })).text).toBe('Second 1. Second 2.');
    expect(reported).toEqual(['E_AUTH']);
  });
});

describe('openAiDoor', () => {
  it.each([
    ['an unknown option', { maxUpload: 5 }, 'E_OPTION'],
    ['a size that is not a number', { maxUploadBytes: '5 MB' }, 'E_OPTION'],
    ['an unknown engine', { engine: 'whisper' }, 'E_OPTION'],
    ['an unknown engine after the first one', { nextEngines: ['whisper'] }, 'E_OPTION'],
    ['an unknown local model', { engine: 'local', model: 'tiny' }, 'E_OPTION'],
    ['the cloud without a key', { engine: 'cloud' }, 'E_NO_KEY'],
  ])('refuses %s before the service is started', (_, options, code) => {
    expect(() => openAiDoor(options as object)).toThrow(expect.objectContaining({ code }));
  });
});

/** The model and the context of each task that is started during some work. */
async function tracing(
  work: () => Promise<void>,
): Promise<{ models: (string | undefined)[]; contexts: (string | undefined)[] }> {
  const models: (string | undefined)[] = [];
  const contexts: (string | undefined)[] = [];
  const listener = (message: unknown): void => {
    const { direction, text } = message as WireDiagnostics;
    if (direction !== 'sent' || !text?.includes('run-task')) return;
    const { payload } = JSON.parse(text) as {
      payload: { model?: string; input: { context?: { content: { text: string }[] }[] } };
    };
    models.push(payload.model);
    contexts.push(payload.input.context?.[0]?.content[0]?.text);
  };
  subscribe(CHANNELS.wire, listener);
  await work().finally(() => unsubscribe(CHANNELS.wire, listener));
  return { models, contexts };
}
