import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHANNELS, type Diagnostics, publishWire } from '../../../lib/recognition/events/diagnostics.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { startTestService } from '../../../lib/testing/test-service.ts';
import { recognize } from '../../../lib/recognize.ts';
import { startService } from '../../../lib/service/service.ts';
import { transcribe } from '../../../lib/transcribe.ts';
import { CallRecording } from '../../support/call-recording.ts';
import { countingEngine } from '../../support/counting-engine.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
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
    expect(reconnects).toMatchObject(result.reconnects);
    expect(metrics).toMatchObject([result.metrics ?? {}]);
  });

  it('publish the metrics of a failed recognition', async () => {
    const metrics = listen('metrics');
    await using service = await startTestService({ script: SCRIPT, faults: 'fail:InvalidParameter@2s' });
    const result = await recogniseScript(SCRIPT, { baseUrl: service.url });
    expect(result.error).toMatchObject({ code: 'E_PARAM' });
    expect(metrics).toMatchObject([result.metrics ?? {}]);
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

describe('the channels of recognitions and recordings', () => {
  it('publish the start and the end of each recognition, also of one that failed', async () => {
    const [recognitions, tasks] = [listen('recognition'), listen('task')];
    await using service = await startTestService({ script: SCRIPT, faults: 'fail:InvalidParameter@2s' });
    const { error, metrics } = await recogniseScript(SCRIPT, { baseUrl: service.url });
    const id = recognitions[0]?.recognitionId ?? 0;
    const common = { recognitionId: id, recordingId: undefined, engine: 'cloud', model: 'fun-asr-realtime' };
    expect(id).toBeGreaterThan(0);
    expect(recognitions).toMatchObject([
      { ...common, state: 'started', url: service.url, region: undefined },
      { ...common, state: 'failed', error, metrics },
    ]);
    expect(tasks.map(({ recognitionId }) => recognitionId)).toEqual([id, id]);
  });

  it('publish that a stage was destroyed, and nothing of one without audio', async () => {
    const recognitions = listen('recognition');
    await using service = await startTestService({ script: SCRIPT });
    const unused = recognize({ baseUrl: service.url });
    unused.destroy();
    await once(unused, 'close');
    expect(recognitions).toEqual([]);
    const used = recognize({ baseUrl: service.url });
    used.write(Buffer.alloc(3200));
    used.destroy();
    await once(used, 'close');
    expect(recognitions.map(({ state }) => state)).toEqual(['started', 'aborted']);
  });

  it('publish in the asynchronous context of the caller', async () => {
    const caller = new AsyncLocalStorage<string>();
    const contexts = new Set<string | undefined>();
    const take = (): void => void contexts.add(caller.getStore());
    for (const name of ['recognition', 'connection', 'task'] as const)
      channel(CHANNELS[name]).subscribe(take);
    await using service = await startTestService({ script: SCRIPT });
    await caller.run('caller', () => recogniseScript(SCRIPT, { baseUrl: service.url }));
    for (const name of ['recognition', 'connection', 'task'] as const)
      channel(CHANNELS[name]).unsubscribe(take);
    expect([...contexts]).toEqual(['caller']);
  });

  it('publish one recording for all its channels', async () => {
    const [recordings, recognitions] = [listen('recording'), listen('recognition')];
    const service = await startService({ engine: countingEngine(), port: 0 });
    onTestFinished(() => service.close());
    const path = join(await temporaryFolder(), 'call.wav');
    await CallRecording.create(path);
    const options = { baseUrl: service.url, channels: 'split' } as const;
    let sentences = 0;
    for await (const _ of transcribe(path, options)) sentences += 1;
    const [{ recordingId } = { recordingId: 0 }] = recordings;
    expect(recordings).toMatchObject([
      { recordingId, state: 'started', input: path },
      { recordingId, state: 'finished', sentences },
    ]);
    const started = recognitions.filter(({ state }) => state === 'started');
    expect(started.map((message) => message.recordingId)).toEqual([recordingId, recordingId]);
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
