import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Inbox } from '../../../lib/service/session/inbox.ts';
import type { ClientMessage } from '../../../lib/service/session/link.ts';
import { webSocketLink } from '../../../lib/service/session/web-socket-link.ts';

async function connected(
  take: (message: ClientMessage) => Promise<void>,
): Promise<{ client: WebSocket; inbox: Inbox }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  let inbox: Inbox | undefined;
  server.on('connection', (socket, request) => {
    inbox = new Inbox(webSocketLink(socket, request.socket), take);
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, 'open');
  onTestFinished(() => client.terminate());
  if (!inbox) throw new Error('there is no connection');
  return { client, inbox };
}

describe('what a client sends', () => {
  it('is taken one after another in its order, text as text and audio as bytes', async () => {
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

  it('waits at the client while nothing is taken', async () => {
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
    // More than fits into the buffers of the sockets on both sides.
    for (let n = 0; n < 4096; n += 1) client.send(frame);
    for (let turn = 0; turn < 2000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(client.bufferedAmount).toBeGreaterThan(32 * 1024 * 1024);
    release();
    await expect.poll(() => taken, { timeout: 10_000 }).toBe(4096);
    expect(client.bufferedAmount).toBe(0);
  });

  it('is dropped once it is closed, so that the end of the connection can be heard', async () => {
    const taken: ClientMessage[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { client, inbox } = await connected(async (message) => {
      taken.push(message);
      await held;
    });
    for (let n = 0; n < 100; n += 1) client.send(Buffer.alloc(1024));
    while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    inbox.close();
    release();
    client.close();
    await once(client, 'close');
    expect(taken).toHaveLength(1);
  });
});
