import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../../lib/recognition/connection/connection.ts';
import type { Gap } from '../../../lib/recognition/events/diagnostics.ts';
import { resolveEndpoint } from '../../../lib/protocol/endpoint.ts';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';
import { InputQueue } from '../../../lib/recognition/input/input-queue.ts';
import { Sender } from '../../../lib/recognition/task/sender.ts';
import { TaskWindow } from '../../../lib/recognition/input/task-window.ts';
import { limitsOf } from '../../../lib/recognition/task/client-limits.ts';
import { EventPublisher } from '../../../lib/recognition/events/recognition-events.ts';
import { ORDINARY_PLAN } from '../../../lib/recognition/task/task-plan.ts';
import { recognize } from '../../../lib/recognize.ts';
import { Task } from '../../../lib/recognition/task/task.ts';
import { isSentenceEnd, type Sentence } from '../../../lib/sentence.ts';
import { compare } from '../../../lib/testing/trial/compare.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';
import { startTestService } from '../../../lib/testing/test-service.ts';
import { recogniseScript, recogniseWith, NO_LOSS } from '../../support/recognise-script.ts';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';

const MINUTE_MS = 60_000;
/** Much audio takes a while on a busy machine: only retries are fast. */
const UNHURRIED = {
  retryDelayMs: 5,
  startTimeoutMs: 10_000,
  stallTimeoutMs: 30_000,
  finishTimeoutMs: 30_000,
  pingIntervalMs: 10_000,
  maxSentenceSilence: 300,
};

describe('a source that waits for room in the socket', () => {
  it('continues when the service has ended the task for missing audio', async () => {
    const script = randomScript(3, { durationMs: 5 * MINUTE_MS });
    const result = await recogniseWith({ script, faults: 'fail:CLIENT_ERROR@3s', options: UNHURRIED });
    expect(result).toMatchObject(NO_LOSS);
    expect(result.reconnects).toMatchObject([{ attempt: 1, reason: { serviceCode: 'CLIENT_ERROR' } }]);
  });
});

describe('a large piece of audio', () => {
  it('is recognised whole, though it is more than the buffer', async () => {
    const script = randomScript(4, { durationMs: 11 * MINUTE_MS });
    await using service = await startTestService({ script });
    const stage = recognize({ ...UNHURRIED, baseUrl: service.url });
    const gaps: Gap[] = [];
    stage.on('gap', (gap: Gap) => gaps.push(gap));
    stage.end(renderAudio(script, 0, script.durationMs * 16));
    const finals = ((await stage.toArray()) as Sentence[]).filter(isSentenceEnd);
    expect(gaps).toEqual([]);
    expect(compare(script, finals)).toMatchObject({ isExact: true, largestTimeErrorMs: 0 });
  });

  it('drops nothing at 8 kHz, where the buffer is half as large and all of it may be sent again', async () => {
    await using service = await startScriptedService({
      client: async (client, index) => {
        await client.startTask();
        if (index > 0) return await client.finishTask();
        await client.audioBytes(9_000_000);
        return client.socket.terminate();
      },
    });
    const options = { ...UNHURRIED, baseUrl: service.url, model: 'fun-asr-flash-8k-realtime' };
    // Just less than what makes a task full, and then much more at once.
    const pieces = [Buffer.alloc(8_630_000, 1), Buffer.alloc(1_000_000, 2)];
    const { error, gaps, reconnects } = await recogniseScript(randomScript(1), options, pieces);
    expect([error, gaps, reconnects.length]).toEqual([undefined, [], 1]);
    const later = Buffer.concat(service.clients.slice(1).map(({ audio }) => audio));
    expect(later.equals(Buffer.concat(pieces))).toBe(true);
  });

  it('of encoded audio is sent whole, though it is more than the buffer', async () => {
    const head = await readFile(new URL('../../../fixtures/ill-disposed.mp3', import.meta.url));
    const bytes = Buffer.concat([head, Buffer.alloc(25_000_000, 7)]);
    await using service = await startScriptedService({
      client: async (client) => {
        await client.startTask();
        await client.finishTask();
      },
    });
    const options = { ...UNHURRIED, baseUrl: service.url, format: 'mp3' } as const;
    const { error, gaps } = await recogniseScript(randomScript(1), options, [bytes]);
    expect([error, gaps, service.clients.length]).toEqual([undefined, [], 1]);
    expect(service.clients[0]?.audio.equals(bytes)).toBe(true);
  });
});

describe('encoded audio whose first bytes were dropped', () => {
  it('is sent to no other task', async () => {
    const head = await readFile(new URL('../../../fixtures/ill-disposed.mp3', import.meta.url));
    const bytes = Buffer.concat([head, Buffer.alloc(19_000_000, 7)]);
    await using service = await startScriptedService({
      client: async (client) => {
        await client.startTask();
        await client.audioBytes(bytes.length);
        client.socket.terminate();
      },
    });
    const stage = recognize({ ...UNHURRIED, baseUrl: service.url, format: 'mp3' });
    // The source continues while there is no task.
    stage.once('reconnect', () => stage.write(Buffer.alloc(500_000, 7)));
    stage.resume().write(bytes);
    await expect(once(stage, 'end')).rejects.toMatchObject({
      code: 'E_CONNECTION_LOST',
      message: 'encoded audio came faster than it could be sent',
    });
    expect(service.clients.slice(1).flatMap(({ audio }) => [...audio])).toEqual([]);
  });
});

describe('a live source', () => {
  it('that continues while tasks start needs few tasks, though much audio waits', async () => {
    await using service = await startScriptedService({
      client: async (client) => {
        await client.action('run-task');
        await wait(150);
        await client.startTask();
        await client.finishTask();
      },
    });
    const stage = recognize({ ...UNHURRIED, baseUrl: service.url, live: true });
    const gaps: Gap[] = [];
    stage.on('gap', (gap: Gap) => gaps.push(gap));
    stage.resume().write(Buffer.alloc(11 * MINUTE_MS * 32));
    for (let n = 0; n < 300; n += 1) {
      stage.write(Buffer.alloc(3200));
      await wait(5);
    }
    stage.end();
    await once(stage, 'end');
    const seconds = service.clients.map(({ audio }) => audio.length / 32_000);
    // The first is finished when it was sent all audio that had waited, and the second is sent the rest.
    expect(seconds.length).toBeLessThanOrEqual(3);
    expect(seconds[0]).toBeGreaterThan(9 * 60);
    expect(gaps.length).toBeLessThanOrEqual(2);
    expect(gaps[0]).toMatchObject({ begin_time: 0, reason: { code: 'W_GAP' } });
  });
});

describe('silence in place of a source that pauses', () => {
  /** A task of a service that takes no audio. */
  async function stalledTask(stallTimeoutMs: number): Promise<{ task: Task; failed: Promise<unknown> }> {
    const service = await startScriptedService({
      client: async (client: ScriptedClient) => {
        await client.startTask();
        client.socket.pause();
      },
    });
    onTestFinished(() => service.close());
    const connection = await Connection.open({
      endpoint: resolveEndpoint({ baseUrl: service.url }, {}),
      connectTimeoutMs: 5000,
      pingIntervalMs: 60_000,
      signal: new AbortController().signal,
    });
    onTestFinished(() => connection.terminate());
    let fail = (): void => {};
    const failed = new Promise<void>((resolve) => (fail = resolve));
    const options = {
      model: 'any',
      parameters: { format: 'pcm', sample_rate: 16_000 },
      pcmBytesPerMs: 32,
      limits: limitsOf({ stallTimeoutMs }),
    };
    const task = new Task(connection, options, { onResult() {}, onWarning() {}, onFailed: () => fail() });
    await task.start();
    return { task, failed };
  }

  it('is not sent without room for it, and does not delay the failure of a task that takes nothing', async () => {
    const { task, failed } = await stalledTask(300);
    const buffer = new InputBuffer({ pcmBytesPerMs: 32 });
    const queue = new InputQueue({ buffer, isLive: false, onDropped() {} });
    const events = new EventPublisher();
    let sentMs = 0;
    events.subscribe(({ type, detail }) => {
      if (type === 'audioSent') sentMs += detail.ms;
    });
    const { signal } = new AbortController();
    const window = new TaskWindow(buffer, false);
    const sender = new Sender({ queue, window, events, keepAlive: true, signal });
    buffer.beginTask();
    const sending = sender.send(task, ORDINARY_PLAN);
    let writtenMs = 0;
    for (; task.hasRoom; writtenMs += 500) {
      await queue.write(Buffer.alloc(16_000));
      await nextTurn();
    }
    // Longer than the pause after which silence is sent.
    await wait(2200);
    expect([buffer.isAllSent, task.hasRoom, task.state]).toEqual([true, false, 'streaming']);
    expect(sentMs).toBe(writtenMs);
    void queue.write(Buffer.alloc(16_000));
    await failed;
    await expect(sending).rejects.toMatchObject({
      code: 'E_TIMEOUT',
      message: expect.stringContaining('did not take audio') as string,
    });
  });
});
