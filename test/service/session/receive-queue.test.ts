import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ReceiveQueue } from '../../../lib/service/session/receive-queue.ts';
import type { ClientMessage } from '../../../lib/service/session/link.ts';
import { webSocketLink } from '../../../lib/service/session/web-socket-link.ts';

async function connected(
  take: (message: ClientMessage) => Promise<void>,
): Promise<{ client: WebSocket; queue: ReceiveQueue }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  let queue: ReceiveQueue | undefined;
  server.on('connection', (socket, request) => {
    queue = new ReceiveQueue(webSocketLink(socket, request.socket), take);
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, 'open');
  onTestFinished(() => client.terminate());
  if (!queue) throw new Error('there is no connection');
  return { client, queue };
}

describe('ReceiveQueue', () => {
  it('handles messages one after another in their order, text as strings and audio as buffers', async () => {
    const taken: ClientMessage[] = [];
    let atOnce = 0;
    let most = 0;
    let done = () => {};
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    const { client } = await connected(async (message) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      taken.push(message);
      if (taken.length === 40) done();
    });
    for (let n = 0; n < 20; n += 1) {
      client.send(`text ${n}`);
      client.send(Buffer.of(n));
    }
    await all;
    expect(taken).toEqual(Array.from({ length: 20 }, (_, n) => [`text ${n}`, Buffer.of(n)]).flat());
    expect(most).toBe(1);
  });

  it('stops reading while a message is being handled', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let taken = 0;
    const { client } = await connected(async () => {
      await held;
      taken += 1;
    });
    const frame = Buffer.alloc(16 * 1024);
    // More than the buffers of the sockets on both sides can hold.
    for (let n = 0; n < 4096; n += 1) client.send(frame);
    for (let turn = 0; turn < 2000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(client.bufferedAmount).toBeGreaterThan(32 * 1024 * 1024);
    release();
    await expect.poll(() => taken, { timeout: 10_000 }).toBe(4096);
    expect(client.bufferedAmount).toBe(0);
  });

  it('drops messages after it was closed, so that the end of the connection is read', async () => {
    const taken: ClientMessage[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { client, queue } = await connected(async (message) => {
      taken.push(message);
      await held;
    });
    for (let n = 0; n < 100; n += 1) client.send(Buffer.alloc(1024));
    while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    queue.close();
    release();
    client.close();
    await once(client, 'close');
    expect(taken).toHaveLength(1);
  });
});
