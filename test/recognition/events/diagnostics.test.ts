import { channel } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHANNELS, type Diagnostics, publishWire } from '../../../lib/recognition/events/diagnostics.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { startTestService } from '../../../lib/testing/test-service.ts';
import { CANARY, leaks } from '../../support/canary.ts';
import { recogniseScript } from '../../support/recognise-script.ts';

const SCRIPT = randomScript(3, { durationMs: 4000 });

/** What is published on a channel from now on. */
function listen<Name extends keyof Diagnostics>(name: Name): Diagnostics[Name][] {
  const messages: Diagnostics[Name][] = [];
  const take = (message: unknown): void => void messages.push(message as Diagnostics[Name]);
  channel(CHANNELS[name]).subscribe(take);
  onTestFinished(() => {
    channel(CHANNELS[name]).unsubscribe(take);
  });
  return messages;
}

describe('the channels', () => {
  it('publish connections, tasks, reconnects and the metrics of a recognition', async () => {
    const [connections, tasks] = [listen('connection'), listen('task')];
    const [reconnects, metrics] = [listen('reconnect'), listen('metrics')];
    await using service = await startTestService({ script: SCRIPT, faults: 'fail@2s' });
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url });
    const [first, second] = service.log.tasks.map(({ id }) => id);
    expect(connections).toMatchObject([
      { url: service.url, isReused: false },
      { url: service.url, isReused: false },
    ]);
    const [one, two] = connections.map(({ connectionId }) => connectionId);
    expect(two).toBeGreaterThan(one ?? Infinity);
    const finalMs = result.tasks[1]?.fromMs ?? 0;
    expect(tasks).toMatchObject([
      { connectionId: one, requestId: first, state: 'started', fromMs: 0, toMs: 0 },
      { connectionId: one, requestId: first, state: 'failed', fromMs: 0 },
      { connectionId: two, requestId: second, state: 'started', fromMs: finalMs, toMs: finalMs },
      { connectionId: two, requestId: second, state: 'finished', fromMs: finalMs, toMs: SCRIPT.durationMs },
    ]);
    expect(reconnects).toEqual(result.reconnects);
    expect(metrics).toEqual([result.metrics]);
  });

  it('publish the metrics of a failed recognition', async () => {
    const metrics = listen('metrics');
    await using service = await startTestService({ script: SCRIPT, faults: 'fail:InvalidParameter@2s' });
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url });
    expect(result.error).toMatchObject({ code: 'E_PARAM' });
    expect(metrics).toEqual([result.metrics]);
    expect(metrics).toMatchObject([{ requestId: service.log.tasks[0]?.id, tasks: 1 }]);
  });

  it('publish that the next recognition reuses a connection', async () => {
    const connections = listen('connection');
    await using service = await startTestService({ script: SCRIPT });
    await recogniseScript(SCRIPT, { baseUrl: service.url });
    await recogniseScript(SCRIPT, { baseUrl: service.url });
    expect(connections.map(({ isReused }) => isReused)).toEqual([false, true]);
    expect(connections[1]?.connectionId).toBe(connections[0]?.connectionId);
  });
});

describe('the wire', () => {
  it('publishes every message, the size of audio, and never the key', async () => {
    const wire = listen('wire');
    await using service = await startTestService({ script: SCRIPT });
    // The only place where a key can get by mistake: the text of a message.
    const options = { baseUrl: service.url, apiKey: CANARY, specialWordFilter: CANARY };
    await recogniseScript(SCRIPT, options);
    const actions = wire.flatMap(({ direction, text }) =>
      text === undefined ? [] : [`${direction} ${/"(?:action|event)":"([\w-]+)"/.exec(text)?.[1]}`],
    );
    expect([actions[0], actions[1], actions.at(-2), actions.at(-1)]).toEqual([
      'sent run-task',
      'received task-started',
      expect.stringMatching(/received result-generated|sent finish-task/) as string,
      'received task-finished',
    ]);
    const audioBytes = wire.reduce((sum, message) => sum + (message.audioBytes ?? 0), 0);
    expect(audioBytes).toBe(SCRIPT.durationMs * 32);
    expect(wire.some((message) => Buffer.isBuffer(message) || 'audio' in message)).toBe(false);
    expect(wire.some(({ text }) => text?.includes('special_word_filter'))).toBe(true);
    expect(leaks(JSON.stringify(wire))).toEqual([]);
  });

  it('costs nothing without subscribers: not even the id of the connection is read', () => {
    let reads = 0;
    const connection = {
      get id() {
        reads += 1;
        return 1;
      },
    };
    publishWire(connection, 'sent', 'text');
    expect(reads).toBe(0);
    const wire = listen('wire');
    publishWire(connection, 'sent', 'text');
    expect([reads, wire]).toEqual([1, [{ connectionId: 1, direction: 'sent', text: 'text' }]]);
  });
});
