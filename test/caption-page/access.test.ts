import { describe, expect, it } from 'vitest';
import { pageToken, PageClient, send, SECRET, servingPage, SIZE } from './page-client.ts';

const TOKEN = 'a token of more than 22 characters';
const SENTENCE = JSON.stringify({
  sentence_id: 1,
  begin_time: 0,
  end_time: 900,
  text: 'Hello.',
  words: [],
  sentence_end: true,
});

describe('who may use the caption page', () => {
  it('sends each file with a policy that allows nothing but its own server', async () => {
    const { port } = await servingPage();
    for (const path of ['/', '/captions/main.js', '/captions/page.css', '/captions/icon.svg']) {
      const { status, headers } = await send(port, path);
      expect([path, status]).toEqual([path, 200]);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it.each([
    '/captions/',
    '/captions/../package.json',
    '/captions/%2e%2e/page-files.ts',
    '/captions/page.html',
  ])('has no file at %s', async (path) => {
    const { port } = await servingPage();
    expect((await send(port, path)).status).not.toBe(200);
  });

  it.each(['/', '/captions/main.js', '/captions/config'])(
    'answers HEAD %s as GET, without a body',
    async (path) => {
      const { port } = await servingPage();
      const got = await send(port, path);
      const head = await send(port, path, { method: 'HEAD' });
      const withoutDate = ({ date: _date, ...headers }: typeof got.headers) => headers;
      expect([head.status, head.body]).toEqual([200, '']);
      expect(Object.keys(withoutDate(head.headers))).toEqual(Object.keys(withoutDate(got.headers)));
      expect(head.headers['content-security-policy']).toBe(got.headers['content-security-policy']);
    },
  );

  it.each(['OPTIONS', 'POST', 'PUT', 'DELETE'])(
    'refuses %s, and names the methods that it accepts',
    async (method) => {
      const { port } = await servingPage();
      const { status, headers, body } = await send(port, '/', { method });
      expect([status, headers['allow'], body]).toEqual([
        405,
        'GET, HEAD',
        'This path accepts GET, HEAD only.\n',
      ]);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      const token = await pageToken(port);
      const download = await send(port, '/captions/download/srt', { headers: { 'x-page-token': token } });
      expect([download.status, download.headers['allow']]).toEqual([405, 'POST']);
    },
  );

  it('refuses foreign host names and origins', async () => {
    const { port } = await servingPage();
    const own = `127.0.0.1:${port}`;
    const statusOf = async (headers: Record<string, string>) => (await send(port, '/', { headers })).status;
    expect(await statusOf({ host: `localhost:${port}` })).toBe(200);
    expect(await statusOf({ host: `evil.example:${port}` })).toBe(403);
    expect(await statusOf({ host: own, origin: 'http://evil.example' })).toBe(403);
    expect(await statusOf({ host: own, origin: 'null' })).toBe(403);
    expect(await statusOf({ host: own, origin: `http://${own}` })).toBe(200);
    const token = await pageToken(port);
    expect(await PageClient.status(port, { token })).toBe(101);
    expect(await PageClient.status(port, { token, origin: 'http://evil.example' })).toBe(403);
    expect(await PageClient.status(port, { token, origin: `http://localhost:${port}` })).toBe(403);
    expect(await PageClient.status(port, { token, host: `evil.example:${port}` })).toBe(403);
  });

  it('opens a WebSocket and makes downloads only with a page token of this server', async () => {
    const { port } = await servingPage();
    const other = await servingPage();
    const token = await pageToken(port);
    const late = `${Date.now() + 1e12}${token.slice(token.indexOf('.'))}`;
    for (const wrong of ['', 'a.b.c', `${token}0`, late, await pageToken(other.port)]) {
      expect([wrong, await PageClient.status(port, { token: wrong || 'none' })]).toEqual([wrong, 403]);
      const headers = { 'x-page-token': wrong };
      const { status } = await send(port, '/captions/download/srt', {
        method: 'POST',
        headers,
        body: SENTENCE,
      });
      expect([wrong, status]).toEqual([wrong, 403]);
    }
    expect(await PageClient.status(port, { token, path: '/captions/other' })).toBe(404);
    const headers = { 'x-page-token': token };
    const saved = await send(port, '/captions/download/srt', { method: 'POST', headers, body: SENTENCE });
    expect(saved).toMatchObject({ status: 200, body: '1\n00:00:00,000 --> 00:00:00,900\nHello.\n\n' });
  });

  it('asks for the token of the service once, and then keeps it in a cookie that scripts cannot read', async () => {
    const { port } = await servingPage({}, { token: TOKEN });
    const query = `?token=${encodeURIComponent(TOKEN)}`;
    for (const path of ['/', '/?token=wrong', '/captions/main.js', `/captions/config${query}`]) {
      expect([path, (await send(port, path)).status]).toEqual([path, 401]);
    }
    expect(await PageClient.status(port, { token: 'none' })).toBe(401);
    const { status, headers } = await send(port, `/${query}`);
    expect([status, String(headers['set-cookie'])]).toEqual([
      200,
      expect.stringMatching(/; HttpOnly; SameSite=Strict$/),
    ]);
    const [cookie = ''] = String(headers['set-cookie']).split(';');
    expect((await send(port, '/captions/main.js', { headers: { cookie } })).status).toBe(200);
    const token = await pageToken(port, { cookie });
    expect(await PageClient.status(port, { token, cookie })).toBe(101);
    expect(await PageClient.status(port, { token })).toBe(401);
    // The page token alone is not the token of the service.
    expect((await send(port, `/?token=${token}`)).status).toBe(401);
  });

  it('shows a session of a service with a token only to those who know its name', async () => {
    const { port } = await servingPage({}, { token: TOKEN });
    const { headers } = await send(port, `/?token=${encodeURIComponent(TOKEN)}`);
    const [cookie = ''] = String(headers['set-cookie']).split(';');
    const client = new PageClient(port, { token: await pageToken(port, { cookie }), cookie });
    client.socket.once('open', () => client.say({ type: 'view', ...SIZE }));
    expect(await client.closed).toBe('4404 session');
  });
});

describe('limits of the caption page', () => {
  it.each([
    ['not JSON', 'x'],
    ['an unknown type', JSON.stringify({ type: 'other' })],
    ['a size that is too large', JSON.stringify({ type: 'view', lines: 2, width: 1e9 })],
    ['audio before a session', JSON.stringify({ type: 'audio', positionMs: 0 })],
    ['a language that is not a code', JSON.stringify({ type: 'audio', positionMs: 0, language: '../x' })],
    ['a name that is not random', JSON.stringify({ type: 'source', secret: 'me', sentenceId: 0, ...SIZE })],
    ['binary data from a viewer', Buffer.alloc(2)],
  ])('closes the connection after %s', async (_, message) => {
    const { port } = await servingPage();
    const client = await PageClient.open(port);
    client.socket.send(message);
    expect(await client.closed).toBe('4400 protocol');
  });

  it('closes the connection after a message that is too large, or too many messages', async () => {
    const { port } = await servingPage();
    const large = await PageClient.open(port);
    large.socket.send(Buffer.alloc(70_000));
    expect(await large.closed).toMatch(/^1009/);
    const busy = await PageClient.open(port);
    busy.say({ type: 'view', ...SIZE });
    for (let count = 0; count < 200; count += 1) busy.say({ type: 'size', ...SIZE });
    expect(await busy.closed).toBe('4408 rate');
  });

  it('limits the number of microphones and of pages', async () => {
    const { port } = await servingPage({ maxSources: 1, maxPages: 3 });
    const token = await pageToken(port);
    const clients = [await PageClient.open(port), await PageClient.open(port), await PageClient.open(port)];
    expect(await PageClient.status(port, { token })).toBe(503);
    const [first, second] = clients;
    first?.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    await expect.poll(() => first?.types).toContain('ready');
    second?.say({ type: 'source', secret: SECRET.replaceAll('0', '1'), sentenceId: 0, ...SIZE });
    expect(await second?.closed).toBe('4429 sources');
  });

  it('answers a transcript that it cannot read with a reason', async () => {
    const { port } = await servingPage();
    const headers = { 'x-page-token': await pageToken(port) };
    const answerTo = async (body: string) => {
      const answer = await send(port, '/captions/download/vtt', { method: 'POST', headers, body });
      return [answer.status, answer.body];
    };
    expect(await answerTo('')).toEqual([200, 'WEBVTT\n']);
    expect(await answerTo('{')).toEqual([400, 'A line of the transcript is not valid JSON.\n']);
    expect(await answerTo('{}')).toEqual([400, 'A sentence needs a text.\n']);
    expect(await answerTo('x'.repeat(300_000))).toEqual([413, 'A sentence is too long.\n']);
    expect((await send(port, '/captions/download/srt', { headers })).status).toBe(405);
  });
});
