import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Gap, Reconnect } from '../../lib/recognition/events/diagnostics.ts';
import { taskFinished, taskStarted } from '../../lib/protocol/messages/service-events.ts';
import { recognize } from '../../lib/recognize.ts';
import type { Sentence } from '../../lib/sentence.ts';
import { compare } from '../../lib/testing/trial/compare.ts';
import { exactEngine } from '../../lib/testing/engine/exact-engine.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import type { Script } from '../../lib/testing/audio/script.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { frames, SHORT_TIMEOUTS, recogniseScript } from '../support/recognise-script.ts';
import { respond, type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';

const SCRIPT = randomScript(7, { durationMs: 6000 });
/** Failures that are further apart count, instead of five seconds. */
const SPACING_MS = 40;

describe('audio that makes every task fail', () => {
  const script: Script = {
    durationMs: 9000,
    sentences: [
      { begin_time: 300, end_time: 1400 },
      { begin_time: 2000, end_time: 2900 },
      { begin_time: 3300, end_time: 4000 },
      { begin_time: 4900, end_time: 5800 },
      { begin_time: 6300, end_time: 7600 },
    ],
  };

  it.each([
    ['for a moment', 3500, 3550, 4300],
    ['for half a sentence', 3500, 3900, 4700],
    ['for more than a sentence', 3400, 4800, 5800],
    ['too soon after a sentence for its final result', 3150, 3250, 4000],
    ['too soon after two sentences for their final results', 6100, 6200, 6900],
    ['at the beginning', 100, 200, 1000],
  ])('%s becomes one gap that is hardly longer, and the rest is recognised', async (_, from, to, most) => {
    await using service = await startTestService({ engine: exactEngine({ script, poison: [from, to] }) });
    const result = await recogniseScript(script, { baseUrl: service.url }, frames(script), SPACING_MS);
    expect(result.error).toBeUndefined();
    expect(result.gaps).toMatchObject([{ reason: { code: 'E_SERVER', serviceCode: 'InternalError' } }]);
    const [gap] = result.gaps as [Gap];
    expect(gap.begin_time).toBeGreaterThan(from - 400);
    expect(gap.begin_time).toBeLessThanOrEqual(from);
    expect(gap.end_time).toBeGreaterThanOrEqual(from);
    expect(gap.end_time).toBeLessThanOrEqual(most);
    const { lost, damaged, duplicated, unexpected, largestTimeErrorMs } = result.comparison;
    expect(unexpected).toEqual([]);
    // Nothing is recognised twice: of a sentence around the gap, the parts before and after it.
    const spans = result.finals.map(({ begin_time, end_time }) => [begin_time, end_time]);
    expect(spans.flat()).toEqual(spans.flat().toSorted((a, b) => a - b));
    const harmed = script.sentences.flatMap(({ begin_time, end_time }, at) =>
      begin_time < gap.end_time && end_time > gap.begin_time ? [at + 1] : [],
    );
    expect(harmed).toEqual(expect.arrayContaining([...lost, ...damaged, ...duplicated]));
    expect(largestTimeErrorMs).toBeLessThanOrEqual(20);
    // Three or four tries prove it, one or two find where it begins, and as many for each part of it that follows.
    expect(result.reconnects.length).toBeLessThanOrEqual(16);
    expect(service.log.audioMs).toBeLessThan(8 * script.durationMs);
    expect(result.warnings.map(({ code }) => code)).toEqual(['W_GAP']);
    // The gap is reported between the sentences around it.
    const before = result.finals.filter(({ end_time }) => end_time <= gap.begin_time);
    expect(result.finalsBeforeGaps).toEqual([before.length]);
  });

  it('costs no clear sentence before it, though its final result needs more silence than there is', async () => {
    const long: Script = {
      durationMs: 12_000,
      sentences: Array.from({ length: 6 }, (_, n) => ({ begin_time: n * 2000, end_time: n * 2000 + 1500 })),
    };
    const engine = exactEngine({ script: long, poison: [8500, 8600], finalDelayMs: 1400 });
    await using service = await startTestService({ engine });
    const result = await recogniseScript(long, { baseUrl: service.url }, frames(long), SPACING_MS);
    expect(result).toMatchObject({ error: undefined, gaps: [{ reason: { code: 'E_SERVER' } }] });
    const times = result.finals.map(({ begin_time, end_time }) => [begin_time, end_time]);
    expect(times).toEqual(
      expect.arrayContaining(
        [0, 1, 2, 3, 5].map((n) => [long.sentences[n]?.begin_time, long.sentences[n]?.end_time]),
      ),
    );
    expect(result.comparison.lost).toEqual([]);
  });

  it('is a failure when it is encoded without times, because no task can begin in the middle', async () => {
    const bytes = await readFile(new URL('../../fixtures/ill-disposed.mp3', import.meta.url));
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        await client.audioBytes(5000);
        client.fail('InternalError', 'oops');
      },
    });
    const result = await recogniseScript(
      SCRIPT,
      { baseUrl: service.url, format: 'mp3', maxRetries: 3 },
      [bytes],
      1,
    );
    expect(result.error).toMatchObject({ code: 'E_SERVER' });
    expect([result.gaps, service.clients.length]).toEqual([[], 4]);
  });
});

describe('a service that fails again and again', () => {
  it('is given up after the configured retries, and the final sentences are kept', async () => {
    await using service = await startScriptedService({
      async client(client, index) {
        if (index === 0) {
          await client.startTask();
          await client.audioBytes(32_000);
          client.final('Saved.', 0, 900);
        }
        await client.action('run-task');
        client.fail('InternalError', 'oops');
      },
    });
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url, maxRetries: 4 });
    expect(result.error).toMatchObject({
      code: 'E_SERVER',
      message: expect.stringMatching(/oops \(given up after 4 retries\)$/) as string,
    });
    expect(result.finals.map(({ text }) => text)).toEqual(['Saved.']);
    expect(result.reconnects.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(service.clients).toHaveLength(5);
    expect(result.metrics?.tasks).toBe(1);
  });

  it('is not given up as long as there are new sentences', async () => {
    const words = Array.from({ length: 20 }, (_, n) => ({ begin_time: n * 300, end_time: n * 300 + 200 }));
    const script: Script = { durationMs: 6000, sentences: words };
    await using service = await startTestService({
      engine: exactEngine({ finalDelayMs: 30 }),
      faults: Array.from({ length: 10 }, (_, n) => ({ kind: 'drop', atMs: 700 + n * 1400 })),
    });
    const result = await recogniseScript(script, { baseUrl: service.url, maxRetries: 3 });
    expect([result.error, result.gaps, result.comparison.isExact]).toEqual([undefined, [], true]);
    expect(result.reconnects.length).toBeGreaterThan(3);
  });

  it('is given up at once with maxRetries: 0', async () => {
    await using service = await startTestService({ script: SCRIPT, faults: 'drop@2s' });
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url, maxRetries: 0 });
    expect(result.error).toMatchObject({ code: 'E_CONNECTION_LOST' });
    expect([result.reconnects, service.log.connections]).toEqual([[], 1]);
  });

  it('is retried no sooner than it asks for', async () => {
    await using service = await startTestService({ script: SCRIPT, faults: 'refuse:503:1s' });
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url });
    expect(result.comparison.isExact).toBe(true);
    expect(result.reconnects).toMatchObject([{ delayMs: 1000, resentMs: 0, reason: { code: 'E_SERVER' } }]);
  });

  it('slows down all recognitions when it asks for fewer tasks', async () => {
    await using service = await startTestService({ script: SCRIPT, faults: 'refuse:429:2s' });
    const first = recogniseScript(SCRIPT, { baseUrl: service.url });
    while (service.log.connections === 0) await wait(5);
    await wait(50);
    const second = recogniseScript(SCRIPT, { baseUrl: service.url });
    await wait(100);
    // The second one does not even connect while the first one waits.
    expect(service.log.connections).toBe(1);
    const results = await Promise.all([first, second]);
    expect(results.map(({ error, reconnects }) => [error, reconnects.length])).toEqual([
      [undefined, 1],
      [undefined, 0],
    ]);
  });
});

describe('a key that is refused', () => {
  const body = '{"code":"InvalidApiKey","message":"Invalid API-key provided."}';

  async function recogniseWithKeys(keys: string[], accepted: string) {
    const given: string[] = [];
    await using service = await startScriptedService({
      upgrade(request, socket) {
        if (request.headers.authorization === `Bearer ${accepted}`) return false;
        return respond(401, body)(request, socket);
      },
      async client(client) {
        await client.startTask();
        await client.finishTask();
      },
    });
    const apiKey = () => {
      given.push(keys[given.length] ?? 'sk-last');
      return given.at(-1) ?? '';
    };
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url, apiKey });
    return { ...result, given };
  }

  it('is requested once more when a function provides it', async () => {
    const { error, given } = await recogniseWithKeys(['sk-old-old', 'sk-new-new'], 'sk-new-new');
    expect([error, given]).toEqual([undefined, ['sk-old-old', 'sk-new-new']]);
  });

  it('is not requested a third time', async () => {
    const { error, given } = await recogniseWithKeys(['sk-old-old', 'sk-old-old'], 'sk-new-new');
    expect(error).toMatchObject({ code: 'E_AUTH' });
    expect(given).toHaveLength(2);
  });
});

describe('a half-open connection', () => {
  it('is noticed by pings, though nothing is being sent', async () => {
    const pingIntervalMs = 150;
    await using service = await startTestService({ script: SCRIPT, faults: 'half-open@1s' });
    const stage = recognize({ ...SHORT_TIMEOUTS, baseUrl: service.url, pingIntervalMs });
    onTestFinished(() => void stage.destroy());
    stage.resume();
    for (const frame of frames(SCRIPT, 0, 1500)) stage.write(frame);
    const [{ reason }] = (await once(stage, 'reconnect')) as [Reconnect];
    expect(reason).toMatchObject({
      code: 'E_CONNECTION_LOST',
      message: expect.stringContaining('has not answered') as string,
    });
  });
});

describe('a service that is slow', () => {
  const limits = { resultTimeoutMs: 150 };

  /** Sends its first result only after three times the limit for that. */
  const late = async (client: ScriptedClient): Promise<void> => {
    await client.startTask();
    await client.audioBytes(150_000);
    await wait(3 * limits.resultTimeoutMs);
    client.final('Late.', 100, 900);
    await client.finishTask();
  };

  async function* slowly() {
    for (const frame of frames(SCRIPT)) {
      yield frame;
      await wait(10);
    }
    await wait(4 * limits.resultTimeoutMs);
  }

  it('and answers pings is waited for', async () => {
    await using service = await startScriptedService({ client: late });
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url, ...limits }, slowly());
    expect([result.error, result.reconnects]).toEqual([undefined, []]);
    expect(result.finals.map(({ text }) => text)).toEqual(['Late.']);
  });

  it('and answers no pings is given up when speech is not answered', async () => {
    await using service = await startScriptedService({
      client(client, index) {
        if (index === 0) client.ignorePings();
        return index === 0 ? client.startTask() : late(client);
      },
    });
    async function* endlessSpeech() {
      for (let n = 0; n < 120; n += 1) {
        yield Buffer.from(new Int16Array(1600).fill(2000).buffer);
        await wait(5);
      }
    }
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url, ...limits }, endlessSpeech());
    expect(result.reconnects).toMatchObject([{ reason: { code: 'E_TIMEOUT' } }]);
    expect(result.reconnects[0]?.reason.message).toContain('did not return a result for speech');
    expect(result.error).toBeUndefined();
  });
});

describe('a live source', () => {
  const minute = 60_000;

  it('never waits; beyond ten minutes the oldest audio is dropped and reported', async () => {
    const script: Script = {
      durationMs: 11 * minute,
      sentences: [
        { begin_time: 20_000, end_time: 21_000 },
        { begin_time: 5 * minute, end_time: 5 * minute + 1700 },
        { begin_time: 10 * minute, end_time: 10 * minute + 3000 },
      ],
    };
    await using service = await startTestService({ script, faults: 'refuse:503:1s' });
    const stage = recognize({ ...SHORT_TIMEOUTS, baseUrl: service.url, live: true });
    const gaps: Gap[] = [];
    stage.on('gap', (gap: Gap) => gaps.push(gap));
    for (const frame of frames(script)) {
      await new Promise<void>((resolve) => stage.write(frame, () => resolve()));
    }
    // All audio was taken before a task could start.
    expect(service.log.tasks).toEqual([]);
    stage.end();
    const finals = ((await stage.toArray()) as Sentence[]).filter(({ sentence_end }) => sentence_end);
    expect(gaps).toMatchObject([{ begin_time: 0, end_time: minute, reason: { code: 'W_GAP' } }]);
    expect(compare(script, finals)).toMatchObject({
      lost: [1],
      damaged: [],
      unexpected: [],
      largestTimeErrorMs: 0,
    });
  });
});

describe('a connection that is reused', () => {
  /** More than nine minutes, at which a task is finished. */
  const MUCH_BYTES = 9 * 60 * 32_000;

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await wait(2);
  }

  /** How many sentences wait in a stream when no more have arrived for 200 ms. */
  async function settledLength(stream: Readable): Promise<number> {
    for (;;) {
      const { readableLength } = stream;
      await wait(200);
      if (stream.readableLength === readableLength) return readableLength;
    }
  }

  it('is not affected by its last user, and is pinged although that user was not reading', async () => {
    let pings = 0;
    await using service = await startScriptedService({
      async client(client) {
        client.socket.on('ping', () => (pings += 1));
        await client.startTask();
        await client.action('finish-task');
        // In one packet: the sentence makes the client stop reading, and the end is read with it.
        client.request.socket.cork();
        client.final('First.', 0, 900);
        client.send(taskFinished(client.taskId));
        client.request.socket.uncork();
        const first = client.taskId;
        await until(() => client.taskId !== first);
        client.send(taskStarted(client.taskId));
        await client.audioBytes(MUCH_BYTES + 64_000);
        for (let n = 0; n < 5000; n += 1) client.partial('much ado about nothing '.repeat(20), n);
      },
    });
    const options = { baseUrl: service.url, pingIntervalMs: 250 };
    // There is so much audio that its task is finished. Then it waits for more, and a sentence waits for a reader.
    const before = recognize({ ...options, live: true });
    onTestFinished(() => void before.destroy());
    before.write(Buffer.alloc(MUCH_BYTES));
    await until(() => before.readableLength === 1);
    await wait(50);
    const after = recognize(options);
    onTestFinished(() => void after.destroy());
    const pingsBefore = pings;
    after.write(Buffer.alloc(32_000));
    await until(() => pings > pingsBefore + 2);
    expect(service.clients).toHaveLength(1);
    after.write(Buffer.alloc(32_000));
    await until(() => after.readableLength > 0);
    // One packet of the network may contain several messages. The rest waits in the service until these are read.
    const waiting = await settledLength(after);
    before.read();
    expect(await settledLength(after)).toBe(waiting);
  });
});

describe('a service that processes audio slowly', () => {
  /** Loud audio without a pause, more than nine and a half minutes, at which a task is finished. */
  const MUCH = Array.from({ length: 620 }, () => Buffer.from(new Int16Array(16_000).fill(1000).buffer));
  const NEARLY_FULL_BYTES = 9 * 60 * 32_000;

  /** The actions of a client, for a service that takes all audio at once. */
  async function asked(
    answerWhenFull: (client: ScriptedClient) => Promise<void>,
    isAnswering: boolean,
  ): Promise<string[]> {
    await using service = await startScriptedService({
      client: async (client, index) => {
        await client.startTask();
        if (index === 0) {
          await client.audioBytes(32_000);
          const answers = isAnswering ? setInterval(() => client.partial('Half', 0), 100) : undefined;
          await client.audioBytes(NEARLY_FULL_BYTES);
          await answerWhenFull(client);
          clearInterval(answers);
        }
        await client.finishTask();
      },
    });
    const limits = {
      pingIntervalMs: 5000,
      stallTimeoutMs: 5000,
      finishTimeoutMs: 5000,
      resultTimeoutMs: 20_000,
    };
    const stage = recognize({ ...SHORT_TIMEOUTS, ...limits, baseUrl: service.url });
    const ended = once(stage.resume(), 'end');
    for (const audio of MUCH) if (!stage.write(audio)) await once(stage, 'drain');
    stage.end();
    await ended;
    const received = service.clients.flatMap((client) => client.received);
    return received.flatMap((item) => (typeof item === 'object' ? item.action : []));
  }

  it('is waited for while its results arrive', async () => {
    const answersLate = async (client: ScriptedClient): Promise<void> => {
      await wait(200);
      client.final('Half of it.', 0, 300_000);
    };
    expect(await asked(answersLate, true)).toEqual(['run-task', 'finish-task']);
  });

  it('is asked to finish when no results arrive', async () => {
    const twice = ['run-task', 'finish-task', 'run-task', 'finish-task'];
    expect(await asked(async () => {}, false)).toEqual(twice);
  });
});
