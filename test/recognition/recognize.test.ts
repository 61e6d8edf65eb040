import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { FunAsrError } from '../../lib/core/errors.ts';
import { heartbeat, taskFailed } from '../../lib/protocol/messages/service-events.ts';
import { recognize, type RecognizeOptions } from '../../lib/recognize.ts';
import type { Sentence } from '../../lib/sentence.ts';
import { respond, type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';

/** Silence as frames of 100 ms. */
function silence(seconds: number): Buffer[] {
  return Array.from({ length: seconds * 10 }, () => Buffer.alloc(3200));
}

interface Outcome {
  readonly sentences: Sentence[];
  readonly warnings: FunAsrError[];
  readonly error: unknown;
}

/** Sends audio through the stage and collects its results. Failures are not retried. */
async function run(audio: Buffer[], options: RecognizeOptions): Promise<Outcome> {
  const stage = recognize({ maxRetries: 0, ...options });
  const sentences: Sentence[] = [];
  const warnings: FunAsrError[] = [];
  stage.on('warning', (warning: FunAsrError) => warnings.push(warning));
  stage.on('data', (sentence: Sentence) => sentences.push(sentence));
  const error: unknown = await pipeline(Readable.from(audio), stage).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return { sentences, warnings, error };
}

async function runAgainst(
  script: (client: ScriptedClient) => unknown,
  options: RecognizeOptions = {},
  audio: Buffer[] = silence(1),
): Promise<Outcome & { client: ScriptedClient | undefined }> {
  await using service = await startScriptedService({ client: script });
  const outcome = await run(audio, { baseUrl: service.url, ...options });
  return { ...outcome, client: service.clients[0] };
}

/** A task without results. */
async function finishes(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.finishTask();
}

describe('a task without faults', () => {
  it('yields partial and final sentences in the order of the service', async () => {
    const { sentences, error } = await runAgainst(async (client) => {
      await client.startTask();
      client.partial('turn the', 100);
      client.final('Turn the light on.', 100, 800);
      client.final('Please.', 850, 990);
      await client.finishTask();
    });
    expect(error).toBeUndefined();
    expect(sentences.map(({ text, sentence_id, sentence_end }) => [sentence_id, text, sentence_end])).toEqual(
      [
        [1, 'turn the', false],
        [1, 'Turn the light on.', true],
        [2, 'Please.', true],
      ],
    );
    expect(sentences[1]).toMatchObject({ begin_time: 100, end_time: 800, usage: { duration: 1 } });
  });

  it('has the id of its task on every sentence', async () => {
    const { sentences, client } = await runAgainst(async (scripted) => {
      await scripted.startTask();
      scripted.final('Yes.', 0, 500);
      await scripted.finishTask();
    });
    expect(sentences[0]?.request_id).toBe(client?.taskId);
    expect(client?.taskId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('waits for the sentence that comes after finish-task', async () => {
    const { sentences } = await runAgainst(async (client) => {
      await client.startTask();
      await client.action('finish-task');
      client.final('The tail.', 200, 900);
      await client.finishTask();
    });
    expect(sentences.map(({ text }) => text)).toEqual(['The tail.']);
  });

  it('sends audio only after task-started, unchanged and in frames of at most 16 KiB', async () => {
    const audio = [Buffer.alloc(40_000, 1), Buffer.alloc(3201, 2), Buffer.alloc(99, 3)];
    const { client } = await runAgainst(
      async (scripted) => {
        await scripted.action('run-task');
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(scripted.audio.length).toBe(0);
        await scripted.startTask();
        await scripted.finishTask();
      },
      {},
      audio,
    );
    expect(client?.audio.equals(Buffer.concat(audio))).toBe(true);
    expect(client?.received.filter((item) => typeof item === 'number').every((size) => size <= 16_384)).toBe(
      true,
    );
    expect(client?.received.at(-1)).toMatchObject({ action: 'finish-task' });
  });

  it('sends parameters under their wire names, and only those that were given', async () => {
    const { client } = await runAgainst(
      async (scripted) => {
        await scripted.startTask();
        await scripted.finishTask();
      },
      { languageHints: ['en'], maxSentenceSilence: 500, semanticPunctuation: false, heartbeat: false },
    );
    expect(client?.received[0]).toEqual({
      action: 'run-task',
      taskId: client?.taskId,
      model: 'fun-asr-realtime',
      parameters: {
        format: 'pcm',
        sample_rate: 16000,
        language_hints: ['en'],
        max_sentence_silence: 500,
        semantic_punctuation_enabled: false,
        heartbeat: false,
      },
    });
  });

  it('sends a hot-word list of the older kind outside the parameters', async () => {
    const { client } = await runAgainst(
      async (scripted) => {
        await scripted.startTask();
        await scripted.finishTask();
      },
      { phraseId: 'phrases-1', heartbeat: false },
    );
    expect(client?.received[0]).toMatchObject({
      phraseId: 'phrases-1',
      parameters: { format: 'pcm', sample_rate: 16000 },
    });
  });

  it('sends the context and hot words of the request to the models that take them, in the input and the parameters', async () => {
    const { client, warnings } = await runAgainst(finishes, {
      model: 'qwen-audio-3.1-asr-flash-streaming',
      context: 'Moonshine, Fun-ASR',
      vocabulary: { Moonshine: 50 },
    });
    expect(client?.received[0]).toEqual({
      action: 'run-task',
      taskId: client?.taskId,
      model: 'qwen-audio-3.1-asr-flash-streaming',
      parameters: { format: 'pcm', sample_rate: 16000, vocabulary: { Moonshine: 50 } },
      context: [{ role: 'user', content: [{ type: 'input_text', text: 'Moonshine, Fun-ASR' }] }],
    });
    expect(warnings).toEqual([]);
  });

  it('sends no context unless it is given', async () => {
    const { client } = await runAgainst(finishes);
    expect(client?.received[0]).not.toHaveProperty('context');
  });

  it('does not send context and hot words to a model that has none, and says so', async () => {
    const { client, warnings } = await runAgainst(finishes, {
      model: 'fun-asr-realtime-2026-02-28',
      context: 'Moonshine',
      vocabulary: { Moonshine: 4 },
    });
    expect(client?.received[0]).not.toHaveProperty('context');
    expect(client?.received[0]).not.toHaveProperty('parameters.vocabulary');
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['W_OPTION', 'option vocabulary has no effect on model fun-asr-realtime-2026-02-28'],
      ['W_OPTION', 'option context has no effect on model fun-asr-realtime-2026-02-28'],
    ]);
  });

  it('sends the context with each task, also with the one after a failure', async () => {
    let tasks = 0;
    await using service = await startScriptedService({
      client: async (client) => {
        tasks += 1;
        if (tasks > 1) return finishes(client);
        await client.startTask();
        client.socket.terminate();
      },
    });
    const context = [{ role: 'user', content: [{ type: 'input_text', text: 'Moonshine' }] }] as const;
    const { error } = await run(silence(1), {
      baseUrl: service.url,
      context,
      maxRetries: 1,
      retryDelayMs: 1,
    });
    expect(error).toBeUndefined();
    expect(service.clients.map(({ received }) => received[0])).toEqual([
      expect.objectContaining({ context }),
      expect.objectContaining({ context }),
    ]);
  });

  it('keeps the key in the header of the upgrade', async () => {
    const { client } = await runAgainst(
      async (scripted) => {
        await scripted.startTask();
        await scripted.finishTask();
      },
      { apiKey: () => Promise.resolve('sk-canary'), workspaceId: 'ws-1' },
    );
    expect(client?.request.headers).toMatchObject({
      authorization: 'Bearer sk-canary',
      'x-dashscope-workspace': 'ws-1',
    });
    expect(client?.request.url).toBe('/api-ws/v1/inference');
  });

  it('does not connect without audio', async () => {
    const { sentences, error, client } = await runAgainst(() => undefined, {}, []);
    expect([sentences, error, client]).toEqual([[], undefined, undefined]);
  });

  it('ends without sentences when the service finds no speech', async () => {
    const { sentences, error } = await runAgainst(async (client) => {
      await client.startTask();
      await client.action('finish-task');
      client.fail('NO_VALID_AUDIO_ERROR', 'NO_VALID_AUDIO_ERROR');
    });
    expect([sentences, error]).toEqual([[], undefined]);
  });
});

describe('other messages of the service', () => {
  it('are skipped with a warning: events of other tasks, unknown events and invalid JSON; heartbeats without one', async () => {
    const { sentences, warnings, error } = await runAgainst(async (client) => {
      await client.startTask();
      const sentence = { sentence_id: 0, begin_time: 0, end_time: null, heartbeat: true, words: [] };
      const header = { task_id: client.taskId, event: 'result-generated', attributes: {} };
      client.send(JSON.stringify({ header, payload: { output: { sentence }, usage: null } }));
      client.send(JSON.stringify({ header: { task_id: 'other', event: 'task-finished' }, payload: {} }));
      client.send(JSON.stringify({ header: { ...header, event: 'news' }, payload: {} }));
      client.send('{"header":');
      client.final('Still here.', 0, 700);
      await client.finishTask();
    });
    expect(error).toBeUndefined();
    expect(sentences.map(({ text }) => text)).toEqual(['Still here.']);
    expect(warnings.map(({ code }) => code)).toEqual(['W_MESSAGE', 'W_MESSAGE', 'W_MESSAGE']);
  });

  it('are reported once for each kind in a task', async () => {
    const { warnings, error } = await runAgainst(async (client) => {
      await client.startTask();
      for (let n = 0; n < 5; n += 1) {
        client.send(JSON.stringify({ header: { task_id: client.taskId, event: `news-${n}` }, payload: {} }));
        client.send(JSON.stringify({ header: { task_id: 'other', event: 'task-started' }, payload: {} }));
        client.send('{"header":');
      }
      await client.finishTask();
    });
    expect(error).toBeUndefined();
    expect(warnings.map(({ message }) => message)).toEqual([
      'an unknown event was skipped: news-0',
      'an event of another task was skipped: task-started',
      expect.stringMatching(/^a message of the service was skipped/) as string,
    ]);
  });

  it('may repeat a final sentence, which is dropped; the same text at another time is kept', async () => {
    const { sentences } = await runAgainst(async (client) => {
      await client.startTask();
      await client.audioBytes(32_000);
      client.final('Yes.', 0, 300);
      client.final('Yes.', 0, 300);
      client.final('Yes.', 400, 700);
      await client.finishTask();
    });
    expect(sentences.map(({ begin_time, text }) => [begin_time, text])).toEqual([
      [0, 'Yes.'],
      [400, 'Yes.'],
    ]);
  });

  it('may have unknown fields, which pass through', async () => {
    const { sentences } = await runAgainst(async (client) => {
      await client.startTask();
      client.final('Hello.', 0, 300, { emo_tag: 'neutral', channel_id: 0 });
      await client.finishTask();
    });
    expect(sentences[0]).toMatchObject({ emo_tag: 'neutral', channel_id: 0 });
  });

  it('are an error when they are larger than a megabyte', async () => {
    const { error } = await runAgainst(async (client) => {
      await client.startTask();
      client.send('x'.repeat(1024 * 1024 + 1));
    });
    expect(error).toMatchObject({ code: 'E_PROTOCOL', cause: { code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' } });
  });
});

describe('a task that fails', () => {
  it.each([
    ['InvalidApiKey', 'Invalid API-key provided.', 'E_AUTH', false],
    ['AccessDenied.Unpurchased', 'Access to model denied.', 'E_FORBIDDEN', false],
    ['Arrearage', 'Access denied, please make sure your account is in good standing.', 'E_FORBIDDEN', false],
    ['Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.', 'E_THROTTLED', true],
    ['ModelNotFound', 'Model can not be found.', 'E_PARAM', false],
    [
      'InvalidParameter',
      "Missing required parameter 'payload.input'! Please follow the protocol!",
      'E_PROTOCOL',
      false,
    ],
    ['InternalError', 'oops', 'E_SERVER', true],
    ['CLIENT_ERROR', 'request timeout after 23 seconds.', 'E_TIMEOUT', true],
    ['Brand.NewCode', 'never seen', 'E_SERVER', false],
  ])('with %s is a typed error with the request id', async (serviceCode, message, code, retryable) => {
    const { error, client } = await runAgainst(async (scripted) => {
      await scripted.startTask();
      await scripted.audioBytes(3200);
      scripted.fail(serviceCode, message);
    });
    expect(error).toBeInstanceOf(FunAsrError);
    expect(error).toMatchObject({ code, serviceCode, retryable, requestId: client?.taskId });
    expect((error as Error).message).toContain(message);
  });

  it('keeps the sentences that came before', async () => {
    const { sentences, error } = await runAgainst(async (client) => {
      await client.startTask();
      client.final('Saved.', 0, 300);
      client.fail('InternalError', 'oops');
    });
    expect(sentences.map(({ text }) => text)).toEqual(['Saved.']);
    expect(error).toMatchObject({ code: 'E_SERVER' });
  });

  it('keeps them for a late reader', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        client.final('Saved.', 0, 300);
        client.final('Saved, too.', 400, 700);
        client.fail('InternalError', 'oops');
      },
    });
    const stage = recognize({ baseUrl: service.url, maxRetries: 0 });
    stage.write(Buffer.alloc(32_000));
    while (stage.readableLength < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const texts: string[] = [];
    const reading = async () => {
      for await (const { text } of stage as AsyncIterable<Sentence>) texts.push(text);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'E_SERVER' });
    expect(texts).toEqual(['Saved.', 'Saved, too.']);
  });

  it.each([
    [1000, 'E_CONNECTION_LOST', true],
    [1011, 'E_CONNECTION_LOST', true],
    [1007, 'E_PROTOCOL', true],
    [1008, 'E_FORBIDDEN', false],
  ])('is not a success when the connection is closed with %i', async (closeCode, code, retryable) => {
    const { error } = await runAgainst(async (client) => {
      await client.startTask();
      await client.action('finish-task');
      client.socket.close(closeCode, 'bye');
    });
    expect(error).toMatchObject({ code, retryable });
  });

  it('notices a socket that is destroyed', async () => {
    const { error } = await runAgainst(async (client) => {
      await client.startTask();
      await client.audioBytes(3200);
      client.socket.terminate();
    });
    expect(error).toMatchObject({ code: 'E_CONNECTION_LOST', retryable: true });
  });

  it('is not a success with a task-finished that was not asked for', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        await client.audioBytes(3200);
        client.send(
          JSON.stringify({ header: { task_id: client.taskId, event: 'task-finished' }, payload: {} }),
        );
      },
    });
    const stage = recognize({ baseUrl: service.url, maxRetries: 0 });
    stage.write(Buffer.alloc(3200));
    const [error] = (await once(stage, 'error').catch((failure: unknown) => [failure])) as [FunAsrError];
    expect(error).toMatchObject({ code: 'E_CONNECTION_LOST', retryable: true });
  });
});

describe('a service that does not answer', () => {
  it('is given up while connecting', async () => {
    await using service = await startScriptedService({ upgrade: () => true });
    const { error } = await run(silence(1), { baseUrl: service.url, connectTimeoutMs: 100 });
    expect(error).toMatchObject({ code: 'E_TIMEOUT', retryable: true });
    expect((error as Error).message).toContain('did not open a connection');
  });

  it('is given up while starting the task', async () => {
    const { error } = await runAgainst(() => undefined, { startTimeoutMs: 100 });
    expect(error).toMatchObject({ code: 'E_TIMEOUT' });
    expect((error as Error).message).toContain('did not start the task');
  });

  it('is given up when it takes no more audio', async () => {
    const audio = Array.from({ length: 3000 }, () => Buffer.alloc(16_000));
    const { error } = await runAgainst(
      async (client) => {
        await client.startTask();
        client.socket.pause();
      },
      { stallTimeoutMs: 200 },
      audio,
    );
    expect(error).toMatchObject({ code: 'E_TIMEOUT' });
    expect((error as Error).message).toContain('did not take audio');
  });

  it('is given up when it never finishes, and its sentences are kept', async () => {
    const { sentences, error } = await runAgainst(
      async (client) => {
        await client.startTask();
        client.final('Kept.', 0, 990);
      },
      { finishTimeoutMs: 123 },
    );
    expect(sentences.map(({ text }) => text)).toEqual(['Kept.']);
    expect(error).toMatchObject({
      code: 'E_TIMEOUT',
      message: expect.stringMatching(/did not finish the task within 0\.\d s$/),
    });
  });

  it('is waited for as long as results arrive', async () => {
    const { sentences, error } = await runAgainst(
      async (client) => {
        await client.startTask();
        await client.action('finish-task');
        // Longer than the limit for one result, which is far longer than the wait between two.
        for (let tenth = 0; tenth < 15; tenth += 1) {
          client.final('Slow.', tenth * 100, tenth * 100 + 90);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        await client.finishTask();
      },
      { finishTimeoutMs: 1000 },
      silence(2),
    );
    expect(error).toBeUndefined();
    expect(sentences).toHaveLength(15);
  });
});

describe('a service that only sends heartbeats', () => {
  async function sendHeartbeats(client: ScriptedClient, forMs: number): Promise<void> {
    const end = performance.now() + forMs;
    while (performance.now() < end && client.socket.readyState === client.socket.OPEN) {
      client.send(heartbeat(client.taskId));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('after finish-task is given up after the duration of the audio', async () => {
    const { error } = await runAgainst(
      async (client) => {
        await client.startTask();
        await client.action('finish-task');
        await sendHeartbeats(client, Infinity);
      },
      { finishTimeoutMs: 200 },
    );
    expect(error).toMatchObject({
      code: 'E_TIMEOUT',
      message: expect.stringContaining('did not finish the task') as string,
    });
  });

  it('after finish-task is waited for until the duration of the audio has passed', async () => {
    const { error } = await runAgainst(
      async (client) => {
        await client.startTask();
        await client.action('finish-task');
        // Twice the limit without any message, and far less than the duration of the audio.
        await sendHeartbeats(client, 2200);
        await client.finishTask();
      },
      { finishTimeoutMs: 100 },
      silence(10),
    );
    expect(error).toBeUndefined();
  });
});

describe('audio in chunks of odd length', () => {
  it.each([[[3201]], [[1001, 2001, 333]], [[...Array<number>(40).fill(777), 16_385]]])(
    'of %j bytes is sent unchanged, in one task',
    async (lengths) => {
      const pieces = lengths.map((length, n) => Buffer.alloc(length, n + 1));
      await using service = await startScriptedService({
        async client(client) {
          await client.startTask();
          await client.finishTask();
        },
      });
      const { error } = await run(pieces, { baseUrl: service.url });
      expect([error, service.clients.length]).toEqual([undefined, 1]);
      expect(service.clients[0]?.audio.equals(Buffer.concat(pieces))).toBe(true);
    },
  );
});

describe('a failure that comes early', () => {
  it('is read even in the same packet as the upgrade', async () => {
    await using service = await startScriptedService({
      client(client) {
        client.send(taskFailed('', 'AccessDenied.Unpurchased', 'Access to model denied.'));
        client.socket.close();
      },
    });
    const { error } = await run(silence(1), { baseUrl: service.url, startTimeoutMs: 1000 });
    expect(error).toMatchObject({ code: 'E_FORBIDDEN', serviceCode: 'AccessDenied.Unpurchased' });
  });
});

describe('a key function', () => {
  const baseUrl = 'ws://127.0.0.1:1/api-ws/v1/inference';

  it('is given up when it takes too long', async () => {
    const apiKey = () => new Promise<string>(() => {});
    const { error } = await run(silence(1), { baseUrl, apiKey, connectTimeoutMs: 100 });
    expect(error).toMatchObject({ code: 'E_TIMEOUT' });
  });

  it('that fails is an error with its reason', async () => {
    const apiKey = () => Promise.reject(new Error('the vault is closed'));
    const { error } = await run(silence(1), { baseUrl, apiKey });
    expect(error).toMatchObject({
      code: 'E_NO_KEY',
      message: 'the key function failed: the vault is closed',
    });
  });

  it('can be aborted while it is waited for', async () => {
    const controller = new AbortController();
    const apiKey = () => {
      setImmediate(() => controller.abort());
      return new Promise<string>(() => {});
    };
    const { error } = await run(silence(1), { baseUrl, apiKey, signal: controller.signal });
    expect(error).toMatchObject({ name: 'AbortError' });
  });
});

describe('a connection that is refused', () => {
  const body = '{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"x"}';
  it.each([
    [401, body, 'E_AUTH', false],
    [401, '', 'E_AUTH', false],
    [403, '{"code":"AccessDenied.Unpurchased","message":"Access to model denied."}', 'E_FORBIDDEN', false],
    [404, 'not here', 'E_ENDPOINT', false],
    [429, '', 'E_THROTTLED', true],
    [503, '<html>', 'E_SERVER', true],
    [302, '', 'E_UPGRADE', false],
    [200, 'a captive portal', 'E_UPGRADE', false],
  ])('with HTTP %i is an error with its reason', async (status, text, code, retryable) => {
    let requests = 0;
    await using service = await startScriptedService({
      upgrade(request, socket) {
        requests += 1;
        return respond(status, text, { location: 'http://127.0.0.1:1/' })(request, socket);
      },
    });
    const { error } = await run(silence(1), { baseUrl: service.url, apiKey: 'sk-canary-canary' });
    expect(error).toMatchObject({ code, retryable });
    expect((error as Error).message).toContain(`HTTP ${status}`);
    expect(JSON.stringify([error, (error as Error).stack])).not.toContain('canary');
    expect(requests).toBe(1);
  });

  it('because nothing listens is an error with host and port', async () => {
    const service = await startScriptedService({});
    await service.close();
    const { error } = await run(silence(1), { baseUrl: service.url });
    expect(error).toMatchObject({ code: 'E_CONNECT', retryable: true });
    expect((error as Error).message).toContain(new URL(service.url).host);
  });
});

describe('a stage in a pipeline', () => {
  it('slows a fast source down to a service that does not read', async () => {
    const progress = { written: 0 };
    function* endless() {
      for (; progress.written < 100_000; progress.written += 1) yield Buffer.alloc(3200);
    }
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        client.socket.pause();
      },
    });
    const controller = new AbortController();
    const stage = recognize({ baseUrl: service.url, signal: controller.signal });
    const flow = pipeline(Readable.from(endless()), stage).catch((error: unknown) => error);
    for (let before = -1; before !== progress.written || before === 0; ) {
      before = progress.written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    // The buffers of the system are not limited here. They are far smaller than the 320 MB of the source.
    expect(progress.written).toBeLessThan(10_000);
    controller.abort();
    expect(await flow).toMatchObject({ name: 'AbortError' });
  });

  it('slows a service down to a reader that does not read', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        await client.action('finish-task');
        for (let n = 0; n < 5000; n += 1) client.partial('much ado about nothing '.repeat(20), n);
        await client.finishTask();
      },
    });
    const stage = recognize({ baseUrl: service.url, finishTimeoutMs: 100 });
    stage.end(Buffer.alloc(32_000));
    await new Promise((resolve) => setTimeout(resolve, 500));
    // One packet of the network may contain many messages. All later ones wait in the service.
    expect(stage.readableLength).toBeLessThan(1000);
    const sentences = (await stage.toArray()) as Sentence[];
    expect(sentences).toHaveLength(5000);
  });

  it.each(['connecting', 'starting', 'streaming', 'finishing'])(
    'ends at once when aborted while %s',
    async (phase) => {
      const controller = new AbortController();
      const closed: Promise<unknown>[] = [];
      await using service = await startScriptedService({
        upgrade() {
          if (phase === 'connecting') controller.abort();
          return phase === 'connecting';
        },
        async client(client) {
          closed.push(once(client.socket, 'close'));
          await client.action('run-task');
          if (phase === 'starting') controller.abort();
          await client.startTask();
          if (phase === 'streaming') controller.abort();
          await client.action('finish-task');
          controller.abort();
        },
      });
      const { error } = await run(silence(1), { baseUrl: service.url, signal: controller.signal });
      expect(error).toMatchObject({ name: 'AbortError' });
      await Promise.all(closed);
    },
  );

  it('passes on what its reader throws', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        client.final('Yes.', 0, 300);
        await client.finishTask();
      },
    });
    const reader = new Transform({
      objectMode: true,
      transform() {
        throw new RangeError('my own bug');
      },
    });
    const failure = new Promise<Error>((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
    const stage = recognize({ baseUrl: service.url });
    stage.pipe(reader);
    stage.end(Buffer.alloc(32_000));
    const error = await failure;
    process.setUncaughtExceptionCaptureCallback(null);
    stage.destroy();
    expect(error.message).toBe('my own bug');
  });

  it('leaves the destruction of its source to the pipeline', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        client.fail('InternalError', 'oops');
      },
    });
    const source = new PassThrough();
    source.write(Buffer.alloc(3200));
    const flow = pipeline(source, recognize({ baseUrl: service.url, maxRetries: 0 }));
    await expect(flow).rejects.toMatchObject({ code: 'E_SERVER' });
    expect(source.destroyed).toBe(true);
  });
});

describe('a source that pauses', () => {
  it('is filled with silence with keepAlive, which does not count in the times', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        // One second of the source, and at least as much silence again.
        await client.audioBytes(64_000);
        client.final('Afterwards.', 1500, 2000);
        await client.finishTask();
      },
    });
    const stage = recognize({ baseUrl: service.url, keepAlive: true });
    stage.write(Buffer.alloc(32_000, 1));
    const [sentence] = (await once(stage, 'data')) as [Sentence];
    stage.end(Buffer.alloc(3200, 2));
    await once(stage, 'end');
    expect(sentence).toMatchObject({ begin_time: 1000, end_time: 1000 });
    const sent = service.clients[0]?.audio ?? Buffer.alloc(0);
    expect(sent.subarray(0, 32_000).every((byte) => byte === 1)).toBe(true);
    expect(sent.subarray(32_000, -3200).every((byte) => byte === 0)).toBe(true);
    expect(sent.subarray(-3200).every((byte) => byte === 2)).toBe(true);
  });

  it('is not filled without keepAlive', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        await client.finishTask();
      },
    });
    const stage = recognize({ baseUrl: service.url });
    stage.write(Buffer.alloc(3200));
    await new Promise((resolve) => setTimeout(resolve, 1700));
    stage.end();
    await once(stage.resume(), 'end');
    expect(service.clients[0]?.audio.length).toBe(3200);
  });
});

describe('encoded audio', () => {
  const file = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

  it('is sent unchanged', async () => {
    const bytes = file('ill-disposed.mp3');
    const { client } = await runAgainst(
      async (scripted) => {
        await scripted.startTask();
        await scripted.finishTask();
      },
      { format: 'mp3' },
      [bytes],
    );
    expect(client?.audio.equals(bytes)).toBe(true);
    expect(client?.received[0]).toMatchObject({ parameters: { format: 'mp3', sample_rate: 16_000 } });
  });

  it('of another format is refused before a connection is opened', async () => {
    const { error, client } = await runAgainst(() => undefined, { format: 'mp3' }, [file('leisure.wav')]);
    expect(error).toMatchObject({ code: 'E_PARAM', message: 'the audio is WAV, not mp3' });
    expect(client).toBeUndefined();
  });
});

describe('events', () => {
  it('report the start of the task, and the delays of its first and last results', async () => {
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        await client.audioBytes(32_000);
        client.final('Yes.', 0, 900);
        await client.finishTask();
      },
    });
    const stage = recognize({ baseUrl: service.url });
    const seen: unknown[] = [];
    stage.on('open', (taskId: string) => seen.push(['open', taskId]));
    stage.on('data', ({ text }: Sentence) => seen.push(['data', text]));
    stage.on('metrics', (metrics: object) => seen.push(['metrics', metrics]));
    stage.end(Buffer.alloc(32_000));
    await once(stage, 'end');
    const requestId = service.clients[0]?.taskId;
    expect(seen).toEqual([
      ['open', requestId],
      ['data', 'Yes.'],
      [
        'metrics',
        {
          requestId,
          firstPackageDelayMs: expect.any(Number) as number,
          lastPackageDelayMs: expect.any(Number) as number,
          tasks: 1,
          sentMs: 1000,
          resentMs: 0,
          billedSeconds: 1,
        },
      ],
    ]);
  });

  it('report options without effect', async () => {
    const { warnings } = await runAgainst(() => undefined, { languageHints: ['zh', 'en'] }, []);
    expect(warnings.map(({ code }) => code)).toEqual(['W_OPTION']);
  });
});

describe('options', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ maxSentenceSilence: 100 }, 'maxSentenceSilence must be an integer from 200 to 6000 ms, got 100'],
    [{ speechNoiseThreshold: 2 }, 'speechNoiseThreshold must be a number from -1 to 1, got 2'],
    [{ max_sentence_silence: 500 }, 'there is no option max_sentence_silence'],
    [{ format: 'ogg' }, "format must be one of pcm, wav, mp3, opus, speex, aac, amr, got 'ogg'"],
    [{ baseUrl: 'https://dashscope.aliyuncs.com/api-ws/v1/inference' }, 'is not a WebSocket URL'],
    [{ baseUrl: 'ws://example.com/api-ws/v1/inference' }, 'unencrypted'],
    [{ baseUrl: 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime' }, 'another protocol'],
  ])('are refused before anything starts: %o', (options, message) => {
    expect(() => recognize({ apiKey: 'sk-x', ...options })).toThrow(message);
  });

  it('suggest the correct name', () => {
    const misspelt = { max_sentence_silence: 500 } as RecognizeOptions;
    expect(() => recognize(misspelt)).toThrow(
      expect.objectContaining({ hint: 'Did you mean maxSentenceSilence?' }),
    );
  });

  it('need a key, unless the service is on this machine', () => {
    expect(() => recognize({ engine: 'cloud' })).toThrow(expect.objectContaining({ code: 'E_NO_KEY' }));
    expect(() => recognize({ apiKey: '' })).toThrow(expect.objectContaining({ code: 'E_NO_KEY' }));
    expect(() => recognize({ baseUrl: 'ws://127.0.0.1:1/' }).destroy()).not.toThrow();
  });
});
