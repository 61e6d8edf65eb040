import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startService, type ServiceOptions } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';

/** Asks for a WebSocket with these headers; gives the status and body of the answer. */
async function upgrade(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return await new Promise((resolve, reject) => {
    const asked = request(url.replace('ws:', 'http:'), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asked.once('error', reject);
    asked.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: '' });
    });
    asked.once('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.end();
  });
}

async function upgradeAt(
  options: Partial<ServiceOptions>,
  change: (url: string) => string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const service = await startService({ engine: countingEngine(), port: 0, ...options });
  const answer = await upgrade(change(service.url), headers);
  await service.close();
  return answer;
}

const same = (url: string) => url;

describe('the local service', () => {
  it.each<[string, (url: string) => string]>([
    ['the path of the real service', same],
    ['the same with a slash', (url) => `${url}/`],
    ['the name localhost', (url) => url.replace('127.0.0.1', 'localhost')],
  ])('opens at %s, with any key or none', async (_, change) => {
    expect((await upgradeAt({ host: 'localhost' }, change, {})).status).toBe(101);
    expect((await upgradeAt({ host: 'localhost' }, change, { authorization: 'bearer any' })).status).toBe(
      101,
    );
  });

  it('knows no other path', async () => {
    expect((await upgradeAt({}, (url) => url.replace('inference', 'realtime'), {})).status).toBe(404);
  });

  it.each(['null', 'file://', 'http://localhost:3000', 'https://evil.example'])(
    'refuses a web page: Origin %s',
    async (origin) => {
      expect((await upgradeAt({}, same, { origin })).status).toBe(403);
    },
  );

  it.each(['evil.example', '127.0.0.1.nip.io:8710', 'localhost.', '127.0.0.1:1'])(
    'refuses a name that is not its own: Host %s',
    async (host) => {
      expect((await upgradeAt({}, same, { host })).status).toBe(403);
    },
  );

  it('takes only its token when it has one, in the header or as api_key', async () => {
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

  it('asks for a token before it opens to the network', async () => {
    await expect(startService({ engine: countingEngine(), host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'E_OPTION',
    });
  });

  it('says which port is in use', async () => {
    const first = await startService({ engine: countingEngine(), port: 0 });
    const second = startService({ engine: countingEngine(), port: first.port });
    await expect(second).rejects.toMatchObject({
      code: 'E_PORT',
      message: expect.stringContaining(`${first.port}`) as string,
    });
    await first.close();
  });

  it('tells clients past its limit to come back', async () => {
    const service = await startService({ engine: countingEngine(), port: 0, maxConnections: 1 });
    const { WebSocket } = await import('ws');
    const client = new WebSocket(service.url);
    await new Promise((resolve) => client.once('open', resolve));
    expect((await upgrade(service.url)).status).toBe(503);
    await service.close();
  });
});
