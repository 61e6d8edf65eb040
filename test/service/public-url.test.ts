import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { captionPage } from '../../lib/caption-page/caption-page.ts';
import { openAiDoor } from '../../lib/openai/openai-door.ts';
import { type Service, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { running } from './client.ts';

const TOKEN = 'a-token-of-more-than-22-characters';
const PUBLIC = 'https://captions.example.com';
const NAME = 'captions.example.com';

type Headers = Readonly<Record<string, string>>;

/** The status of the answer to a request with any headers. */
async function statusOf({ port }: Service, path: string, headers: Headers): Promise<number> {
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    headers: { ...headers, connection: 'close' },
  });
  request.end();
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode;
}

/** The status of the answer to a WebSocket with any headers. */
async function upgradeStatus({ port }: Service, path: string, headers: Headers): Promise<number> {
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  });
  request.end();
  const [response, socket] = await Promise.race([once(request, 'upgrade'), once(request, 'response')]);
  if (response.statusCode === 101) socket.destroy();
  else response.resume();
  return response.statusCode;
}

const withDoors = (publicUrl?: string) =>
  running({ publicUrl, token: TOKEN, doors: [openAiDoor(), captionPage()] });

const SOCKET = '/api-ws/v1/inference';
const authorization = `Bearer ${TOKEN}`;

describe('a service with a public address', () => {
  it('accepts its host name, and pages of its origin', async () => {
    const service = await withDoors(PUBLIC);
    const page = `/?token=${TOKEN}`;
    expect(await statusOf(service, page, { host: NAME })).toBe(200);
    expect(await statusOf(service, page, { host: NAME, origin: PUBLIC })).toBe(200);
    expect(await statusOf(service, page, { host: `${NAME}:443`, origin: PUBLIC })).toBe(200);
    expect(await statusOf(service, page, { host: NAME.toUpperCase(), origin: PUBLIC })).toBe(200);
    expect(await statusOf(service, '/v1/models', { host: NAME, authorization })).toBe(200);
    expect(await upgradeStatus(service, SOCKET, { host: NAME, authorization })).toBe(101);
    // A proxy may send the address of the service as Host.
    const own = `127.0.0.1:${service.port}`;
    expect(await statusOf(service, page, { host: own, origin: PUBLIC })).toBe(200);
    expect(await statusOf(service, page, { host: own, origin: `http://${own}` })).toBe(200);
  });

  it.each([
    [{ host: NAME, origin: 'https://evil.example' }],
    [{ host: NAME, origin: `http://${NAME}` }],
    [{ host: NAME, origin: `${PUBLIC}:8443` }],
    [{ host: NAME, origin: `${PUBLIC}.evil.example` }],
    [{ host: NAME, origin: `https://evil.${NAME}` }],
    [{ host: NAME, origin: `${PUBLIC}, https://evil.example` }],
    [{ host: NAME, origin: `${PUBLIC}/` }],
    [{ host: NAME, origin: 'null' }],
    [{ host: NAME, origin: '' }],
    [{ host: `${NAME}:8710` }],
    [{ host: `${NAME}:80` }],
    [{ host: `${NAME}.` }],
    [{ host: `evil.${NAME}` }],
    [{ host: `${NAME}.evil.example` }],
    [{ host: `user@${NAME}` }],
    [{ host: `${NAME}, evil.example` }],
    [{ host: 'evil.example' }],
    [{ host: 'evil.example', origin: PUBLIC }],
  ])('refuses %j', async (headers) => {
    const service = await withDoors(PUBLIC);
    expect(await statusOf(service, `/?token=${TOKEN}`, headers)).toBe(403);
    expect(await statusOf(service, '/v1/models', { ...headers, authorization })).toBe(403);
    expect(await upgradeStatus(service, SOCKET, { ...headers, authorization })).toBe(403);
  });

  it.each(['', ':8710'])('is not reached by its name without the option (port %j)', async (port) => {
    const service = await withDoors();
    const host = NAME + port;
    for (const headers of [{ host }, { host, origin: PUBLIC }, { origin: PUBLIC }])
      expect(await statusOf(service, `/?token=${TOKEN}`, headers)).toBe(403);
  });

  it('ignores what a client says about a proxy', async () => {
    const claims = {
      'x-forwarded-host': NAME,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '127.0.0.1',
      'x-original-host': NAME,
      forwarded: `for=127.0.0.1;host=${NAME};proto=https`,
    };
    for (const publicUrl of [PUBLIC, undefined]) {
      const service = await withDoors(publicUrl);
      const host = 'evil.example';
      expect(await statusOf(service, `/?token=${TOKEN}`, { host, ...claims })).toBe(403);
      expect(await statusOf(service, '/v1/models', { host, authorization, ...claims })).toBe(403);
      expect(await statusOf(service, '/', claims)).toBe(401);
      const origin = 'https://evil.example';
      expect(await statusOf(service, `/?token=${TOKEN}`, { origin, ...claims })).toBe(403);
    }
  });

  it('refuses pages of its origin on the paths of programs', async () => {
    const service = await withDoors(PUBLIC);
    const headers = { host: NAME, origin: PUBLIC, authorization };
    expect(await statusOf(service, '/v1/models', headers)).toBe(403);
    expect(await statusOf(service, '/api/v1/tokens', headers)).toBe(403);
    expect(await upgradeStatus(service, SOCKET, headers)).toBe(403);
  });

  it('answers nothing without its token', async () => {
    const service = await withDoors(PUBLIC);
    for (const path of ['/', '/captions/main.js', '/captions/config', '/v1/models', '/api/v1/tokens'])
      expect([path, await statusOf(service, path, { host: NAME })]).toEqual([path, 401]);
    expect(await upgradeStatus(service, SOCKET, { host: NAME })).toBe(401);
  });

  it('names that address as its origin', async () => {
    expect((await withDoors(`${PUBLIC}/`)).origin).toBe(PUBLIC);
    const { origin, port } = await withDoors();
    expect(origin).toBe(`http://127.0.0.1:${port}`);
  });

  it.each([
    [undefined, /^a service with publicUrl can be reached from other machines and needs a token$/],
    ['x'.repeat(21), /needs a token of at least 22 characters$/],
  ])('is not started with the token %s', async (token, message) => {
    const starting = startService({ engine: countingEngine(), port: 0, publicUrl: PUBLIC, token });
    await expect(starting).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['captions.example.com', /must be an address such as/],
    ['captions.example.com:8443', /must be an address such as/],
    ['//captions.example.com', /must be an address such as/],
    ['wss://captions.example.com', /must be an address such as/],
    ['https://*.example.com', /must be an address such as/],
    ['https://', /must be an address such as/],
    ['', /must be an address such as/],
    ['http://captions.example.com', /must begin with https:\/\//],
    ['http://192.168.1.7', /must begin with https:\/\//],
    ['https://captions.example.com/captions/', /must end after the host name/],
    ['https://captions.example.com?a=b', /must end after the host name/],
    ['https://captions.example.com/#a', /must end after the host name/],
    ['https://user:secret@captions.example.com', /must not contain a user name or password/],
  ])('refuses the address %s', async (publicUrl, message) => {
    const starting = startService({ engine: countingEngine(), port: 0, publicUrl, token: TOKEN });
    await expect(starting).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringMatching(message),
    });
  });
});
