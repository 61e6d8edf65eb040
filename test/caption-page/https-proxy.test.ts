import { once } from 'node:events';
import { json, text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openAiDoor } from '../../lib/openai/openai-door.ts';
import { captionPage } from '../../lib/caption-page/caption-page.ts';
import type { Service } from '../../lib/service/service.ts';
import { toneWav } from '../openai/door.ts';
import { running } from '../service/client.ts';
import { downloaded, hasBrowser, openBrowser } from '../support/caption-page.ts';
import { type HttpsProxy, startHttpsProxy } from '../support/https-proxy.ts';
import { PageClient, SIZE } from './page-client.ts';

const TOKEN = 'a-token-of-more-than-22-characters';

/** A service with all doors behind a reverse proxy. */
async function behindProxy(keepsHost = true): Promise<{ proxy: HttpsProxy; service: Service }> {
  const proxy = await startHttpsProxy({ keepsHost });
  const doors = [openAiDoor(), captionPage()];
  const service = await running({ publicUrl: proxy.url, token: TOKEN, doors });
  proxy.forwardTo(service.port);
  return { proxy, service };
}

/** The cookie that the page sets. */
async function cookieOf(proxy: HttpsProxy): Promise<string> {
  const response = await proxy.ask(`/?token=${TOKEN}`);
  expect(response.statusCode).toBe(200);
  response.resume();
  return String(response.headers['set-cookie']);
}

describe('a caption page behind a proxy for HTTPS', () => {
  it.each([
    ['passes on Host', true],
    ['sends the address of the service as Host', false],
  ])('works when the proxy %s', async (_, keepsHost) => {
    const { proxy } = await behindProxy(keepsHost);
    const [cookie = ''] = (await cookieOf(proxy)).split(';');
    const { token } = (await json(await proxy.ask('/captions/config', { headers: { cookie } }))) as {
      token: string;
    };
    const socket = new WebSocket(
      `wss://127.0.0.1:${proxy.port}/captions/socket`,
      ['fun-asr-captions', token],
      {
        agent: proxy.agent,
        origin: proxy.url,
        headers: { cookie, host: `fun-asr.test:${proxy.port}` },
      },
    );
    const client = new PageClient(socket);
    await once(socket, 'open');
    client.say({ type: 'source', secret: '0'.repeat(32), sentenceId: 0, ...SIZE });
    client.say({ type: 'audio', positionMs: 0 });
    client.say(Buffer.alloc(32_000));
    client.say(Buffer.alloc(32_000));
    client.say({ type: 'stop' });
    await expect.poll(() => client.texts).toEqual(['Second 1.', 'Second 2.']);
  });

  it('sets a cookie that is sent encrypted only, and a policy for its own address', async () => {
    const { proxy } = await behindProxy();
    expect(await cookieOf(proxy)).toMatch(/^fun-asr-captions-\d+=.*; HttpOnly; SameSite=Strict; Secure$/);
    const { headers } = await proxy.ask(`/?token=${TOKEN}`);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(`connect-src 'self' wss://fun-asr.test:${proxy.port};`);
  });

  it('asks for the token, and refuses pages of other origins', async () => {
    const { proxy } = await behindProxy();
    expect((await proxy.ask('/')).statusCode).toBe(401);
    const [cookie = ''] = (await cookieOf(proxy)).split(';');
    const statusWith = async (origin: string) =>
      (await proxy.ask('/captions/main.js', { headers: { cookie, origin } })).statusCode;
    expect(await statusWith(proxy.url)).toBe(200);
    for (const origin of [
      'https://evil.example',
      'null',
      proxy.url.replace('https', 'http'),
      'https://fun-asr.test',
    ])
      expect([origin, await statusWith(origin)]).toEqual([origin, 403]);
  });

  it('serves programs at the same address', async () => {
    const { proxy } = await behindProxy();
    const authorization = `Bearer ${TOKEN}`;
    const models = await proxy.ask('/v1/models', { headers: { authorization } });
    expect([models.statusCode, await text(models)]).toEqual([200, expect.stringContaining('whisper-1')]);
    const form = new FormData();
    form.append('file', new File([toneWav(2)], 'tone.wav'));
    const upload = new Response(form);
    const answer = await proxy.ask('/v1/audio/transcriptions', {
      method: 'POST',
      headers: { authorization, 'content-type': upload.headers.get('content-type') ?? '' },
      body: Buffer.from(await upload.arrayBuffer()),
    });
    expect(await json(answer)).toMatchObject({ text: 'Second 1. Second 2.' });
    // A page may not use the API, not even that of the service.
    const page = await proxy.ask('/v1/models', { headers: { authorization, origin: proxy.url } });
    expect(page.statusCode).toBe(403);
  });

  it.runIf(hasBrowser)(
    'recognises the microphone of a browser, with links to the public address',
    async () => {
      const { proxy } = await behindProxy();
      const { open } = await openBrowser({
        args: ['--ignore-certificate-errors', '--host-resolver-rules=MAP fun-asr.test 127.0.0.1'],
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const { page, errors } = await open(`${proxy.url}/?token=${TOKEN}`);
      expect(await page.evaluate('isSecureContext')).toBe(true);
      await page.getByRole('button', { name: 'Start' }).click();
      await expect.poll(() => page.locator('#transcript').innerText()).toContain('Second 2.');
      await page.getByRole('button', { name: 'Copy overlay link' }).click();
      const link = String(await page.evaluate('navigator.clipboard.readText()'));
      expect(link).toMatch(new RegExp(`^${proxy.url}/\\?overlay&session=[0-9a-f]{32}$`));
      const { page: overlay } = await open(link);
      await expect.poll(() => overlay.locator('#lines').innerText()).toContain('Second');
      await page.getByRole('button', { name: 'Stop' }).click();
      expect(await downloaded(page, 'Download SRT')).toMatch(/^1\n00:00:00,000 --> .*\nSecond 1\./);
      expect(errors).toEqual([]);
    },
  );
});
