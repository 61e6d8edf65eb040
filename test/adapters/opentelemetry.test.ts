import diagnostics from 'node:diagnostics_channel';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it, onTestFinished } from 'vitest';
import { instrumentFunAsr } from '../../lib/adapters/opentelemetry/index.ts';
import { transcribeBatch } from '../../lib/batch/batch.ts';
import { CHANNELS, type Diagnostics } from '../../lib/recognition/events/diagnostics.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { exactEngine } from '../../lib/testing/engine/exact-engine.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { transcribe } from '../../lib/transcribe.ts';
import { FIXTURES } from '../cli/run-cli.ts';
import { CANARY, leaks } from '../support/canary.ts';
import { packageCopy } from '../support/package-copy.ts';
import { frames, recogniseScript, recogniseWith } from '../support/recognise-script.ts';
import { runSnippetIn } from '../support/snippets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SCRIPT = randomScript(3, { durationMs: 6000 });

/** Instruments this process until the end of the test, with exporters in memory. */
function instrument() {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 1e9 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const stop = instrumentFunAsr({ tracerProvider, meterProvider });
  onTestFinished(async () => {
    stop();
    await meterProvider.shutdown();
  });
  /** All values: the name of the metric, its value or its number of values, and the attributes. */
  const values = async (): Promise<[string, number, object][]> => {
    await reader.forceFlush();
    return metrics
      .getMetrics()
      .flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap((scope) =>
          scope.metrics.flatMap(({ descriptor, dataPoints }) =>
            dataPoints.map(({ value, attributes }): [string, number, object] => [
              descriptor.name,
              typeof value === 'number' ? value : value.count,
              attributes,
            ]),
          ),
        ),
      );
  };
  return { stop, spans: () => exporter.getFinishedSpans(), values };
}

/** The names of the spans, each with that of its parent. */
function tree(spans: readonly ReadableSpan[]): string[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans.map(
    ({ name, parentSpanContext }) => `${name} < ${names.get(parentSpanContext?.spanId ?? '') ?? '-'}`,
  );
}

function spanOf(spans: readonly ReadableSpan[], name: string): ReadableSpan | undefined {
  return spans.find((span) => span.name === name);
}

describe('instrumentFunAsr', () => {
  it('makes spans and metrics of a recording', async () => {
    const { spans, values } = instrument();
    const path = join(FIXTURES, 'leisure.wav');
    for await (const { text } of transcribe(path)) expect(text).toContain('Dashwood');
    expect(tree(spans())).toEqual([
      'fun_asr.connect < fun_asr.recognition',
      'fun_asr.task < fun_asr.recognition',
      'fun_asr.recognition < fun_asr.recording',
      'fun_asr.recording < -',
    ]);
    expect(spanOf(spans(), 'fun_asr.recording')?.attributes).toEqual({
      'fun_asr.recording.input': path,
      'fun_asr.outcome': 'finished',
      'fun_asr.recording.duration': 7.1,
      'fun_asr.recording.sentences': 1,
    });
    const engine = { 'fun_asr.engine': 'local', 'fun_asr.model': 'moonshine-base' };
    expect(spanOf(spans(), 'fun_asr.recognition')?.attributes).toEqual({
      ...engine,
      'server.address': '127.0.0.1',
      'server.port': expect.any(Number) as number,
      'fun_asr.outcome': 'finished',
      'fun_asr.tasks': 1,
      'fun_asr.audio.sent': 7.1,
      'fun_asr.audio.resent': 0,
      'fun_asr.billed': 0,
    });
    expect(spanOf(spans(), 'fun_asr.task')).toMatchObject({
      attributes: {
        'fun_asr.request_id': expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        'fun_asr.audio.from': 0,
        'fun_asr.audio.to': 7.1,
        'fun_asr.outcome': 'finished',
      },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(await values()).toEqual(
      expect.arrayContaining([
        ['fun_asr.recordings', 1, { 'fun_asr.outcome': 'finished' }],
        ['fun_asr.recording.processing', 1, { 'fun_asr.outcome': 'finished' }],
        ['fun_asr.recognitions', 1, { ...engine, 'fun_asr.outcome': 'finished' }],
        ['fun_asr.audio.sent', 7.1, engine],
        ['fun_asr.first_text', 1, engine],
        ['fun_asr.tasks', 1, { ...engine, 'fun_asr.task.state': 'started' }],
        ['fun_asr.tasks', 1, { ...engine, 'fun_asr.task.state': 'finished' }],
        ['fun_asr.connections', 1, { ...engine, 'fun_asr.connection.reused': false }],
      ]),
    );
    expect((await values()).map(([name]) => name)).not.toContain('fun_asr.billed');
  });

  it('counts reconnects and audio that was sent again', async () => {
    const { spans, values } = instrument();
    const { metrics, log } = await recogniseWith({ script: SCRIPT, faults: 'fail@2s, drop@4s' });
    const tasks = spans().filter(({ name }) => name === 'fun_asr.task');
    expect(
      tasks.map(({ attributes, status }) => [
        attributes['fun_asr.request_id'],
        attributes['fun_asr.outcome'],
        status.code,
      ]),
    ).toEqual([
      [log.tasks[0]?.id, 'failed', SpanStatusCode.ERROR],
      [log.tasks[1]?.id, 'failed', SpanStatusCode.ERROR],
      [log.tasks[2]?.id, 'finished', SpanStatusCode.UNSET],
    ]);
    const recognition = spanOf(spans(), 'fun_asr.recognition');
    expect(recognition?.events).toMatchObject([
      { name: 'fun_asr.reconnect', attributes: { 'error.type': 'E_SERVER', 'fun_asr.attempt': 1 } },
      { name: 'fun_asr.reconnect', attributes: { 'error.type': 'E_CONNECTION_LOST' } },
    ]);
    expect(recognition?.attributes).toMatchObject({
      'fun_asr.engine': 'cloud',
      'fun_asr.tasks': 3,
      'fun_asr.billed': metrics?.billedSeconds,
    });
    const engine = { 'fun_asr.engine': 'cloud', 'fun_asr.model': 'fun-asr-realtime' };
    expect(metrics?.resentMs).toBeGreaterThan(0);
    expect(await values()).toEqual(
      expect.arrayContaining([
        ['fun_asr.reconnects', 1, { ...engine, 'error.type': 'E_SERVER' }],
        ['fun_asr.reconnects', 1, { ...engine, 'error.type': 'E_CONNECTION_LOST' }],
        ['fun_asr.audio.sent', (metrics?.sentMs ?? 0) / 1000, engine],
        ['fun_asr.audio.resent', (metrics?.resentMs ?? 0) / 1000, engine],
        ['fun_asr.billed', metrics?.billedSeconds, engine],
        ['fun_asr.tasks', 2, { ...engine, 'fun_asr.task.state': 'failed' }],
      ]),
    );
    // The price is that of a region, and this address has none.
    expect((await values()).map(([name]) => name)).not.toContain('fun_asr.cost');
  });

  it('counts gaps', async () => {
    const { spans, values } = instrument();
    const sentences = [300, 2000, 3300, 4900, 6300].map((begin_time) => ({
      begin_time,
      end_time: begin_time + 900,
    }));
    const script = { durationMs: 9000, sentences };
    const engine = exactEngine({ script, poison: [3500, 3550] });
    await using service = await startTestService({ engine });
    const { gaps } = await recogniseScript(script, { baseUrl: service.url }, frames(script), 40);
    const [gap] = gaps;
    expect(gaps).toHaveLength(1);
    const events = spanOf(spans(), 'fun_asr.recognition')?.events.filter(
      ({ name }) => name === 'fun_asr.gap',
    );
    expect(events).toMatchObject([
      {
        attributes: {
          'error.type': 'E_SERVER',
          'fun_asr.audio.from': (gap?.begin_time ?? 0) / 1000,
          'fun_asr.audio.to': (gap?.end_time ?? 0) / 1000,
        },
      },
    ]);
    const found = new Map((await values()).map(([name, value]) => [name, value]));
    expect(found.get('fun_asr.gaps')).toBe(1);
    expect(found.get('fun_asr.gap.audio')).toBeCloseTo(
      ((gap?.end_time ?? 0) - (gap?.begin_time ?? 0)) / 1000,
    );
  });

  it('counts the cost by the price of the model and the region', async () => {
    const { values } = instrument();
    const channel = diagnostics.channel(CHANNELS.recognition);
    // What a recognition in Singapore publishes, which no test can connect to.
    const message: Diagnostics['recognition'] = {
      recognitionId: 1e9,
      recordingId: undefined,
      state: 'started',
      engine: 'cloud',
      model: 'fun-asr-realtime',
      url: 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference',
      region: 'intl',
    };
    const [firstPackageDelayMs, lastPackageDelayMs] = [undefined, undefined];
    const metrics = {
      firstPackageDelayMs,
      lastPackageDelayMs,
      requestId: '1',
      tasks: 1,
      sentMs: 1e5,
      resentMs: 0,
    };
    channel.publish(message);
    channel.publish({ ...message, state: 'finished', metrics: { ...metrics, billedSeconds: 100 } });
    const attributes = {
      'fun_asr.engine': 'cloud',
      'fun_asr.model': message.model,
      'fun_asr.region': 'intl',
    };
    expect(await values()).toEqual(
      expect.arrayContaining([
        ['fun_asr.billed', 100, attributes],
        ['fun_asr.cost', expect.closeTo(0.009, 6), { ...attributes, 'fun_asr.currency': 'USD' }],
      ]),
    );
  });

  it('shows why a recognition failed, and no key', async () => {
    const { spans, values } = instrument();
    const options = { apiKey: CANARY };
    const { error } = await recogniseWith({ script: SCRIPT, faults: 'fail:InvalidParameter@2s', options });
    expect(error).toMatchObject({ code: 'E_PARAM' });
    expect(spanOf(spans(), 'fun_asr.recognition')).toMatchObject({
      attributes: { 'fun_asr.outcome': 'failed', 'error.type': 'E_PARAM' },
      status: { code: SpanStatusCode.ERROR, message: (error as Error).message },
    });
    const seen = spans().map(({ attributes, events, status }) => ({ attributes, events, status }));
    expect(leaks(JSON.stringify([seen, await values()]))).toEqual([]);
  });

  it('joins a run of the command line: one span for each recording, whatever it took', async () => {
    const { spans } = instrument();
    const folder = await temporaryFolder();
    await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'a.ogg'));
    await copyFile(join(FIXTURES, 'ill-disposed.mp3'), join(folder, 'b.mp3'));
    await transcribeBatch({ inputs: [folder], transcription: { engine: 'local', channels: 'split' } });
    const recordings = spans().filter(({ name }) => name === 'fun_asr.recording');
    expect(recordings.map(({ attributes }) => attributes['fun_asr.recording.input'])).toEqual(
      expect.arrayContaining([join(folder, 'a.ogg'), join(folder, 'b.mp3')]),
    );
    expect(recordings).toHaveLength(2);
    const parents = new Set(recordings.map((span) => span.spanContext().spanId));
    const recognitions = spans().filter(({ name }) => name === 'fun_asr.recognition');
    expect(recognitions).toHaveLength(2);
    for (const { parentSpanContext } of recognitions) expect(parents).toContain(parentSpanContext?.spanId);
  });

  it('has the span of the caller as its parent', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    onTestFinished(() => context.disable());
    const { spans } = instrument();
    const caller = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
    await context.with(trace.setSpan(context.active(), caller), async () => {
      for await (const { text } of transcribe(join(FIXTURES, 'himself.ogg'))) expect(text).not.toBe('');
    });
    expect(spanOf(spans(), 'fun_asr.recording')?.parentSpanContext?.spanId).toBe('b'.repeat(16));
    expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set(['a'.repeat(32)]));
  });

  it('ends spans when the caller stops reading, and makes none after it was stopped', async () => {
    const { spans, stop } = instrument();
    const options = { partials: true, pace: 'realtime' } as const;
    for await (const _ of transcribe(join(FIXTURES, 'inaugural.webm'), options)) break;
    expect(spanOf(spans(), 'fun_asr.recording')?.attributes['fun_asr.outcome']).toBe('aborted');
    expect(spanOf(spans(), 'fun_asr.recognition')?.attributes['fun_asr.outcome']).toBe('aborted');
    const count = spans().length;
    stop();
    for await (const _ of transcribe(join(FIXTURES, 'himself.ogg'))) break;
    expect(spans()).toHaveLength(count);
  });

  it('refuses what is not a provider', () => {
    expect(() => instrumentFunAsr({ tracerProvider: {} } as never)).toThrow(
      /tracerProvider must have the method getTracer/,
    );
    expect(() => instrumentFunAsr({ exporter: {} } as never)).toThrow(/there is no option exporter/);
  });

  it('names the package that is missing or does not fit', async () => {
    const load = async (version: string | undefined): Promise<string> => {
      const folder = await packageCopy({ '@opentelemetry/api': version });
      return await runSnippetIn(folder, `import '${join(folder, 'dist/adapters/opentelemetry/index.js')}';`);
    };
    expect(await load(undefined)).toMatch(/opentelemetry needs @opentelemetry\/api, which cannot be loaded/);
    expect(await load('0.18.1')).toMatch(/needs version 1 of @opentelemetry\/api, and 0\.18\.1 is installed/);
  });
});
