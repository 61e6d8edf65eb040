import { pipeline } from 'node:stream';
import { expect, it } from 'vitest';
import { frame } from '../../lib/audio/frame.ts';
import { pace } from '../../lib/audio/pace.ts';
import { recognize } from '../../lib/recognize.ts';
import { sentenceEnd } from '../../lib/subtitles/sentence-end.ts';
import { startFaultProxy } from '../../lib/testing/network/fault-proxy.ts';
import { formatFaults } from '../../lib/testing/faults/fault-spec.ts';
import { randomNetworkFaults } from '../../lib/testing/network/network-faults.ts';
import { runTrial, type TrialClient, type TrialResult } from '../../lib/testing/trial/trial.ts';
import { SHORT_TIMEOUTS } from '../support/recognise-script.ts';

// A sample of bench/fault-schedules.mjs and bench/fault-proxy.mjs: all at once, for most of the time they wait.
const SCHEDULES = 60;
const NETWORK_SCHEDULES = 20;
const DURATION_MS = 12_000;
const LIMITS = {
  ...SHORT_TIMEOUTS,
  connectTimeoutMs: 2000,
  startTimeoutMs: 2000,
  stallTimeoutMs: 2000,
  resultTimeoutMs: 2000,
  finishTimeoutMs: 2000,
};

const client: TrialClient = async function* (baseUrl, audio, signal) {
  const stage = recognize({ ...LIMITS, pingIntervalMs: 400, baseUrl, signal });
  stage.on('gap', () => stage.destroy(new Error('audio was given up')));
  yield* pipeline(audio, frame(), pace({ rate: 20 }), stage, sentenceEnd(), () => {});
};

function report({ error, ...verdict }: TrialResult, schedule: string): string[] {
  return verdict.isPassed ? [] : [`${schedule}: lost ${verdict.lost.length}, ${String(error)}`];
}

it('loses and repeats no sentence, and sends nothing final again, under random faults of the service', async () => {
  const trials = Array.from({ length: SCHEDULES }, async (_, index) => {
    const verdict = await runTrial(client, { seed: index + 1, durationMs: DURATION_MS });
    return { failed: report(verdict, `seed ${index + 1}, ${formatFaults(verdict.faults)}`), verdict };
  });
  const all = await Promise.all(trials);
  expect(all.flatMap(({ failed }) => failed)).toEqual([]);
  expect(all.reduce((sum, { verdict }) => sum + verdict.fired.length, 0)).toBeGreaterThan(SCHEDULES);
});

it('loses and repeats no sentence under random faults of the network', async () => {
  const trials = Array.from({ length: NETWORK_SCHEDULES }, async (_, index) => {
    // A byte that is changed on the way is noticed only below TLS.
    const faults = randomNetworkFaults(index + 1, { durationMs: DURATION_MS }).filter(
      ({ kind }) => kind !== 'corrupt',
    );
    let finalMs = 0;
    const behindProxy: TrialClient = async function* (baseUrl, audio, signal) {
      const { port } = new URL(baseUrl);
      await using proxy = await startFaultProxy({
        targetPort: Number(port),
        faults,
        progressMs: () => finalMs,
      });
      for await (const sentence of client(baseUrl.replace(port, String(proxy.port)), audio, signal)) {
        finalMs = sentence.end_time ?? finalMs;
        yield sentence;
      }
    };
    const verdict = await runTrial(behindProxy, { seed: index + 1, durationMs: DURATION_MS, faults: [] });
    return report(verdict, `seed ${index + 1}, ${JSON.stringify(faults)}`);
  });
  expect((await Promise.all(trials)).flat()).toEqual([]);
});
