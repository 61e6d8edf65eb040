import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { finishTask, runTask } from '../../lib/protocol/messages/client-actions.ts';
import type { Engine } from '../../lib/service/engine.ts';
import { startService, type ServiceOptions } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { Client, running } from './client.ts';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, body: string): Answer {
  return { status: statusCode, retryAfter: headers['retry-after'], body };
}

/** Requests an upgrade with these headers. Returns status and body of the answer. */
async function upgrade(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const upgradeRequest = request(url.replace('ws:', 'http:'), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    upgradeRequest.once('error', reject);
    upgradeRequest.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(answerOf(response, ''));
    });
    upgradeRequest.once('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.once('end', () => resolve(answerOf(response, body)));
    });
    upgradeRequest.end();
  });
}

async function upgradeAt(
  options: Partial<ServiceOptions>,
  change: (url: string) => string,
  headers: Record<string, string>,
): Promise<Answer> {
  const service = await startService({ engine: countingEngine(), port: 0, ...options });
  const answer = await upgrade(change(service.url), headers);
  await service.close();
  return answer;
}

const same = (url: string) => url;

describe('the local service', () => {
  it.each<[string, (url: string) => string]>([
    ['the path of the cloud service', same],
    ['the same path with a slash', (url) => `${url}/`],
    ['the name localhost', (url) => url.replace('127.0.0.1', 'localhost')],
  ])('accepts a connection to %s, with any key or none', async (_, change) => {
    expect((await upgradeAt({ host: 'localhost' }, change, {})).status).toBe(101);
    expect((await upgradeAt({ host: 'localhost' }, change, { authorization: 'bearer any' })).status).toBe(
      101,
    );
  });

  it('answers 404 to any other path', async () => {
    expect((await upgradeAt({}, (url) => url.replace('inference', 'realtime'), {})).status).toBe(404);
  });

  it.each([
    'null',
    'file://',
    'http://localhost',
    'http://localhost:3000',
    'http://127.0.0.1:8710',
    'http://localhost.evil.com',
    'http://127.0.0.1.nip.io',
    'https://evil.example',
    'HTTPS://EVIL.EXAMPLE',
    '',
  ])('refuses a web page with Origin %j', async (origin) => {
    const { status, body } = await upgradeAt({}, same, { origin });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: 'AccessDenied' });
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1.nip.io:PORT',
    'localhost.evil.com:PORT',
    'localhost.:PORT',
    '127.0.0.1',
    'localhost',
    '127.0.0.1:1',
    '127.0.0.2:PORT',
    '0.0.0.0:PORT',
    '[::]:PORT',
    '@127.0.0.1:PORT',
  ])('refuses a foreign host name: Host %j', async (host) => {
    const service = await running();
    const headers = { host: host.replace('PORT', String(service.port)) };
    expect((await upgrade(service.url, headers)).status).toBe(403);
  });

  it.each(['LOCALHOST:PORT', '[::1]:PORT', 'localhost:PORT'])('accepts Host %s', async (host) => {
    const service = await running();
    const headers = { host: host.replace('PORT', String(service.port)) };
    expect((await upgrade(service.url, headers)).status).toBe(101);
  });

  it('accepts each address of this machine as Host when it listens on all addresses', async () => {
    const token = 'secret-token-of-the-network';
    const { port } = await running({ host: '0.0.0.0', token });
    const addresses = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ family }) => family === 'IPv4');
    for (const { address } of addresses) {
      const url = `ws://${address}:${port}/api-ws/v1/inference`;
      expect((await upgrade(url, { authorization: `Bearer ${token}` })).status).toBe(101);
      expect((await upgrade(url)).status).toBe(401);
    }
    expect(addresses).not.toHaveLength(0);
  });

  it.each(['//', 'http://[', '*', '/%', 'x'.repeat(4000)])(
    'answers the invalid target %.20s and stays available',
    async (target) => {
      const service = await running();
      const socket = connect(service.port, '127.0.0.1');
      socket.end(
        `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      expect(await text(socket)).toMatch(/^HTTP\/1.1 40[04] /);
      expect((await upgrade(service.url)).status).toBe(101);
    },
  );

  it('accepts only its token, in the header or as api_key', async () => {
    const options = { token: 'secret-token' };
    const refused = await upgradeAt(options, same, { authorization: 'Bearer wrong' });
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.body)).toMatchObject({
      code: 'InvalidApiKey',
      message: 'Invalid API-key provided.',
    });
    expect((await upgradeAt(options, same, {})).status).toBe(401);
    expect((await upgradeAt(options, same, { authorization: 'bearer secret-token' })).status).toBe(101);
    expect((await upgradeAt(options, (url) => `${url}?api_key=secret-token`, {})).status).toBe(101);
  });

  it.each([
    [undefined, /needs a token$/],
    ['x'.repeat(21), /needs a token of at least 22 characters$/],
  ])('does not listen on the network with the token %s', async (token, message) => {
    const service = startService({ engine: countingEngine(), host: '0.0.0.0', token });
    await expect(service).rejects.toMatchObject({ code: 'E_OPTION' });
    await expect(service).rejects.toThrow(message);
  });

  it('names the port that is in use', async () => {
    const first = await startService({ engine: countingEngine(), port: 0 });
    const second = startService({ engine: countingEngine(), port: first.port });
    await expect(second).rejects.toMatchObject({
      code: 'E_PORT',
      message: expect.stringContaining(`${first.port}`) as string,
    });
    await first.close();
  });

  it('answers 503 until its engine is open, and frees the port when it cannot be opened', async () => {
    const busy = await startService({ engine: countingEngine(), port: 0 });
    const { port } = busy;
    await busy.close();
    const answers: Answer[] = [];
    const url = `ws://127.0.0.1:${port}/api-ws/v1/inference`;
    const failing = async () => {
      answers.push(await upgrade(url));
      throw new Error('no model');
    };
    await expect(startService({ port, engine: failing })).rejects.toThrow('no model');
    expect(answers).toMatchObject([{ status: 503, retryAfter: '5' }]);
    const service = await startService({ port, engine: async () => countingEngine() });
    expect((await upgrade(service.url)).status).toBe(101);
    await service.close();
  });

  it('answers 503 above the limit of connections, and accepts again when a connection has closed', async () => {
    const service = await running({ maxConnections: 1 });
    const client = await Client.connect(service);
    const { status, retryAfter } = await upgrade(service.url);
    expect([status, retryAfter]).toEqual([503, '5']);
    client.socket.close();
    await client.closed;
    await vi.waitFor(async () => expect((await upgrade(service.url)).status).toBe(101));
  });

  it('declines compression and subprotocols', async () => {
    const service = await running();
    const socket = new WebSocket(service.url, { perMessageDeflate: true });
    await once(socket, 'open');
    expect([socket.extensions, socket.protocol]).toEqual(['', '']);
    socket.terminate();
  });

  it('closes its connections when it is closed', async () => {
    const service = await startService({ engine: countingEngine(), port: 0 });
    const client = await Client.connect(service);
    await service.close();
    expect(await client.closed).toBe(1006);
  });

  it('refuses invalid timers', async () => {
    const timers = { silenceMs: 0 };
    await expect(startService({ engine: countingEngine(), timers })).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringContaining('silenceMs') as string,
    });
  });
});

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';
const RUN = runTask(ID, 'fun-asr-realtime', { format: 'pcm', sample_rate: 16000 });

describe('a client of the local service', () => {
  it('may send messages of 64 KiB', async () => {
    const client = await Client.connect(await running({ partials: false }));
    client.send(RUN, Buffer.alloc(64 * 1024), finishTask(ID));
    await client.until('task-finished');
    expect(client.events).not.toContain('task-failed');
  });

  it.each([
    ['audio', Buffer.alloc(64 * 1024 + 1)],
    ['text', ' '.repeat(64 * 1024 + 1)],
  ])('is disconnected with 1009 when it sends more than 64 KiB as %s', async (_, message) => {
    const client = await Client.connect(await running());
    client.send(RUN, message);
    expect(await client.closed).toBe(1009);
  });

  it('receives an answer to its pings', async () => {
    const client = await Client.connect(await running());
    client.socket.ping('data');
    const [answer] = (await once(client.socket, 'pong')) as [Buffer];
    expect(answer.toString()).toBe('data');
  });

  it('may send its messages in fragments', async () => {
    const client = await Client.connect(await running({ partials: false }));
    const audio = Buffer.alloc(32_000);
    for (const message of [RUN, audio, finishTask(ID)]) {
      client.socket.send(message.slice(0, 10), { fin: false });
      client.socket.send(message.slice(10, 100), { fin: false });
      client.socket.send(message.slice(100), { fin: true });
    }
    await client.until('task-finished');
    expect(client.sentences).toMatchObject([{ text: 'Second 1.' }]);
  });

  it('releases the stream of the engine when it disconnects during a task', async () => {
    let isDestroyed = false;
    const engine: Engine = {
      ...countingEngine(),
      open(options) {
        const stream = countingEngine().open(options);
        return Object.assign(stream, {
          destroy() {
            isDestroyed = true;
          },
        });
      },
    };
    const client = await Client.connect(await running({ engine }));
    client.send(RUN, Buffer.alloc(3200));
    await client.until('task-started');
    client.socket.terminate();
    await expect.poll(() => isDestroyed).toBe(true);
  });

  it('is disconnected with 1008 when it sends a message in too many fragments', async () => {
    const client = await Client.connect(await running());
    for (let n = 0; n < 100; n += 1) client.socket.send('x', { fin: false });
    expect(await client.closed).toBe(1008);
  });

  it('is not read while it does not read itself', async () => {
    const lags: number[] = [];
    const client = await Client.connect(await running({ engine: verboseEngine(() => lags.push(lag())) }));
    const lag = () => lags.length - client.sentences.length;
    client.send(RUN);
    await client.until('task-started');
    client.socket.pause();
    for (let n = 0; n < 60; n += 1) client.send(Buffer.alloc(3200));
    client.send(finishTask(ID));
    for (let turn = 0; turn < 5000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    client.socket.resume();
    await client.until('task-finished');
    expect(client.sentences).toHaveLength(60);
    expect(Math.max(...lags)).toBeLessThan(30);
  });

  it('does not keep the service from closing with a half-open connection', async () => {
    const service = await startService({ engine: countingEngine(), port: 0 });
    const client = connect({ port: service.port, host: '127.0.0.1', allowHalfOpen: true });
    client.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(client, 'data');
    await expect(service.close()).resolves.toBeUndefined();
    client.destroy();
  });
});

/** An engine that returns a sentence of 1 MB for each chunk of audio. */
function verboseEngine(onWrite: () => void): Engine {
  return {
    ...countingEngine(),
    open: ({ onSentence }) => ({
      silenceMs: 0,
      write: async () => {
        onWrite();
        onSentence({ begin_time: 0, end_time: 100, text: 'x'.repeat(1024 * 1024), words: [] });
      },
      end: async () => {},
      destroy: () => {},
    }),
  };
}
