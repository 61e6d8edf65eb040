import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { recognize } from '../../lib/recognize.ts';
import { traceWire } from '../../lib/recognition/events/wire-trace.ts';
import { FAULT_KINDS } from '../../lib/testing/faults/fault-kinds.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { selfDescribingAudio } from '../../lib/testing/audio/self-describing-audio.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { CANARY, leaks } from '../support/canary.ts';

const EVENTS = ['open', 'reconnect', 'gap', 'warning', 'metrics', 'data', 'error'] as const;
const LIMITS = {
  connectTimeoutMs: 1000,
  startTimeoutMs: 1000,
  stallTimeoutMs: 200,
  finishTimeoutMs: 200,
  pingIntervalMs: 30,
  retryDelayMs: 1,
};

it.each(FAULT_KINDS)('events, errors and traces do not contain the key after the fault %s', async (kind) => {
  const script = randomScript(7, { durationMs: 5000 });
  const reported: unknown[] = [];
  const trace = new PassThrough();
  const stop = traceWire(trace);
  // The first run survives the fault, the second fails.
  for (const maxRetries of [8, 0]) {
    await using service = await startTestService({
      script,
      faults: kind === 'delay' ? 'delay:10ms@1s' : kind,
    });
    const stage = recognize({ baseUrl: service.url, apiKey: CANARY, ...LIMITS, maxRetries });
    for (const event of EVENTS) stage.on(event, (...values: unknown[]) => reported.push(event, ...values));
    selfDescribingAudio(script).pipe(stage);
    await new Promise((resolve) => stage.once('close', resolve));
    reported.push(stage);
  }
  stop();
  trace.end();
  const written = await text(trace);
  const shown = inspect(reported, {
    depth: 12,
    showHidden: true,
    maxArrayLength: null,
    maxStringLength: null,
  });
  expect(written).toContain('run-task');
  expect(shown).toContain('requestId');
  expect(
    leaks(`${written}\n${shown}\n${JSON.stringify(reported.filter((value) => value instanceof Error))}`),
  ).toEqual([]);
});
