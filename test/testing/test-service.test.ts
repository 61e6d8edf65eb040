import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { finishTask, runTask } from '../../lib/protocol/messages/client-actions.ts';
import { randomFaults } from '../../lib/testing/faults/random-faults.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { selfDescribingAudio } from '../../lib/testing/audio/self-describing-audio.ts';
import {
  startTestService,
  type TestService,
  type TestServiceOptions,
} from '../../lib/testing/test-service.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { PlainClient } from './faults/plain-client.ts';

const SCRIPT = randomScript(4);

async function startService(options: TestServiceOptions = {}): Promise<TestService> {
  const service = await startTestService(options);
  onTestFinished(() => service.close());
  return service;
}

/** Sends the whole script and waits for the end of the task. */
async function recognised(
  service: TestService,
  sampleRate: 8000 | 16_000,
  model: string,
): Promise<PlainClient> {
  const client = await PlainClient.connect(service);
  const id = '0123456789abcdef0123456789abcdef';
  client.socket.send(runTask(id, model, { format: 'pcm', sample_rate: sampleRate }));
  for await (const chunk of selfDescribingAudio(SCRIPT, { sampleRate })) client.socket.send(chunk as Buffer);
  client.socket.send(finishTask(id));
  await client.until(() => client.events.includes('task-finished'));
  return client;
}

describe('a test service', () => {
  it.each([
    [16_000, 'fun-asr-realtime'],
    [8000, 'fun-asr-flash-8k-realtime'],
  ] as const)('recognises self-describing audio without errors, at %d Hz', async (sampleRate, model) => {
    const service = await startService({ partials: false, script: SCRIPT });
    const { texts } = await recognised(service, sampleRate, model);
    expect(texts).toEqual(
      SCRIPT.sentences.map(
        ({ begin_time, end_time, text }, index) =>
          text ?? `Sentence ${index + 1} received ${begin_time}-${end_time}.`,
      ),
    );
    expect(service.log).toMatchObject({
      connections: 1,
      audioMs: SCRIPT.durationMs,
      maxConcurrentTasks: 1,
      tasks: [{ audioMs: SCRIPT.durationMs, model, end: 'finished', isOverlapped: false }],
    });
    expect(service.log.tasks[0]?.billedSeconds).toBeGreaterThan(0);
  });

  it('logs tasks that run at the same time', async () => {
    const { log, ...service } = await startService();
    const clients = [await PlainClient.connect(service), await PlainClient.connect(service)];
    for (const client of clients) client.start();
    await expect.poll(() => log.maxConcurrentTasks).toBe(2);
    clients[0]?.socket.terminate();
    await expect.poll(() => log.tasks[0]?.end).toBe('lost');
    const third = await PlainClient.connect(service);
    clients[1]?.socket.terminate();
    await expect.poll(() => log.tasks[1]?.end).toBe('lost');
    third.start();
    await expect.poll(() => log.tasks.length).toBe(3);
    expect(log.tasks.map(({ isOverlapped }) => isOverlapped)).toEqual([true, true, false]);
    expect(log.maxConcurrentTasks).toBe(2);
  });

  it('counts encoded audio after decoding', async () => {
    const service = await startService({ engine: countingEngine(), faults: 'fail@1s', partials: false });
    const client = await PlainClient.connect(service);
    const id = '0123456789abcdef0123456789abcdef';
    client.socket.send(runTask(id, 'fun-asr-realtime', { format: 'mp3', sample_rate: 16_000 }));
    const recording = fileURLToPath(new URL('../../fixtures/ill-disposed.mp3', import.meta.url));
    for await (const chunk of createReadStream(recording)) client.socket.send(chunk as Buffer);
    client.socket.send(finishTask(id));
    expect(await client.closed).toBe(1000);
    expect(client.events.at(-1)).toBe('task-failed');
    expect(service.log.faults[0]?.audioMs).toBeGreaterThanOrEqual(1000);
    expect(service.log.audioMs).toBe(service.log.faults[0]?.audioMs);
  });

  it('generates random faults from its seed and reports each one that fires', async () => {
    const fired: string[] = [];
    const service = await startService({
      faults: 'random',
      seed: 12,
      onFault: ({ fault }) => fired.push(fault.kind),
    });
    expect(service.faults).toEqual(randomFaults(12));
    const other = await startService({ faults: 'refuse', onFault: ({ fault }) => fired.push(fault.kind) });
    await PlainClient.attempt(other);
    expect(fired).toEqual(['refuse']);
  });

  it('runs many times in one process and releases all its resources', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length;
    const services = await Promise.all(
      Array.from({ length: 100 }, () => startTestService({ script: SCRIPT })),
    );
    expect(new Set(services.map(({ port }) => port)).size).toBe(100);
    const clients = await Promise.all(services.map((service) => PlainClient.connect(service)));
    for (const client of clients) client.start();
    await Promise.all(clients.map((client) => client.until(() => client.events.length === 1)));
    await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
    await Promise.all(clients.map((client) => client.closed));
    await expect
      .poll(() => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length)
      .toBeLessThanOrEqual(before);
  });

  it.each<[object, RegExp]>([
    [{ faults: 'dorp' }, /unknown kind dorp/],
    [{ faults: 3 }, /faults must be a text or a list/],
    [{ seed: -1 }, /seed must be an integer/],
    [{ fautls: 'drop' }, /there is no option fautls/],
    [{ onFault: 'drop' }, /onFault must be a function/],
    [{ script: { durationMs: -1, sentences: [] } }, /durationMs/],
  ])('rejects the options %j', async (options, message) => {
    await expect(startTestService(options)).rejects.toThrow(message);
  });
});
