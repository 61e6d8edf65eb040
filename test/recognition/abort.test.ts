import { expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';

/**
 * Aborts a recognition in every state in which it waits, with limits of a minute each: anything that is left keeps the
 * process alive for that long.
 */
const PROGRAM = `
  import { once } from 'node:events';
  import { Readable } from 'node:stream';
  import { pipeline } from 'node:stream/promises';
  import { setTimeout as wait } from 'node:timers/promises';

  const MINUTE = 60_000;
  const patient = {
    connectTimeoutMs: MINUTE, startTimeoutMs: MINUTE, stallTimeoutMs: MINUTE, pingIntervalMs: MINUTE,
    resultTimeoutMs: MINUTE, finishTimeoutMs: MINUTE, retryDelayMs: 1,
  };
  const spoken = { durationMs: 8000, sentences: [{ begin_time: 3000, end_time: 4000 }] };
  const silent = { durationMs: 10 * MINUTE, sentences: [] };
  const poisoned = testing.exactEngine({ script: spoken, poison: [3500, 3600] });
  const until = async (holds) => { while (!holds()) await wait(2); };
  const fired = (service) => service.pending.length === 0;

  const places = {
    'connecting': { faults: 'never-open', isThere: fired },
    'starting a task': { faults: 'never-start', isThere: fired },
    'sending': { faults: 'stop-reading@1s', script: silent, isThere: fired },
    'a paused source': { faults: 'invalid-message@8s', isOpen: true, isThere: fired },
    'finishing': { faults: 'never-finish', isThere: fired },
    'waiting before a retry': { faults: 'refuse:503:60s', isThere: fired },
    'waiting for the limiter': { faults: 'refuse:429:60s', isThere: fired, isTwice: true },
    'sending again': {
      faults: 'drop@5s, stop-reading@5100ms', script: silent, isThere: (service) => fired(service) && service.log.tasks.length === 2,
    },
    'sending in real time': { engine: poisoned, isThere: (service) => service.log.tasks.length === 3 && service.log.tasks[2].audioMs > 300 },
    'finishing a full task': {
      faults: 'never-finish', script: silent, isOpen: true, isThere: fired, limits: { resultTimeoutMs: 100 },
    },
  };

  for (const [place, { script = spoken, isThere, isOpen, isTwice, limits, ...options }] of Object.entries(places)) {
    const service = await testing.startTestService({ script, ...options });
    const controller = new AbortController();
    const begin = async () => {
      async function* source() {
        yield* testing.selfDescribingAudio(script);
        if (isOpen) await once(controller.signal, 'abort');
      }
      const stage = fun.recognize({ ...patient, ...limits, baseUrl: service.url, signal: controller.signal });
      stage.resume();
      return pipeline(Readable.from(source()), stage).then(() => 'ended', (error) => error.name);
    };
    const flows = [begin()];
    await until(() => isThere(service));
    await wait(30);
    if (isTwice) flows.push(begin());
    await wait(30);
    controller.abort();
    console.log(place + ': ' + (await Promise.all(flows)).join(' '));
    await service.close();
  }
`;

it('an aborted recognition ends at once, in every state, and leaves nothing that keeps the process alive', async () => {
  const { exitCode, lines } = await runProgram(PROGRAM);
  expect([exitCode, lines]).toEqual([
    0,
    [
      'connecting: AbortError',
      'starting a task: AbortError',
      'sending: AbortError',
      'a paused source: AbortError',
      'finishing: AbortError',
      'waiting before a retry: AbortError',
      'waiting for the limiter: AbortError AbortError',
      'sending again: AbortError',
      'sending in real time: AbortError',
      'finishing a full task: AbortError',
    ],
  ]);
});
