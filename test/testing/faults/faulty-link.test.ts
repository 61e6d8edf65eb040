import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exactEngine } from '../../../lib/testing/engine/exact-engine.ts';
import type { Script } from '../../../lib/testing/audio/script.ts';
import {
  startTestService,
  type TestService,
  type TestServiceOptions,
} from '../../../lib/testing/test-service.ts';
import { PlainClient } from './plain-client.ts';

/** Three sentences. Their results are sent after 900, 1900 and 2900 ms of audio. */
const SCRIPT: Script = {
  durationMs: 4000,
  sentences: [
    { begin_time: 100, end_time: 400 },
    { begin_time: 1100, end_time: 1400 },
    { begin_time: 2100, end_time: 2400 },
  ],
};
const TEXTS = [
  'Sentence 1 received 100-400.',
  'Sentence 2 received 1100-1400.',
  'Sentence 3 received 2100-2400.',
];

/** Starts a service with faults. Results are sent 500 ms after the end of a sentence. */
async function startFaulty(faults: string, options: TestServiceOptions = {}): Promise<TestService> {
  const engine = exactEngine({ finalDelayMs: 500 });
  const service = await startTestService({ faults, partials: false, engine, ...options });
  onTestFinished(() => service.close());
  return service;
}

/** Connects a client and sends the whole script. */
async function sendScript(service: TestService): Promise<PlainClient> {
  const client = await PlainClient.connect(service);
  client.start();
  client.sendAudio(SCRIPT, 0, SCRIPT.durationMs);
  client.finish();
  return client;
}

/** Runs a whole task without faults. This also gives the service time for what earlier connections have sent. */
async function expectWorking(service: TestService): Promise<void> {
  const client = await sendScript(service);
  await client.until(() => client.events.includes('task-finished'));
  expect(client.texts).toEqual(TEXTS);
}

describe('the fault', () => {
  it('refuse answers the next upgrade request with a status and accepts the one after it', async () => {
    const service = await startFaulty('refuse, refuse:429:2s');
    expect(await PlainClient.attempt(service)).toBe('503');
    expect(await PlainClient.attempt(service)).toBe('429 2');
    expect(await PlainClient.attempt(service)).toBe('open');
    expect(service.log.connections).toBe(3);
  });

  it('never-open does not answer the next upgrade request', async () => {
    const service = await startFaulty('never-open');
    const waiting = PlainClient.attempt(service);
    await expect.poll(() => service.log.connections).toBe(1);
    await expectWorking(service);
    await service.close();
    expect(await waiting).toBe('closed 1006');
  });

  it.each([
    ['throttle', 'Throttling.RateQuota'],
    ['throttle:Throttling.AllocationQuota', 'Throttling.AllocationQuota'],
  ])('%s fails the next task instead of starting it', async (faults, code) => {
    const service = await startFaulty(faults);
    const client = await sendScript(service);
    expect(await client.closed).toBe(1000);
    expect(client.messages).toEqual([expect.stringContaining(`"error_code":"${code}"`)]);
    await expectWorking(service);
  });

  it('never-start answers pings but not the task', async () => {
    const service = await startFaulty('never-start');
    const client = await sendScript(service);
    await client.ping();
    expect(client.messages).toEqual([]);
    await expectWorking(service);
  });

  it('drop ends the connection without a close frame, before the engine receives the audio that makes it due', async () => {
    const service = await startFaulty('drop@900ms');
    const client = await sendScript(service);
    expect(await client.closed).toBe(1006);
    expect(client.texts).toEqual([]);
    expect(service.log).toMatchObject({
      audioMs: 900,
      tasks: [{ audioMs: 900, end: 'lost' }],
      faults: [{ connection: 1, audioMs: 900, fault: { kind: 'drop', atMs: 900 } }],
    });
    await expectWorking(service);
  });

  it('reset resets the TCP connection', async () => {
    const service = await startFaulty('reset@1.5s');
    const client = await PlainClient.connect(service);
    const error = once(client.raw, 'error');
    client.start();
    client.sendAudio(SCRIPT, 0, 1400);
    // When unread data and a reset arrive together, libuv reports the end of the stream instead of the reset.
    await client.until(() => client.texts.length === 1);
    client.sendAudio(SCRIPT, 1400, 1500);
    expect((await error)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(await client.closed).toBe(1006);
    await expectWorking(service);
  });

  it('half-open stops reading and sending and keeps the connection open', async () => {
    const service = await startFaulty('half-open@500ms');
    const client = await PlainClient.connect(service);
    client.start();
    client.sendAudio(SCRIPT, 0, 400);
    await client.ping();
    client.sendAudio(SCRIPT, 400, 4000);
    client.finish();
    client.socket.ping();
    await expectWorking(service);
    expect(client.events).toEqual(['task-started']);
    expect(client.pongs).toBe(1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('half-open stays silent after the session has timed out', async () => {
    const timers = { noAudioMs: 20, idleMs: 10_000 };
    const service = await startFaulty('half-open@500ms', { timers });
    const client = await PlainClient.connect(service);
    client.start();
    client.sendAudio(SCRIPT, 0, 1000);
    await expect.poll(() => service.log.faults.length).toBe(1);
    const other = await PlainClient.connect(service);
    other.start();
    await other.until(() => other.events.includes('task-failed'));
    await other.closed;
    expect(client.events).toEqual(['task-started']);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('stop-reading stops reading and still sends results', async () => {
    const service = await startFaulty('stop-reading@900ms');
    const client = await PlainClient.connect(service);
    client.start();
    client.sendAudio(SCRIPT, 0, 900);
    await client.until(() => client.texts.length === 1);
    const frame = Buffer.alloc(16_384);
    for (let sent = 0; sent < 4000; sent += 1) client.socket.send(frame);
    await expectWorking(service);
    expect(client.socket.bufferedAmount).toBeGreaterThan(30_000_000);
    expect(service.log.tasks[0]).toMatchObject({ audioMs: 900, end: undefined });
  });

  it('stop-reading with a duration resumes after it and loses nothing', async () => {
    const service = await startFaulty('stop-reading:20ms@1s');
    await expectWorking(service);
    expect(service.pending).toEqual([]);
  });

  it.each([1000, 1001, 1011, 1013, 4321])('close ends the connection with close code %d', async (code) => {
    const service = await startFaulty(`close:${code}@500ms`);
    const client = await sendScript(service);
    expect(await client.closed).toBe(code);
    expect(client.events).toEqual(['task-started']);
    await expectWorking(service);
  });

  it('fail fails the running task', async () => {
    const service = await startFaulty('fail:ModelServiceFailed@1.8s');
    const client = await sendScript(service);
    expect(await client.closed).toBe(1000);
    expect(client.events).toEqual(['task-started', 'result-generated', 'task-failed']);
    expect(client.messages[2]).toContain('"error_code":"ModelServiceFailed"');
    expect(service.log.tasks).toMatchObject([{ end: 'failed', audioMs: 1800 }]);
    await expectWorking(service);
  });

  it('finish-early sends task-finished and closes the connection', async () => {
    const service = await startFaulty('finish-early@1.8s');
    const client = await sendScript(service);
    expect(await client.closed).toBe(1000);
    expect(client.events).toEqual(['task-started', 'result-generated', 'task-finished']);
    await expectWorking(service);
  });

  it('never-finish sends all results and no message after them', async () => {
    const service = await startFaulty('never-finish');
    const client = await sendScript(service);
    await client.until(() => client.texts.length === 3);
    await client.ping();
    expect(client.texts).toEqual(TEXTS);
    expect(client.events).not.toContain('task-finished');
    await expectWorking(service);
  });

  it('delay holds all messages and sends them in order', async () => {
    const service = await startFaulty('delay:20ms@1s, delay:60m@4.1s');
    await expectWorking(service);
    const client = await sendScript(service);
    await client.ping();
    expect(client.events).toEqual(['task-started']);
    expect(service.log).toMatchObject({ audioMs: 8000, tasks: [{ end: 'finished' }, { end: undefined }] });
  });

  it('duplicate sends a result twice', async () => {
    const service = await startFaulty('duplicate@500ms');
    const client = await sendScript(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.texts).toEqual([TEXTS[0], TEXTS[0], TEXTS[1], TEXTS[2]]);
    expect(client.messages[1]).toBe(client.messages[2]);
  });

  it('reorder sends a result after the next one', async () => {
    const service = await startFaulty('reorder@500ms');
    const client = await sendScript(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.texts).toEqual([TEXTS[1], TEXTS[0], TEXTS[2]]);
  });

  it('reorder:partial sends a partial result after the next one and keeps the order of final ones', async () => {
    const service = await startFaulty('reorder:partial@500ms', { partials: true });
    const client = await sendScript(service);
    await client.until(() => client.events.includes('task-finished'));
    const results = client.messages.filter((message) => message.includes('"text":"Sentence'));
    const finals = results.map((message) => message.includes('"sentence_end":true'));
    expect(finals).toEqual([false, true, true, false, false, true]);
    expect(client.texts.filter((_, index) => finals[index])).toEqual(TEXTS);
  });

  it('reorder sends the last result of a task before task-finished', async () => {
    const service = await startFaulty('reorder@2.8s');
    const client = await sendScript(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.texts).toEqual(TEXTS);
    expect(client.events.at(-1)).toBe('task-finished');
    expect(service.pending).toEqual([]);
  });

  it.each([
    ['json', /^\{"header":\{"event":"result-gen$/],
    ['event', /"event":"unknown-event"/],
    ['other-task', /"task_id":"f{32}","event":"result-generated"/],
  ])('invalid-message:%s sends a message that is not part of the task', async (variant, message) => {
    const service = await startFaulty(`invalid-message:${variant}@500ms`);
    const client = await sendScript(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.messages).toHaveLength(6);
    expect(client.messages[1]).toMatch(message);
  });

  it('invalid-message:binary sends bytes', async () => {
    const service = await startFaulty('invalid-message:binary@500ms');
    const client = await sendScript(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.messages[1]).toEqual(Buffer.from([0xde, 0xad, 0xbe, 0xef]));
  });
});

describe('a schedule', () => {
  it('continues over all connections and counts all audio', async () => {
    const service = await startFaulty('fail@1s, refuse@1s, drop@2.5s, never-finish@3s, throttle@60m');
    expect(await (await sendScript(service)).closed).toBe(1000);
    expect(await PlainClient.attempt(service)).toBe('503');
    expect(await (await sendScript(service)).closed).toBe(1006);
    const last = await sendScript(service);
    await last.until(() => last.texts.length === 3);
    expect(service.log.faults).toMatchObject([
      { connection: 1, audioMs: 1000, fault: { kind: 'fail' } },
      { connection: 2, audioMs: 1000, fault: { kind: 'refuse' } },
      { connection: 3, audioMs: 2500, fault: { kind: 'drop' } },
      { connection: 4, audioMs: 6500, fault: { kind: 'never-finish' } },
    ]);
    expect(service.pending).toMatchObject([{ kind: 'throttle' }]);
  });

  it('applies one fault that ends a connection and keeps the others for the next', async () => {
    const service = await startFaulty('drop@1s, fail@1s');
    expect(await (await sendScript(service)).closed).toBe(1006);
    expect(service.log.faults).toHaveLength(1);
    expect(await (await sendScript(service)).closed).toBe(1000);
    expect(service.log.faults.map(({ audioMs }) => audioMs)).toEqual([1000, 1100]);
  });

  it('has the same effect on the same client in each run', async () => {
    const logs = [];
    for (let time = 0; time < 5; time += 1) {
      const service = await startFaulty('duplicate, invalid-message@0.7s, fail@1.7s, drop@3.3s');
      await (await sendScript(service)).closed;
      await (await sendScript(service)).closed;
      await expectWorking(service);
      logs.push([service.log.faults, service.log.tasks.map((task) => ({ ...task, id: '' }))]);
    }
    for (const log of logs) expect(log).toEqual(logs[0]);
  });
});
