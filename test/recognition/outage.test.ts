import { describe, expect, it } from 'vitest';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import type { Script } from '../../lib/testing/audio/script.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { exactEngine } from '../../lib/testing/engine/exact-engine.ts';
import { frames, recogniseScript, recogniseWith, NO_LOSS } from '../support/recognise-script.ts';
import { type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';

const SCRIPT = randomScript(7, { durationMs: 12_000 });
const everyTask = (kind: 'half-open' | 'drop' | 'fail') =>
  Array.from({ length: 100 }, (_, n) => ({ kind, atMs: n * 300 }));

/** Failures a millisecond apart would count as poison audio: the strictest test that an outage is not. */
const SPACING_MS = 1;

describe('an outage', () => {
  it.each(['half-open', 'drop', 'fail'] as const)(
    'of every task by %s is an error, and no gap',
    async (kind) => {
      await using service = await startTestService({ script: SCRIPT, faults: everyTask(kind) });
      const { error, gaps, finals, warnings } = await recogniseScript(
        SCRIPT,
        { baseUrl: service.url, maxRetries: 8 },
        frames(SCRIPT),
        SPACING_MS,
      );
      expect(error).toMatchObject({ message: expect.stringContaining('given up after 8 retries') as string });
      expect({ gaps, finals, warnings }).toEqual({ gaps: [], finals: [], warnings: [] });
    },
  );

  it('of a service that closes each task at its end loses no sentence', async () => {
    const engine = exactEngine({ script: SCRIPT });
    await using service = await startTestService({
      engine,
      faults: Array.from({ length: 6 }, () => ({ kind: 'never-finish' as const, atMs: 0 })),
    });
    const options = { baseUrl: service.url, finishTimeoutMs: 50 };
    const result = await recogniseScript(SCRIPT, options, frames(SCRIPT), SPACING_MS);
    expect(result).toMatchObject(NO_LOSS);
    expect(result.reconnects).toHaveLength(6);
  });

  it.each([
    ['closes the connection with 1011', (client: ScriptedClient) => client.socket.close(1011)],
    ['fails the task', (client: ScriptedClient) => client.fail('InternalError', 'oops')],
    ['terminates the connection', (client: ScriptedClient) => client.socket.terminate()],
  ])('of a service that %s instead of finishing it loses no sentence', async (_, end) => {
    await using service = await startScriptedService({
      async client(client, index) {
        await client.startTask();
        await client.action('finish-task');
        if (index < 5) return end(client);
        client.final('At last.', 1000, 2000);
        return await client.finishTask();
      },
    });
    // Short, because audio that fails again and again is sent in real time.
    const short: Script = { durationMs: 2500, sentences: [] };
    const result = await recogniseScript(short, { baseUrl: service.url }, frames(short), SPACING_MS);
    expect([result.error, result.gaps, result.finals.map(({ text }) => text)]).toEqual([
      undefined,
      [],
      ['At last.'],
    ]);
  });
});

describe('a close code for a protocol error', () => {
  it.each([1002, 1003, 1007, 1009])('%i once is retried like a lost connection', async (code) => {
    const result = await recogniseWith({ script: SCRIPT, faults: `close:${code}@4s` });
    expect(result).toMatchObject(NO_LOSS);
    expect(result.reconnects).toMatchObject([{ reason: { code: 'E_PROTOCOL' } }]);
  });

  it.each([1002, 1003, 1007, 1009])('%i twice without a new sentence is E_PROTOCOL', async (code) => {
    const script: Script = { durationMs: 12_000, sentences: [{ begin_time: 11_000, end_time: 11_900 }] };
    const faults = `close:${code}@2s, close:${code}@5s`;
    const { error, reconnects } = await recogniseWith({ script, faults });
    expect(error).toMatchObject({
      code: 'E_PROTOCOL',
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect((error as Error).message).toContain(String(code));
    expect(reconnects).toHaveLength(1);
  });
});
