import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { taskFinished } from '../../lib/protocol/messages/service-events.ts';
import { exactEngine } from '../../lib/testing/engine/exact-engine.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import type { Script } from '../../lib/testing/audio/script.ts';
import type { TestService } from '../../lib/testing/test-service.ts';
import { type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';
import {
  frames,
  recogniseScript,
  recogniseWith,
  type Recognised,
  NO_LOSS,
} from '../support/recognise-script.ts';

const SCRIPT = randomScript(7, { durationMs: 12_000 });

/** The audio of a script, of which the last second waits until the service was asked for another task. */
async function* heldBack({ log }: TestService): AsyncGenerator<Buffer> {
  yield* frames(SCRIPT, 0, SCRIPT.durationMs - 1000);
  while (log.tasks.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  yield* frames(SCRIPT, SCRIPT.durationMs - 1000);
}

/** Where each task but the first began, and where it should have: at the end of the last final sentence before it. */
function seams({ tasks, finals }: Recognised): { began: number[]; ended: number[] } {
  const later = tasks.slice(1);
  return {
    began: later.map(({ fromMs }) => fromMs),
    ended: later.map(({ requestId }) => {
      const before = tasks.slice(
        0,
        tasks.findIndex((task) => task.requestId === requestId),
      );
      const ids = new Set(before.map((task) => task.requestId));
      return finals.findLast(({ request_id }) => ids.has(request_id))?.end_time ?? 0;
    }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('a recognition that is interrupted', () => {
  it.each([
    'refuse',
    'refuse:429',
    'refuse:500',
    'never-open',
    'throttle',
    'throttle:Throttling.AllocationQuota',
    'never-start',
    'drop@200ms',
    'drop@6100ms',
    'drop@12s',
    'reset@200ms',
    'reset@6100ms',
    'reset@12s',
    'half-open@200ms',
    'half-open@6100ms',
    'half-open@12s',
    'close:1000@6100ms',
    'close:1001@6100ms',
    'close:1011@200ms',
    'close:1012@12s',
    'fail@200ms',
    'fail:SystemError@6100ms',
    'fail:Throttling.RateQuota@6100ms',
    'fail@12s',
    'never-finish',
    'drop@4s, refuse@4s',
    'drop@4s, never-open@4s',
    'drop@4s, throttle@4s',
    'drop@4s, never-start@4s',
    'drop@3s, reset@6s, fail@9s, half-open@12s',
  ])('by %s continues where its text ends, without a trace in the output', async (faults) => {
    const result = await recogniseWith({ script: SCRIPT, faults });
    expect(result).toMatchObject(NO_LOSS);
    expect(result.pending).toEqual([]);
    const { began, ended } = seams(result);
    expect(began).toEqual(ended);
    const resentMs = sum(result.reconnects.map((reconnect) => reconnect.resentMs));
    expect(result.metrics?.resentMs).toBeLessThanOrEqual(resentMs);
    expect(result.log.audioMs - SCRIPT.durationMs).toBeLessThanOrEqual(resentMs);
    expect(result.log.maxConcurrentTasks).toBe(1);
  });

  it('by a service that takes no more audio continues', async () => {
    const result = await recogniseWith({ script: SCRIPT, faults: 'stop-reading@6100ms' });
    expect(result).toMatchObject(NO_LOSS);
    expect(result.tasks).toHaveLength(2);
  });

  it('by finish-early while audio still arrives continues', async () => {
    const result = await recogniseWith({ script: SCRIPT, faults: 'finish-early@6100ms', source: heldBack });
    expect(result).toMatchObject(NO_LOSS);
    expect(result.reconnects.map(({ reason }) => reason.code)).toEqual(['E_CONNECTION_LOST']);
  });

  it.each([
    'delay:300ms@6s',
    'stop-reading:100ms@6s',
    'duplicate@3s',
    'reorder@3s',
    'invalid-message@3s',
    'invalid-message:event@3s',
    'invalid-message:binary@3s',
    'invalid-message:other-task@3s',
  ])('only disturbed by %s needs no second task', async (faults) => {
    const result = await recogniseWith({ script: SCRIPT, faults, options: { pingIntervalMs: 5000 } });
    expect(result).toMatchObject(NO_LOSS);
    expect([result.pending, result.reconnects, result.tasks.length]).toEqual([[], [], 1]);
  });
});

describe('a recognition that is interrupted while it finishes', () => {
  const half = SCRIPT.durationMs / 2;
  const ways: Record<string, (client: ScriptedClient) => void> = {
    'without a close frame': ({ socket }) => socket.terminate(),
    'with 1000, which is not a success': ({ socket }) => socket.close(1000),
    'with 1011': ({ socket }) => socket.close(1011),
    'by a failure': (client) => client.fail('InternalError', 'oops'),
    'by a task-finished of another task': (client) => {
      client.send(taskFinished('0123456789abcdef0123456789abcdef'));
      client.socket.terminate();
    },
    'without any message': () => {},
  };

  it.each(Object.keys(ways))('%s sends only what is not final again', async (way) => {
    await using service = await startScriptedService({
      async client(client, index) {
        await client.startTask();
        await client.action('finish-task');
        client.final(index === 0 ? 'First.' : 'Second.', 100, half);
        if (index === 0) ways[way]?.(client);
        else await client.finishTask();
      },
    });
    const options = { baseUrl: service.url, finishTimeoutMs: 1, pingIntervalMs: 5000 };
    const result = await recogniseScript(SCRIPT, options);
    expect(result.error).toBeUndefined();
    expect(result.finals.map(({ text, begin_time, end_time }) => [text, begin_time, end_time])).toEqual([
      ['First.', 100, half],
      ['Second.', half + 100, 2 * half],
    ]);
    const [whole, rest] = service.clients.map(({ audio }) => audio);
    expect(rest?.equals(whole?.subarray(half * 32) ?? Buffer.alloc(0))).toBe(true);
    expect(result.metrics).toMatchObject({ tasks: 2, sentMs: 3 * half, resentMs: half });
  });
});

describe('final sentences in the wrong order', () => {
  it.each([true, false])('are put in order, with partials: %s', async (partials) => {
    const atMs = [2000, 4000, 6000, 8000, 10_000];
    for (const at of atMs) {
      const result = await recogniseWith({
        script: SCRIPT,
        partials,
        faults: [{ kind: 'reorder', atMs: at }],
      });
      expect(result).toMatchObject(NO_LOSS);
    }
  });
});

describe('the same word three times', () => {
  const script: Script = {
    durationMs: 4000,
    sentences: [
      { begin_time: 1003, end_time: 1400, text: 'yes' },
      { begin_time: 1500, end_time: 1907, text: 'yes' },
      { begin_time: 2011, end_time: 2400, text: 'yes' },
    ],
  };

  it.each([1100, 1300, 1450, 1500, 1600, 1800, 1950, 2100, 2300, 2500, 2700])(
    'is three sentences, also when the connection is lost at %i ms',
    async (atMs) => {
      const engine = exactEngine({ script, finalDelayMs: 60 });
      const result = await recogniseWith({ script, engine, faults: `drop@${atMs}ms` });
      expect(result).toMatchObject(NO_LOSS);
      expect(result.finals.map(({ text, sentence_id }) => [sentence_id, text])).toEqual([
        [1, 'yes'],
        [2, 'yes'],
        [3, 'yes'],
      ]);
    },
  );
});

describe('encoded audio', () => {
  it.each([
    ['mp3', 'ill-disposed.mp3'],
    ['wav', 'leisure.wav'],
  ] as const)(
    'in %s is sent again from its first byte, and its sentences come once',
    async (format, name) => {
      const bytes = await readFile(new URL(`../../fixtures/${name}`, import.meta.url));
      await using service = await startScriptedService({
        async client(client, index) {
          await client.startTask();
          if (index === 0) await client.audioBytes(bytes.length / 2);
          else await client.action('finish-task');
          client.partial('Well', 100);
          client.final('Well.', 100, 900);
          client.final('Well.', 1000, 1800);
          if (index === 0) return client.socket.terminate();
          client.final('Well, well.', 1900, 2700);
          return client.finishTask();
        },
      });
      const result = await recogniseScript(SCRIPT, { baseUrl: service.url, format }, [bytes]);
      expect(result.error).toBeUndefined();
      expect(result.finals.map(({ sentence_id, text, end_time }) => [sentence_id, text, end_time])).toEqual([
        [1, 'Well.', 900],
        [2, 'Well.', 1800],
        [3, 'Well, well.', 2700],
      ]);
      expect(service.clients.at(-1)?.audio.equals(bytes)).toBe(true);
    },
  );
});
