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

/** Three sentences, the results of which come one by one: at 900, 1900 and 2900 ms. */
const SCRIPT: Script = {
  durationMs: 4000,
  sentences: [
    { begin_time: 100, end_time: 400 },
    { begin_time: 1100, end_time: 1400 },
    { begin_time: 2100, end_time: 2400 },
  ],
};
const TEXTS = ['Sentence 1 heard 100-400.', 'Sentence 2 heard 1100-1400.', 'Sentence 3 heard 2100-2400.'];

/** A service with faults. Results come 500 ms after the end of a sentence. */
async function failing(faults: string, options: TestServiceOptions = {}): Promise<TestService> {
  const engine = exactEngine({ finalDelayMs: 500 });
  const service = await startTestService({ faults, partials: false, engine, ...options });
  onTestFinished(() => service.close());
  return service;
}

/** A client that has sent the whole script. */
async function spoken(service: TestService): Promise<PlainClient> {
  const client = await PlainClient.connect(service);
  client.start();
  client.speak(SCRIPT, 0, SCRIPT.durationMs);
  client.finish();
  return client;
}

/** A connection on which nothing goes wrong any more; also: the event loop has turned many times. */
async function undisturbed(service: TestService): Promise<void> {
  const client = await spoken(service);
  await client.until(() => client.events.includes('task-finished'));
  expect(client.texts).toEqual(TEXTS);
}

describe('the fault', () => {
  it('refuse answers the next upgrade with a status, and the one after goes through', async () => {
    const service = await failing('refuse, refuse:429:2s');
    expect(await PlainClient.attempt(service)).toBe('503');
    expect(await PlainClient.attempt(service)).toBe('429 2');
    expect(await PlainClient.attempt(service)).toBe('open');
    expect(service.log.connections).toBe(3);
  });

  it('never-open leaves the next upgrade without an answer', async () => {
    const service = await failing('never-open');
    const waiting = PlainClient.attempt(service);
    await expect.poll(() => service.log.connections).toBe(1);
    await undisturbed(service);
    await service.close();
    expect(await waiting).toBe('closed 1006');
  });

  it.each([
    ['throttle', 'Throttling.RateQuota'],
    ['throttle:Throttling.AllocationQuota', 'Throttling.AllocationQuota'],
  ])('%s fails the next task instead of starting it', async (faults, code) => {
    const service = await failing(faults);
    const client = await spoken(service);
    expect(await client.closed).toBe(1000);
    expect(client.messages).toEqual([expect.stringContaining(`"error_code":"${code}"`)]);
    await undisturbed(service);
  });

  it('never-start leaves a task without an answer, but not a ping', async () => {
    const service = await failing('never-start');
    const client = await spoken(service);
    await client.ping();
    expect(client.messages).toEqual([]);
    await undisturbed(service);
  });

  it('drop ends the connection without a close frame, before the audio that makes it due is heard', async () => {
    const service = await failing('drop@900ms');
    const client = await spoken(service);
    expect(await client.closed).toBe(1006);
    expect(client.texts).toEqual([]);
    expect(service.log).toMatchObject({
      audioMs: 900,
      tasks: [{ audioMs: 900, end: 'lost' }],
      faults: [{ connection: 1, audioMs: 900, fault: { kind: 'drop', atMs: 900 } }],
    });
    await undisturbed(service);
  });

  it('reset tears the connection down', async () => {
    const service = await failing('reset@1.5s');
    const client = await PlainClient.connect(service);
    const error = once(client.raw, 'error');
    client.start();
    client.speak(SCRIPT, 0, 1500);
    expect((await error)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(await client.closed).toBe(1006);
    await undisturbed(service);
  });

  it('half-open reads and says nothing more, and the connection stays', async () => {
    const service = await failing('half-open@500ms');
    const client = await PlainClient.connect(service);
    client.start();
    client.speak(SCRIPT, 0, 400);
    await client.ping();
    client.speak(SCRIPT, 400, 4000);
    client.finish();
    client.socket.ping();
    await undisturbed(service);
    expect(client.events).toEqual(['task-started']);
    expect(client.pongs).toBe(1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('half-open stays so when the session behind it has given up', async () => {
    const timers = { noAudioMs: 20, idleMs: 10_000 };
    const service = await failing('half-open@500ms', { timers });
    const client = await PlainClient.connect(service);
    client.start();
    client.speak(SCRIPT, 0, 1000);
    await expect.poll(() => service.log.faults.length).toBe(1);
    const other = await PlainClient.connect(service);
    other.start();
    await other.until(() => other.events.includes('task-failed'));
    await other.closed;
    expect(client.events).toEqual(['task-started']);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('stop-reading reads nothing more, but results still come', async () => {
    const service = await failing('stop-reading@900ms');
    const client = await PlainClient.connect(service);
    client.start();
    client.speak(SCRIPT, 0, 900);
    await client.until(() => client.texts.length === 1);
    const frame = Buffer.alloc(16_384);
    for (let sent = 0; sent < 4000; sent += 1) client.socket.send(frame);
    await undisturbed(service);
    expect(client.socket.bufferedAmount).toBeGreaterThan(30_000_000);
    expect(service.log.tasks[0]).toMatchObject({ audioMs: 900, end: undefined });
  });

  it('stop-reading for a time reads on after it, and loses nothing', async () => {
    const service = await failing('stop-reading:20ms@1s');
    await undisturbed(service);
    expect(service.pending).toEqual([]);
  });

  it.each([1000, 1001, 1011, 1013, 4321])('close ends the connection with code %d', async (code) => {
    const service = await failing(`close:${code}@500ms`);
    const client = await spoken(service);
    expect(await client.closed).toBe(code);
    expect(client.events).toEqual(['task-started']);
    await undisturbed(service);
  });

  it('fail fails the running task', async () => {
    const service = await failing('fail:ModelServiceFailed@1.8s');
    const client = await spoken(service);
    expect(await client.closed).toBe(1000);
    expect(client.events).toEqual(['task-started', 'result-generated', 'task-failed']);
    expect(client.messages[2]).toContain('"error_code":"ModelServiceFailed"');
    expect(service.log.tasks).toMatchObject([{ end: 'failed', audioMs: 1800 }]);
    await undisturbed(service);
  });

  it('finish-early says that the task is finished, and closes', async () => {
    const service = await failing('finish-early@1.8s');
    const client = await spoken(service);
    expect(await client.closed).toBe(1000);
    expect(client.events).toEqual(['task-started', 'result-generated', 'task-finished']);
    await undisturbed(service);
  });

  it('never-finish gives all results, and then nothing', async () => {
    const service = await failing('never-finish');
    const client = await spoken(service);
    await client.until(() => client.texts.length === 3);
    await client.ping();
    expect(client.texts).toEqual(TEXTS);
    expect(client.events).not.toContain('task-finished');
    await undisturbed(service);
  });

  it('delay holds back what is said, and says it in its order', async () => {
    const service = await failing('delay:20ms@1s, delay:60m@4.1s');
    await undisturbed(service);
    const client = await spoken(service);
    await client.ping();
    expect(client.events).toEqual(['task-started']);
    expect(service.log).toMatchObject({ audioMs: 8000, tasks: [{ end: 'finished' }, { end: undefined }] });
  });

  it('duplicate says a result twice', async () => {
    const service = await failing('duplicate@500ms');
    const client = await spoken(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.texts).toEqual([TEXTS[0], TEXTS[0], TEXTS[1], TEXTS[2]]);
    expect(client.messages[1]).toBe(client.messages[2]);
  });

  it('reorder says a result after the next one', async () => {
    const service = await failing('reorder@500ms');
    const client = await spoken(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.texts).toEqual([TEXTS[1], TEXTS[0], TEXTS[2]]);
  });

  it('reorder:partial says a result that is not final after the next one, and final ones in their order', async () => {
    const service = await failing('reorder:partial@500ms', { partials: true });
    const client = await spoken(service);
    await client.until(() => client.events.includes('task-finished'));
    const results = client.messages.filter((message) => message.includes('"text":"Sentence'));
    const finals = results.map((message) => message.includes('"sentence_end":true'));
    expect(finals).toEqual([false, true, true, false, false, true]);
    expect(client.texts.filter((_, index) => finals[index])).toEqual(TEXTS);
  });

  it('reorder says the last result of a task before its end', async () => {
    const service = await failing('reorder@2.8s');
    const client = await spoken(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.texts).toEqual(TEXTS);
    expect(client.events.at(-1)).toBe('task-finished');
    expect(service.pending).toEqual([]);
  });

  it.each([
    ['json', /^\{"header":\{"event":"result-gen$/],
    ['event', /"event":"task-pondered"/],
    ['foreign', /"task_id":"f{32}","event":"result-generated"/],
  ])('garbage:%s sends what is no message of the task', async (sort, message) => {
    const service = await failing(`garbage:${sort}@500ms`);
    const client = await spoken(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.messages).toHaveLength(6);
    expect(client.messages[1]).toMatch(message);
  });

  it('garbage:binary sends bytes', async () => {
    const service = await failing('garbage:binary@500ms');
    const client = await spoken(service);
    await client.until(() => client.events.includes('task-finished'));
    expect(client.messages[1]).toEqual(Buffer.from([0xde, 0xad, 0xbe, 0xef]));
  });
});

describe('a schedule', () => {
  it('goes on over all connections, and counts all audio', async () => {
    const service = await failing('fail@1s, refuse@1s, drop@2.5s, never-finish@3s, throttle@60m');
    expect(await (await spoken(service)).closed).toBe(1000);
    expect(await PlainClient.attempt(service)).toBe('503');
    expect(await (await spoken(service)).closed).toBe(1006);
    const last = await spoken(service);
    await last.until(() => last.texts.length === 3);
    expect(service.log.faults).toMatchObject([
      { connection: 1, audioMs: 1000, fault: { kind: 'fail' } },
      { connection: 2, audioMs: 1000, fault: { kind: 'refuse' } },
      { connection: 3, audioMs: 2500, fault: { kind: 'drop' } },
      { connection: 4, audioMs: 6500, fault: { kind: 'never-finish' } },
    ]);
    expect(service.pending).toMatchObject([{ kind: 'throttle' }]);
  });

  it('strikes with only one fault that ends a connection, and keeps the rest for the next', async () => {
    const service = await failing('drop@1s, fail@1s');
    expect(await (await spoken(service)).closed).toBe(1006);
    expect(service.log.faults).toHaveLength(1);
    expect(await (await spoken(service)).closed).toBe(1000);
    expect(service.log.faults.map(({ audioMs }) => audioMs)).toEqual([1000, 1100]);
  });

  it('does the same to the same client, whatever else goes on', async () => {
    const logs = [];
    for (let time = 0; time < 5; time += 1) {
      const service = await failing('duplicate, garbage@0.7s, fail@1.7s, drop@3.3s');
      await (await spoken(service)).closed;
      await (await spoken(service)).closed;
      await undisturbed(service);
      logs.push([service.log.faults, service.log.tasks.map((task) => ({ ...task, id: '' }))]);
    }
    for (const log of logs) expect(log).toEqual(logs[0]);
  });
});
