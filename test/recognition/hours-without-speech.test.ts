import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecognizeOptions } from '../../lib/recognition/recognize.ts';
import { randomScript } from '../../lib/testing/random-script.ts';
import { startTestService, type TestService } from '../../lib/testing/test-service.ts';
import { markerEngine, speech, without } from '../support/marker-engine.ts';
import { recogniseScript, type Recognised } from '../support/recognise-script.ts';

const MINUTE_MS = 60_000;
const KINDS = ['silence', 'noise', 'music'] as const;
/** Waits that would show, as a failure of the test, that the client waits for something that never comes. */
const LIMITS = {
  stallTimeoutMs: 30_000,
  finishTimeoutMs: 30_000,
  startTimeoutMs: 30_000,
  pingIntervalMs: 10_000,
} satisfies RecognizeOptions;

let service: TestService;
beforeEach(async () => {
  service = await startTestService({ engine: markerEngine() });
});
afterEach(() => service.close());

function* recording(kind: (typeof KINDS)[number], minutes: number): Generator<Buffer> {
  yield* speech(1000);
  yield* without(kind, minutes * MINUTE_MS);
  yield* speech(1500);
}

async function recognise(
  kind: (typeof KINDS)[number],
  minutes: number,
  options?: RecognizeOptions,
): Promise<Recognised> {
  const all = { ...LIMITS, baseUrl: service.url, ...options };
  return await recogniseScript(randomScript(1), all, recording(kind, minutes));
}

/** Nothing failed, nothing was sent twice, and both sentences came at their times. */
function expectOrdinary({ error, reconnects, gaps, warnings, metrics, finals }: Recognised, minutes: number) {
  expect({ error, reconnects, gaps, warnings }).toEqual({
    error: undefined,
    reconnects: [],
    gaps: [],
    warnings: [],
  });
  expect(metrics).toMatchObject({ resentMs: 0, sentMs: minutes * MINUTE_MS + 2500 });
  const last = minutes * MINUTE_MS + 1000;
  expect(finals.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual([
    [0, 1000],
    [last, last + 1500],
  ]);
}

describe('audio without speech between two sentences', () => {
  it.each(KINDS)('is ordinary for ten minutes of %s', async (kind) => {
    expectOrdinary(await recognise(kind, 10), 10);
  });

  it.each(KINDS)(
    'is ordinary for ten minutes of %s without heartbeat, when 60 s end a task',
    async (kind) => {
      expectOrdinary(await recognise(kind, 10, { heartbeat: false }), 10);
    },
  );

  it.each(KINDS)('is ordinary for three hours of %s', async (kind) => {
    expectOrdinary(await recognise(kind, 180), 180);
    expectOrdinary(await recognise(kind, 180, { heartbeat: false }), 180);
  });

  it('is ordinary at 8 kHz, where half as much is kept', async () => {
    const options = { model: 'fun-asr-flash-8k-realtime', heartbeat: false };
    const { error, gaps, reconnects, warnings, metrics } = await recognise('noise', 30, options);
    expect([error, gaps, reconnects, warnings, metrics?.resentMs]).toEqual([undefined, [], [], [], 0]);
  });
});
