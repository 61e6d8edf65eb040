import { describe, expect, it } from 'vitest';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import type { Script } from '../../lib/testing/audio/script.ts';
import type { TestService } from '../../lib/testing/test-service.ts';
import { frames, recogniseWith, NO_LOSS } from '../support/recognise-script.ts';

const SCRIPT = randomScript(7, { durationMs: 12_000 });

describe('a source that pauses for longer than the service waits for audio', () => {
  const timers = { noAudioMs: 80 };

  it('gets a new task with its next audio, and none before', async () => {
    const pauses: unknown[] = [];
    async function* source({ log }: TestService) {
      yield* frames(SCRIPT, 0, 5000);
      await new Promise((resolve) => setTimeout(resolve, 500));
      pauses.push([log.tasks.map(({ end }) => end), log.connections]);
      yield* frames(SCRIPT, 5000);
    }
    const result = await recogniseWith({ script: SCRIPT, timers, source });
    expect(pauses).toEqual([[['failed'], 1]]);
    expect(result).toMatchObject(NO_LOSS);
    expect(result.reconnects).toMatchObject([{ reason: { code: 'E_TIMEOUT', serviceCode: 'CLIENT_ERROR' } }]);
    expect(result.log.tasks.map(({ end }) => end)).toEqual(['failed', 'finished']);
  });

  it('may do so any number of times', async () => {
    const script: Script = { durationMs: 6000, sentences: [{ begin_time: 5000, end_time: 5700 }] };
    async function* source() {
      for (let at = 0; at < 5000; at += 1000) {
        yield* frames(script, at, at + 1000);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      yield* frames(script, 5000);
    }
    const result = await recogniseWith({ script, timers, source, options: { maxRetries: 2 } });
    expect(result).toMatchObject(NO_LOSS);
    expect(result.tasks).toHaveLength(6);
  });
});

describe('a silence that is too long for the service', () => {
  const script: Script = {
    durationMs: 12_000,
    sentences: [
      { begin_time: 500, end_time: 1500 },
      { begin_time: 10_000, end_time: 11_200 },
    ],
  };

  it('does not end the recognition, and is not sent repeatedly', async () => {
    const result = await recogniseWith({
      script,
      timers: { silenceMs: 2000 },
      options: { heartbeat: false, maxRetries: 2 },
    });
    expect(result).toMatchObject(NO_LOSS);
    expect(result.log.audioMs).toBeLessThan(2 * script.durationMs);
  });
});

describe('a task without a final sentence for nine minutes', () => {
  it('is finished, and another continues without sending any audio twice', async () => {
    const minutes = 60_000;
    const script: Script = {
      durationMs: 11 * minutes,
      sentences: [
        { begin_time: 800, end_time: 1700 },
        { begin_time: 10 * minutes, end_time: 10 * minutes + 1234 },
      ],
    };
    const result = await recogniseWith({ script });
    expect(result).toMatchObject(NO_LOSS);
    expect([result.reconnects, result.metrics?.resentMs]).toEqual([[], 0]);
    expect(result.tasks).toHaveLength(2);
    expect([result.log.audioMs, result.log.maxConcurrentTasks]).toEqual([script.durationMs, 1]);
    expect(result.log.tasks.map(({ end }) => end)).toEqual(['finished', 'finished']);
  });
});
