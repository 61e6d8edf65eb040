import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { webSocketLink } from '../../../lib/service/session/web-socket-link.ts';
import { Outbox } from '../../../lib/service/session/outbox.ts';

const MEGABYTE = 'x'.repeat(1024 * 1024);

async function connected(unreadMs = 60_000): Promise<{ outbox: Outbox; client: WebSocket }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket, { socket: raw }] = (await once(server, 'connection')) as [WebSocket, IncomingMessage];
  await once(client, 'open');
  onTestFinished(() => client.terminate());
  return { outbox: new Outbox(webSocketLink(socket, raw), unreadMs), client };
}

/** Sends until there is no room left; gives the number of messages, and what waits for room. */
async function fill(outbox: Outbox): Promise<{ sent: number; room: Promise<void> }> {
  for (let sent = 1; sent <= 256; sent += 1) {
    outbox.send(MEGABYTE);
    const room = outbox.room();
    const isFull = await Promise.race([room.then(() => false), turns(50).then(() => true)]);
    if (isFull) return { sent, room };
  }
  throw new Error('there is always room');
}

/** Counts the messages that a client gets. */
function counted(client: WebSocket): () => number {
  let count = 0;
  client.on('message', () => {
    count += 1;
  });
  return () => count;
}

/** Lets the event loop turn, so that what can be written is written. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('what is sent to a client', () => {
  it('has room as long as the client reads', async () => {
    const { outbox, client } = await connected();
    const received = counted(client);
    for (let sent = 0; sent < 50; sent += 1) {
      outbox.send(MEGABYTE);
      await outbox.room();
    }
    await expect.poll(received).toBe(50);
  });

  it('is bounded when the client does not read, and goes on when it does', async () => {
    const { outbox, client } = await connected();
    client.pause();
    const { sent, room } = await fill(outbox);
    expect(sent).toBeLessThan(64);
    const received = counted(client);
    client.resume();
    await room;
    await expect.poll(received).toBe(sent);
  });

  it('ends the connection of a client that reads nothing, and of no other', async () => {
    const { outbox, client } = await connected(200);
    client.pause();
    const { room } = await fill(outbox);
    const closed = once(client, 'close');
    // Long after the time is up: what was sent, and the close frame behind it, still wait to be read.
    await new Promise((resolve) => setTimeout(resolve, 600));
    client.resume();
    expect((await closed)[0]).toBe(1013);
    await room;
  });

  it('keeps nobody waiting when the connection is lost', async () => {
    const { outbox, client } = await connected();
    client.pause();
    const { room } = await fill(outbox);
    client.terminate();
    await expect(room).resolves.toBeUndefined();
  });
});
