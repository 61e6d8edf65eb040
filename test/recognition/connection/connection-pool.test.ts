import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../../../lib/recognition/connection/connection.ts';
import { ConnectionPool } from '../../../lib/recognition/connection/connection-pool.ts';
import { type Endpoint, resolveEndpoint } from '../../../lib/protocol/endpoint.ts';
import { taskStarted } from '../../../lib/protocol/messages/service-events.ts';
import { startTestService } from '../../../lib/testing/test-service.ts';
import { runProgram } from '../../support/run-program.ts';
import { type ScriptedService, startScriptedService } from '../../support/scripted-service.ts';

function poolOf(idleMs?: number): ConnectionPool {
  const pool = new ConnectionPool(idleMs);
  onTestFinished(() => pool.close());
  return pool;
}

async function service(): Promise<{ service: ScriptedService; endpoint: Endpoint }> {
  const scripted = await startScriptedService({});
  onTestFinished(() => scripted.close());
  return { service: scripted, endpoint: resolveEndpoint({ baseUrl: scripted.url }, {}) };
}

async function take(pool: ConnectionPool, endpoint: Endpoint) {
  const signal = new AbortController().signal;
  const lease = await pool.take({ endpoint, connectTimeoutMs: 5000, pingIntervalMs: 5000, signal });
  onTestFinished(() => lease.connection.terminate());
  return lease;
}

/** Waits until both sides have read what was sent. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

it('a connection whose task has finished serves the next one', async () => {
  const [pool, { service: scripted, endpoint }] = [poolOf(), await service()];
  const first = await take(pool, endpoint);
  pool.give(endpoint.account, first.connection);
  const second = await take(pool, endpoint);
  expect([first.isReused, second.isReused]).toEqual([false, true]);
  expect(second.connection).toBe(first.connection);
  expect(scripted.clients).toHaveLength(1);
});

it('a connection in use is not taken by another task', async () => {
  const [pool, { endpoint }] = [poolOf(), await service()];
  const first = await take(pool, endpoint);
  const second = await take(pool, endpoint);
  expect(second.connection).not.toBe(first.connection);
});

it('a connection serves only the account that it was opened for', async () => {
  const [pool, { service: scripted, endpoint }] = [poolOf(), await service()];
  const other = resolveEndpoint({ baseUrl: scripted.url, apiKey: 'sk-other' }, {});
  const first = await take(pool, endpoint);
  pool.give(endpoint.account, first.connection);
  expect((await take(pool, other)).isReused).toBe(false);
});

it('a connection that was closed while idle is skipped', async () => {
  const [pool, { service: scripted, endpoint }] = [poolOf(), await service()];
  const { connection } = await take(pool, endpoint);
  pool.give(endpoint.account, connection);
  scripted.clients[0]?.socket.close(1000);
  await until(() => !connection.isOpen);
  expect((await take(pool, endpoint)).isReused).toBe(false);
});

it('an idle connection is closed by any message', async () => {
  const [pool, { service: scripted, endpoint }] = [poolOf(), await service()];
  const { connection } = await take(pool, endpoint);
  pool.give(endpoint.account, connection);
  scripted.clients[0]?.send(taskStarted('of nobody'));
  await until(() => !connection.isOpen);
  expect((await take(pool, endpoint)).isReused).toBe(false);
});

it('a connection that stays idle for long is closed with a close frame', async () => {
  const [pool, { service: scripted, endpoint }] = [poolOf(50), await service()];
  const { connection } = await take(pool, endpoint);
  const closed = once(scripted.clients[0]?.socket ?? process, 'close');
  pool.give(endpoint.account, connection);
  expect((await closed)[0]).toBe(1000);
  expect((await take(pool, endpoint)).isReused).toBe(false);
});

it('a connection that was taken again is not closed for idleness', async () => {
  const [pool, { endpoint }] = [poolOf(50), await service()];
  const { connection } = await take(pool, endpoint);
  pool.give(endpoint.account, connection);
  await take(pool, endpoint);
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(connection.isOpen).toBe(true);
});

it('closing the pool closes all idle connections with a close frame', async () => {
  const [pool, { service: scripted, endpoint }] = [poolOf(), await service()];
  const leases = [await take(pool, endpoint), await take(pool, endpoint)];
  const closed = Promise.all(scripted.clients.map(({ socket }) => once(socket, 'close')));
  for (const { connection } of leases) pool.give(endpoint.account, connection);
  await pool.close();
  expect((await closed).map(([code]) => code as unknown)).toEqual([1000, 1000]);
  expect(leases.map(({ connection }: { connection: Connection }) => connection.isOpen)).toEqual([
    false,
    false,
  ]);
});

it('recognitions one after another share one connection, which does not keep the process alive', async () => {
  await using testService = await startTestService();
  const { exitCode, lines } = await runProgram(`
    import { once } from 'node:events';
    for (let n = 0; n < 3; n += 1) {
      const stage = fun.recognize({ baseUrl: '${testService.url}' });
      stage.resume().end(Buffer.alloc(32_000));
      await once(stage, 'end');
    }
    process.once('beforeExit', () => console.log('nothing keeps it alive'));
  `);
  expect([exitCode, lines]).toEqual([0, ['nothing keeps it alive']]);
  expect([testService.log.connections, testService.log.tasks.length]).toEqual([1, 3]);
});
