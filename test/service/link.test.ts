import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { webSocketLink } from '../../lib/service/link.ts';

async function linked(): Promise<{ client: WebSocket; pongs: string[] }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  onTestFinished(() => server.close());
  server.on('connection', (socket, { socket: raw }: IncomingMessage) => webSocketLink(socket, raw));
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => client.terminate());
  const pongs: string[] = [];
  client.on('pong', (data) => pongs.push(data.toString()));
  await once(client, 'open');
  return { client, pongs };
}

describe('a ping', () => {
  it('is answered with what it says', async () => {
    const { client, pongs } = await linked();
    client.ping('are you there?');
    await expect.poll(() => pongs).toEqual(['are you there?']);
  });

  it('of a client that does not read the answers is not answered for ever', async () => {
    const { client, pongs } = await linked();
    client.pause();
    const pings = 250_000;
    for (let n = 1; n < pings; n += 1) client.ping('x'.repeat(120));
    await new Promise((resolve) => client.ping('the last one unread', true, resolve));
    client.resume();
    // What lay in the buffers of the sockets comes first.
    while (pongs.at(-1) !== 'are you there?') {
      client.ping('are you there?');
      await once(client, 'pong');
    }
    expect(pongs.length).toBeLessThan(pings / 2);
  });
});
