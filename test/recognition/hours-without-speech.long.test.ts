import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecognizeOptions } from '../../lib/recognize.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { startTestService, type TestService } from '../../lib/testing/test-service.ts';
import { markerEngine, speech, without } from '../support/marker-engine.ts';
import { recogniseScript } from '../support/recognise-script.ts';

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

/** What matters of a recognition. */
async function outcome(kind: (typeof KINDS)[number], minutes: number, options?: RecognizeOptions) {
  const all = { ...LIMITS, baseUrl: service.url, ...options };
  const result = await recogniseScript(randomScript(1), all, recording(kind, minutes));
  const { error, reconnects, gaps, warnings, metrics, finals } = result;
  const times = finals.map(({ begin_time, end_time }) => [begin_time, end_time]);
  return { error, reconnects, gaps, warnings, resentMs: metrics?.resentMs, sentMs: metrics?.sentMs, times };
}

/** Nothing failed, nothing was sent twice, and both sentences came at their times. */
function ordinary(minutes: number): Awaited<ReturnType<typeof outcome>> {
  const last = minutes * MINUTE_MS + 1000;
  const times = [
    [0, 1000],
    [last, last + 1500],
  ];
  const sentMs = minutes * MINUTE_MS + 2500;
  return { error: undefined, reconnects: [], gaps: [], warnings: [], resentMs: 0, sentMs, times };
}

describe('audio without speech between two sentences', () => {
  it.each(KINDS)('is ordinary for twenty minutes of %s', async (kind) => {
    expect(await outcome(kind, 20)).toEqual(ordinary(20));
  });

  it.each(KINDS)(
    'is ordinary for twenty minutes of %s without heartbeat, when 60 s end a task',
    async (kind) => {
      expect(await outcome(kind, 20, { heartbeat: false })).toEqual(ordinary(20));
    },
  );

  it('is ordinary for three hours', { timeout: 240_000 }, async () => {
    expect(await outcome('noise', 180)).toEqual(ordinary(180));
  });

  it('is ordinary at 8 kHz, where half as much is kept', async () => {
    const options = { model: 'fun-asr-flash-8k-realtime', heartbeat: false };
    const { error, reconnects, gaps, warnings, resentMs } = await outcome('noise', 15, options);
    expect({ error, reconnects, gaps, warnings, resentMs }).toEqual({
      error: undefined,
      reconnects: [],
      gaps: [],
      warnings: [],
      resentMs: 0,
    });
  });
});
