import OpenAI, { AuthenticationError, toFile } from 'openai';
import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../lib/service/engine.ts';
import { startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { openDoor, toneWav } from './door.ts';

const model = 'whisper-1';
const TRANSCRIPTIONS = '/v1/audio/transcriptions';

/** What an error of the client contains. */
function problem(status: number, code: string, param: string | null, message = /./): object {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return { status, code, param, type, error: { message: expect.stringMatching(message), type, code, param } };
}

/** A form with a tone of a second, and more fields. */
async function form(fields: Readonly<Record<string, string>> = {}): Promise<FormData> {
  const data = new FormData();
  data.append('file', new File([toneWav(1)], 'tone.wav'));
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

/** Sends a request with any headers. */
async function ask(
  origin: string,
  path: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<{ status: number | undefined; headers: object; error: { code: string } }> {
  return await new Promise((resolve, reject) => {
    const request = httpRequest(origin + path, { method, headers }, (response) => {
      json(response).then(
        (value) =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            ...(value as { error: { code: string } }),
          }),
        reject,
      );
    });
    request.on('error', reject).end(body);
  });
}

/** A port that no program uses. */
async function freePort(): Promise<number> {
  const service = await startService({ engine: countingEngine(), port: 0 });
  await service.close();
  return service.port;
}

describe('the official client gets an error object', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), /^note\.wav: .*empty/],
    ['a text', Buffer.from('no audio '.repeat(1000)), /^note\.wav: contains no audio/],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * n * 7919) % 251)),
      /^note\.wav: /,
    ],
    ['a WAV file without samples', toneWav(0), /^note\.wav: no audio data/],
    ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\n/etc/hostname\n'), /^note\.wav: /],
  ])('for %s', async (_, bytes, message) => {
    const { client, leftovers } = await openDoor();
    const file = await toFile(bytes, 'note.wav');
    const call = client.audio.transcriptions.create({ file, model });
    await expect(call).rejects.toMatchObject({
      status: 400,
      param: 'file',
      error: { message: expect.stringMatching(message) },
    });
    expect(await leftovers()).toEqual([]);
  });

  it('for a wrong token, and for none', async () => {
    const { client, origin } = await openDoor({}, { token: 'x'.repeat(22) });
    await expect(client.models.list()).resolves.toMatchObject({ object: 'list' });
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${origin}/v1`, maxRetries: 0 });
    const file = await toFile(toneWav(1), 'tone.wav');
    const call = stranger.audio.transcriptions.create({ file, model });
    await expect(call).rejects.toMatchObject(problem(401, 'invalid_api_key', null));
    await expect(call).rejects.toBeInstanceOf(AuthenticationError);
    expect((await fetch(`${origin}/v1/models`)).status).toBe(401);
  });

  it('for a file that is too large, before all of it has arrived', async () => {
    const { client, leftovers } = await openDoor({ maxUploadBytes: 1_000_000 });
    const call = async (bytes: Buffer<ArrayBuffer>) =>
      await client.audio.transcriptions.create({ file: await toFile(bytes, 'long.wav'), model });
    const message = /^The file is larger than 1 MB\.$/;
    // The declared length is enough to refuse the second one.
    await expect(call(Buffer.alloc(2_000_000))).rejects.toMatchObject(
      problem(413, 'file_too_large', 'file', message),
    );
    await expect(call(Buffer.alloc(40_000_000))).rejects.toMatchObject(
      problem(413, 'file_too_large', 'file', message),
    );
    expect((await call(toneWav(31))).text).toContain('Second 31.');
    expect(await leftovers()).toEqual([]);
  });

  it('for a format that does not exist, and for fields that exclude each other', async () => {
    const { origin } = await openDoor();
    const call = async (fields: Readonly<Record<string, string>>): Promise<unknown> => {
      const response = await fetch(origin + TRANSCRIPTIONS, { method: 'POST', body: await form(fields) });
      const { error } = (await response.json()) as { error: { param: string } };
      return [response.status, error.param];
    };
    expect(await call({ response_format: 'diarized_json' })).toEqual([400, 'response_format']);
    expect(await call({ stream: 'true', response_format: 'srt' })).toEqual([400, 'stream']);
    expect(await call({ stream: 'perhaps' })).toEqual([400, 'stream']);
    expect(await call({ 'timestamp_granularities[]': 'word' })).toEqual([400, 'timestamp_granularities']);
    expect(await call({ 'timestamp_granularities[]': 'line' })).toEqual([400, 'timestamp_granularities']);
    expect(await call({ prompt: 'x'.repeat(70_000) })).toEqual([400, 'prompt']);
  });

  it('for a path and a model that do not exist', async () => {
    const { client } = await openDoor();
    const file = await toFile(toneWav(1), 'tone.wav');
    const translation = client.audio.translations.create({ file, model });
    await expect(translation).rejects.toMatchObject(problem(404, 'not_found', null));
    await expect(client.models.retrieve('gpt-4o')).rejects.toMatchObject(
      problem(404, 'model_not_found', 'model'),
    );
    await expect(client.models.retrieve(model)).resolves.toMatchObject({ id: model, object: 'model' });
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(['counting', model]);
  });

  it('for a service whose engine is not open yet', async () => {
    const answers: unknown[] = [];
    const reported: unknown[] = [];
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const opening = async (): Promise<Engine> => {
      const stranger = new OpenAI({ apiKey: 'any', baseURL: `${origin}/v1`, maxRetries: 0 });
      const file = await toFile(toneWav(1), 'tone.wav');
      const error = await stranger.audio.transcriptions
        .create({ file, model })
        .catch((cause: unknown) => cause);
      answers.push(error, (error as { headers: Headers }).headers.get('retry-after'));
      answers.push(await ask(origin, '/v1/models', 'GET', { host: 'evil.example' }));
      return countingEngine();
    };
    const { client } = await openDoor(
      { onError: (error) => reported.push(error) },
      { port, engine: opening },
    );
    expect(answers).toMatchObject([
      problem(503, 'service_unavailable', null, /^The service is starting\.$/),
      '5',
      { status: 403, error: { code: 'access_denied' } },
    ]);
    expect(reported).toEqual([]);
    expect((await client.models.list()).data).toHaveLength(2);
  });

  it('for an engine that fails, and calls onError', async () => {
    const errors: string[] = [];
    const broken = {
      model: 'broken',
      languages: [],
      open: () => {
        throw new Error('no memory is left');
      },
      close: async () => {},
    };
    const { client } = await openDoor({ onError: ({ code }) => errors.push(code) }, { engine: broken });
    const file = await toFile(toneWav(1), 'tone.wav');
    const call = client.audio.transcriptions.create({ file, model });
    await expect(call).rejects.toMatchObject({ status: 500, type: 'server_error' });
    expect(errors).toHaveLength(1);
  });
});

/** An engine that fails after three seconds of audio. */
function failingEngine(): Engine {
  const engine = countingEngine();
  return {
    ...engine,
    open: (options) => {
      const stream = engine.open(options);
      let bytes = 0;
      return {
        silenceMs: 0,
        write: async (pcm) => {
          bytes += pcm.length;
          if (bytes > 3.5 * 32_000) throw new Error('no memory is left');
          await stream.write(pcm);
        },
        end: async () => await stream.end(),
        destroy: () => stream.destroy(),
      };
    },
  };
}

describe('a recognition that fails in the middle', () => {
  it('gives an error with the text so far', async () => {
    const { client } = await openDoor({}, { engine: failingEngine() });
    const file = await toFile(toneWav(10), 'tone.wav');
    const call = client.audio.transcriptions.create({ file, model });
    await expect(call).rejects.toMatchObject({
      status: 500,
      error: { partial_text: 'Second 1. Second 2. Second 3.' },
    });
  });

  it('ends a stream with an error, after the sentences so far', async () => {
    const errors: string[] = [];
    const onError = ({ code }: { readonly code: string }): void => void errors.push(code);
    const { client } = await openDoor({ onError }, { engine: failingEngine() });
    const file = await toFile(toneWav(10), 'tone.wav');
    const events = await client.audio.transcriptions.create({ file, model, stream: true });
    const deltas: string[] = [];
    const read = async (): Promise<void> => {
      for await (const event of events) if (event.type === 'transcript.text.delta') deltas.push(event.delta);
    };
    await expect(read()).rejects.toMatchObject({ type: 'server_error', code: 'E_ENGINE' });
    expect(deltas.join('')).toBe('Second 1. Second 2. Second 3.');
    expect(errors).toEqual(['E_ENGINE']);
  });
});

describe('the door', () => {
  it('answers HEAD of the models as GET, without a body', async () => {
    const { origin } = await openDoor();
    const [head, got] = await Promise.all(
      ['HEAD', 'GET'].map((method) => fetch(`${origin}/v1/models`, { method })),
    );
    expect([head?.status, await head?.text()]).toEqual([200, '']);
    expect(head?.headers.get('content-length')).toBe(got?.headers.get('content-length'));
    const upload = await fetch(origin + TRANSCRIPTIONS, { method: 'HEAD' });
    expect([upload.status, upload.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it.each([
    ['a web page', 'GET', '/v1/models', { origin: 'https://evil.example' }, 403, 'access_denied'],
    ['a page of its own origin', 'GET', '/v1/models', { origin: 'http://127.0.0.1:1' }, 403, 'access_denied'],
    ['a foreign host name', 'GET', '/v1/models', { host: 'evil.example' }, 403, 'access_denied'],
    [
      'a preflight request',
      'OPTIONS',
      TRANSCRIPTIONS,
      { origin: 'https://evil.example' },
      403,
      'access_denied',
    ],
    ['another method', 'GET', TRANSCRIPTIONS, {}, 405, 'method_not_allowed'],
    [
      'a body that is not a form',
      'POST',
      TRANSCRIPTIONS,
      { 'content-type': 'application/json' },
      400,
      'invalid_request',
    ],
    [
      'a form without a boundary',
      'POST',
      TRANSCRIPTIONS,
      { 'content-type': 'multipart/form-data' },
      400,
      'invalid_request',
    ],
    [
      'a form that breaks off',
      'POST',
      TRANSCRIPTIONS,
      { 'content-type': 'multipart/form-data; boundary=b' },
      400,
      'invalid_request',
    ],
  ])('refuses %s, without CORS headers', async (_, method, path, headers, status, code) => {
    const { origin, leftovers } = await openDoor();
    const body = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF';
    const answer = await ask(origin, path, method, headers, method === 'POST' ? body : '');
    expect(answer).toMatchObject({ status, error: { code } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  it('refuses a form without a file, with two, and with a file in another field', async () => {
    const { origin, leftovers } = await openDoor();
    const send = async (change: (data: FormData) => void): Promise<unknown> => {
      const data = new FormData();
      data.append('model', model);
      change(data);
      const response = await fetch(origin + TRANSCRIPTIONS, { method: 'POST', body: data });
      const { error } = (await response.json()) as { error: { message: string } };
      return [response.status, error.message];
    };
    const file = new File([toneWav(1)], 'tone.wav');
    expect(await send(() => {})).toEqual([400, expect.stringMatching(/no file/)]);
    expect(await send((data) => data.append('file', 'a text'))).toEqual([
      400,
      expect.stringMatching(/no file/),
    ]);
    expect(await send((data) => data.append('audio', file))).toEqual([
      400,
      expect.stringMatching(/field audio/),
    ]);
    const two = (data: FormData): void => {
      data.append('file', file);
      data.append('file', file);
    };
    expect(await send(two)).toEqual([400, expect.stringMatching(/more than one file/)]);
    expect(await leftovers()).toEqual([]);
  });
});
