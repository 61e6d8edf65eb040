import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Link } from '../../../lib/service/session/link.ts';
import { webSocketLink } from '../../../lib/service/session/web-socket-link.ts';

async function linked(): Promise<{ link: Link; client: WebSocket; raw: Socket }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const raw = connect(port, '127.0.0.1');
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { createConnection: () => raw });
  client.on('error', () => {});
  onTestFinished(() => client.terminate());
  const [socket, request] = (await once(server, 'connection')) as [WebSocket, IncomingMessage];
  await once(client, 'open');
  return { link: webSocketLink(socket, request.socket), client, raw };
}

describe('webSocketLink', () => {
  it('receives text as strings and audio as buffers, and sends both', async () => {
    const { link, client } = await linked();
    const received: (Buffer | string)[] = [];
    link.onMessage((message) => received.push(message));
    client.send('text');
    client.send(Buffer.of(1, 2));
    await expect.poll(() => received).toEqual(['text', Buffer.of(1, 2)]);
    const answers: [string, boolean][] = [];
    client.on('message', (data, isBinary) => answers.push([(data as Buffer).toString(), isBinary]));
    await new Promise<void>((resolve) => link.send('answer', resolve));
    link.send(Buffer.from('bytes'), () => {});
    await expect
      .poll(() => answers)
      .toEqual([
        ['answer', false],
        ['bytes', true],
      ]);
  });

  it('reads nothing while it is paused', async () => {
    const { link, client } = await linked();
    let count = 0;
    link.onMessage(() => {
      count += 1;
    });
    link.pause();
    client.send('text');
    client.ping();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(count).toBe(0);
    link.resume();
    await once(client, 'pong');
    expect(count).toBe(1);
  });

  it('closes with a code, reports the end, and calls back for a message after it', async () => {
    const { link, client } = await linked();
    const ended = new Promise<void>((resolve) => link.onClose(resolve));
    link.close(4001);
    expect(((await once(client, 'close')) as [number])[0]).toBe(4001);
    await ended;
    let isWritten = false;
    link.send('too late', () => {
      isWritten = true;
    });
    await expect.poll(() => isWritten).toBe(true);
  });

  it('can be destroyed without a close frame', async () => {
    const { link, client } = await linked();
    link.destroy();
    expect(((await once(client, 'close')) as [number])[0]).toBe(1006);
  });

  it('can be reset', async () => {
    const { link, client, raw } = await linked();
    const failed = once(raw, 'error');
    link.reset();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
    expect(client.readyState).not.toBe(client.OPEN);
  });
});
