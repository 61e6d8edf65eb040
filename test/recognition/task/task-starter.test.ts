import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { taskFailed, taskFinished, taskStarted } from '../../../lib/protocol/messages/service-events.ts';
import { recognize } from '../../../lib/recognize.ts';
import { SHORT_TIMEOUTS } from '../../support/recognise-script.ts';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';

/** Recognises a second of silence. */
async function recognise(baseUrl: string): Promise<number> {
  let reconnects = 0;
  const stage = recognize({ ...SHORT_TIMEOUTS, pingIntervalMs: 10_000, baseUrl });
  stage.on('reconnect', () => (reconnects += 1));
  stage.resume().end(Buffer.alloc(32_000));
  await once(stage, 'end');
  return reconnects;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Starts every requested task, and answers its end. */
function serve(client: ScriptedClient, answer: (taskId: string) => string): void {
  client.socket.on('message', (data, isBinary) => {
    if (isBinary) return;
    const isStart = (data as Buffer).toString().includes('"run-task"');
    client.send(isStart ? taskStarted(client.taskId) : answer(client.taskId));
  });
}

/** How many actions each client has sent. */
function actions(clients: readonly ScriptedClient[]): number[] {
  return clients.map(({ received }) => received.filter((item) => typeof item === 'object').length);
}

describe('idle connections that have died', () => {
  it('cost one failed start and no retry: a new one is opened, and the others are closed', async () => {
    await using service = await startScriptedService({ client: (client) => serve(client, taskFinished) });
    await Promise.all([recognise(service.url), recognise(service.url), recognise(service.url)]);
    const dead = [...service.clients];
    // From now on they answer nothing.
    for (const { socket } of dead) socket.removeAllListeners('message');
    const asked = dead.map(({ socket }) => ({ socket, count: 0 }));
    for (const client of asked) client.socket.on('message', () => (client.count += 1));
    expect(await recognise(service.url)).toBe(0);
    expect([dead.length, service.clients.length]).toEqual([3, 4]);
    expect(asked.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
    await until(() => dead.every(({ socket }) => socket.readyState === socket.CLOSED));
  });
});

describe('a connection whose task the service has refused', () => {
  it('is not used again, even when the refusal only says that there is no speech', async () => {
    const refuse = (taskId: string) => taskFailed(taskId, 'NO_VALID_AUDIO_ERROR', 'NO_VALID_AUDIO_ERROR');
    await using service = await startScriptedService({ client: (client) => serve(client, refuse) });
    expect([await recognise(service.url), await recognise(service.url)]).toEqual([0, 0]);
    expect(actions(service.clients)).toEqual([2, 2]);
  });
});
