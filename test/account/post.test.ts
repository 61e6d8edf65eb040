import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { post } from '../../lib/account/post.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { type ScriptedAnswer, startScriptedHttp } from '../support/scripted-http.ts';
import { startSocksProxy } from '../support/socks-proxy.ts';
import { startTlsFront } from '../support/tls-front.ts';

const headers = { authorization: 'Bearer sk-canary' };

afterEach(() => vi.unstubAllEnvs());

async function failure(url: string, timeoutMs = 5000): Promise<unknown> {
  return post({ url, headers, body: { a: 1 }, timeoutMs }).catch((error: unknown) => error);
}

async function failureAfter(answer: ScriptedAnswer): Promise<unknown> {
  await using service = await startScriptedHttp(() => answer);
  return await failure(`${service.url}/x`);
}

describe('a request', () => {
  it('sends headers and JSON with POST, and returns the object of the response', async () => {
    await using service = await startScriptedHttp(() => ({ body: { ok: true } }));
    expect(await post({ url: `${service.url}/x`, headers, body: { a: 1 }, timeoutMs: 5000 })).toEqual({
      ok: true,
    });
    expect(service.requests).toMatchObject([
      {
        method: 'POST',
        url: '/api/v1/x',
        headers: { authorization: 'Bearer sk-canary', 'content-type': 'application/json' },
        body: '{"a":1}',
      },
    ]);
  });

  it.each<[ScriptedAnswer, object]>([
    [
      {
        status: 401,
        body: { code: 'InvalidApiKey', message: 'Invalid API-key provided.', request_id: 'r-1' },
      },
      { code: 'E_AUTH', serviceCode: 'InvalidApiKey', requestId: 'r-1', retryable: false },
    ],
    [{ status: 403 }, { code: 'E_FORBIDDEN' }],
    [{ status: 404, body: { code: 'NotFound', message: 'Not found!' } }, { code: 'E_PARAM' }],
    [{ status: 404 }, { code: 'E_ENDPOINT', hint: expect.stringContaining('/api/v1') }],
    [{ status: 400, body: { code: 'InvalidParameter', message: 'prefix' } }, { code: 'E_PARAM' }],
    [{ status: 429 }, { code: 'E_THROTTLED', retryable: true }],
    [{ status: 400, body: { code: 'Throttling.RateQuota', message: 'x' } }, { code: 'E_THROTTLED' }],
    [{ status: 503 }, { code: 'E_SERVER', retryable: true }],
    [{ status: 302, headers: { location: 'https://example.com/' } }, { code: 'E_ENDPOINT' }],
    [{ body: '<html>Sign in to this network</html>' }, { code: 'E_ENDPOINT' }],
    [{ body: '"text"' }, { code: 'E_ENDPOINT' }],
  ])('fails at the response %j without showing the key', async (answer, expected) => {
    const error = await failureAfter(answer);
    expect(error).toMatchObject(expected);
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it('fails when there is no server, when the connection is lost, and when no response comes in time', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await failure(url)).toMatchObject({ code: 'E_CONNECT', retryable: true });
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(await failure(url)).toMatchObject({ code: 'E_CONNECT', retryable: true });
    await using service = await startScriptedHttp(() => undefined);
    expect(await failure(service.url, 100)).toMatchObject({
      code: 'E_TIMEOUT',
      message: expect.stringMatching(/did not respond within 0\.1 s$/),
    });
  });

  it('throws the reason of the signal at an abort', async () => {
    await using service = await startScriptedHttp(() => undefined);
    const controller = new AbortController();
    const reason = new Error('enough');
    const posting = post({ url: service.url, headers, timeoutMs: 5000, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(posting).rejects.toBe(reason);
    await expect(
      post({ url: service.url, headers, timeoutMs: 5000, signal: controller.signal }),
    ).rejects.toBe(reason);
  });
});

describe('through a proxy', () => {
  it('a request uses TLS with the service, not with the proxy', async () => {
    await using front = await startTlsFront(0);
    await using proxy = await startConnectProxy({ port: front.port });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    expect(await failure('https://fun-asr.test/api/v1/x')).toMatchObject({ code: 'E_TLS' });
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
  });

  it('a request goes through a SOCKS5 proxy', async () => {
    await using front = await startTlsFront(0);
    await using proxy = await startSocksProxy({ port: front.port });
    vi.stubEnv('ALL_PROXY', `socks5://127.0.0.1:${proxy.port}`);
    expect(await failure('https://fun-asr.test/api/v1/x')).toMatchObject({ code: 'E_TLS' });
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
  });

  it('reports that the proxy requires a password, and that it never answers', async () => {
    await using proxy = await startConnectProxy({ status: 407 });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    expect(await failure('https://fun-asr.test/api/v1/x')).toMatchObject({ code: 'E_PROXY' });
    await using silent = await startConnectProxy({ status: 0 });
    vi.stubEnv('HTTPS_PROXY', silent.url);
    expect(await failure('https://fun-asr.test/api/v1/x', 100)).toMatchObject({ code: 'E_TIMEOUT' });
    await silent.idle();
  });
});
