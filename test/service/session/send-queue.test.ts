import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { webSocketLink } from '../../../lib/service/session/web-socket-link.ts';
import { SendQueue } from '../../../lib/service/session/send-queue.ts';

const MEGABYTE = 'x'.repeat(1024 * 1024);

interface Connected {
  readonly queue: SendQueue;
  readonly client: WebSocket;
  /** Resolves when the queue closes the connection. */
  readonly closing: Promise<void>;
}

async function connected(unreadMs = 60_000): Promise<Connected> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket, { socket: raw }] = (await once(server, 'connection')) as [WebSocket, IncomingMessage];
  await once(client, 'open');
  onTestFinished(() => client.terminate());
  const link = webSocketLink(socket, raw);
  let queue: SendQueue | undefined;
  const closing = new Promise<void>((resolve) => {
    const close = (code: number): void => {
      link.close(code);
      resolve();
    };
    queue = new SendQueue({ ...link, close }, unreadMs);
  });
  if (!queue) throw new Error('there is no queue');
  return { queue, client, closing };
}

/** Sends until there is no room left. Returns the number of messages, and the wait for room. */
async function fill(queue: SendQueue): Promise<{ sent: number; room: Promise<void> }> {
  for (let sent = 1; sent <= 256; sent += 1) {
    queue.send(MEGABYTE);
    const room = queue.room();
    const isFull = await Promise.race([room.then(() => false), turns(50).then(() => true)]);
    if (isFull) return { sent, room };
  }
  throw new Error('the queue always has room');
}

/** Counts the messages that a client receives. */
function counted(client: WebSocket): () => number {
  let count = 0;
  client.on('message', () => {
    count += 1;
  });
  return () => count;
}

/** Lets the event loop turn, so that pending writes happen. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('SendQueue', () => {
  it('has room as long as the client reads', async () => {
    const { queue, client } = await connected();
    const received = counted(client);
    for (let sent = 0; sent < 50; sent += 1) {
      queue.send(MEGABYTE);
      await queue.room();
    }
    await expect.poll(received).toBe(50);
  });

  it('has no room while the client does not read, and has room again when it reads', async () => {
    const { queue, client } = await connected();
    client.pause();
    const { sent, room } = await fill(queue);
    expect(sent).toBeLessThan(64);
    const received = counted(client);
    client.resume();
    await room;
    await expect.poll(received).toBe(sent);
  });

  it('disconnects a client that reads nothing with 1013', async () => {
    const { queue, client, closing } = await connected(200);
    client.pause();
    const { room } = await fill(queue);
    const closed = once(client, 'close');
    await closing;
    // The messages, and the close frame after them, still wait to be read.
    client.resume();
    expect((await closed)[0]).toBe(1013);
    await room;
  });

  it('ends the wait for room when the connection is lost', async () => {
    const { queue, client } = await connected();
    client.pause();
    const { room } = await fill(queue);
    client.terminate();
    await expect(room).resolves.toBeUndefined();
  });
});
