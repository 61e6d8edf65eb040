import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recognize, type RecognizeOptions } from '../../../lib/recognition/recognize.ts';
import { type ConnectProxyOptions, startConnectProxy } from '../../support/connect-proxy.ts';
import { startScriptedService } from '../../support/scripted-service.ts';
import { startTlsFront } from '../../support/tls-front.ts';

const SERVICE = 'wss://fun-asr.test/api-ws/v1/inference';

afterEach(() => vi.unstubAllEnvs());

/** The error that sending a little audio ends with. */
async function failure(options: RecognizeOptions): Promise<unknown> {
  const audio = Readable.from([Buffer.alloc(3200)]);
  const stage = recognize({ baseUrl: SERVICE, apiKey: 'sk-canary', maxRetries: 0, ...options });
  return pipeline(audio, stage.resume()).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The error with a proxy that does as the options say, and what the proxy was asked for. */
async function failureBehind(
  options: ConnectProxyOptions,
  change: (url: string) => string = (url) => url,
): Promise<{ error: unknown; requests: readonly string[] }> {
  await using proxy = await startConnectProxy(options);
  vi.stubEnv('HTTPS_PROXY', change(proxy.url));
  const error = await failure({});
  await proxy.idle();
  return { error, requests: proxy.requests };
}

describe('behind a proxy', () => {
  it('asks the proxy for the way to the service, and then trusts nobody but the service', async () => {
    await using front = await startTlsFront(0);
    const { error, requests } = await failureBehind({ port: front.port });
    expect(requests).toEqual(['fun-asr.test:443']);
    // The certificate is right for the name, and this process has no reason to trust it.
    expect(error).toMatchObject({
      code: 'E_TLS',
      message: expect.stringMatching(/^no trusted connection to fun-asr\.test: self[- ]signed/),
    });
  });

  it.each([
    ['a proxy named without a scheme', (url: string) => url.replace('http://', '')],
    ['a proxy with user and password', (url: string) => url.replace('//', '//user:p%40ss@')],
  ])('finds %s', async (_, change) => {
    await using front = await startTlsFront(0);
    const authorization = change('//').includes('user') ? 'Basic dXNlcjpwQHNz' : undefined;
    const { error } = await failureBehind(
      { port: front.port, ...(authorization && { authorization }) },
      change,
    );
    expect(error).toMatchObject({ code: 'E_TLS' });
  });

  it('says that the proxy wants a user and a password, and does not show those that it got', async () => {
    const { error } = await failureBehind({ authorization: 'Basic secret' }, (url) =>
      url.replace('//', '//user:canary@'),
    );
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable: false,
      message: expect.stringMatching(
        /^the proxy 127\.0\.0\.1:\d+ asks for a user and a password \(HTTP 407\)$/,
      ),
      hint: expect.stringContaining('http://user:password@host:port'),
    });
    expect(String(error)).not.toContain('canary');
  });

  it.each([
    [403, false],
    [502, true],
  ])('a refusal with HTTP %i is that of the proxy, not of the service', async (status, retryable) => {
    const { error } = await failureBehind({ status });
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable,
      message: expect.stringContaining(`${status}`),
    });
  });

  it('a proxy that is not there is named', async () => {
    const proxy = await startConnectProxy({});
    await proxy[Symbol.asyncDispose]();
    vi.stubEnv('https_proxy', proxy.url);
    expect(await failure({})).toMatchObject({
      code: 'E_PROXY',
      retryable: true,
      message: expect.stringMatching(/^the proxy 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/),
    });
  });

  it('a proxy that speaks TLS with a certificate that nobody vouches for is not trusted', async () => {
    await using proxy = await startConnectProxy({});
    await using front = await startTlsFront(Number(new URL(proxy.url).port));
    vi.stubEnv('HTTPS_PROXY', `https://user:canary@localhost:${front.port}`);
    const error = await failure({});
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable: false,
      message: expect.stringMatching(/^the proxy localhost:\d+ cannot be reached: self[- ]signed/),
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect(proxy.requests).toEqual([]);
    expect(String(error)).not.toContain('canary');
  });

  it('a proxy that never answers is given up, and nothing stays open', async () => {
    await using proxy = await startConnectProxy({ status: 0 });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    expect(await failure({ connectTimeoutMs: 200 })).toMatchObject({ code: 'E_TIMEOUT' });
    await proxy.idle();
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
  });

  it.each(['socks5://127.0.0.1:1080', 'http://'])('refuses what is no HTTP proxy: %s', async (proxy) => {
    vi.stubEnv('ALL_PROXY', proxy);
    expect(await failure({})).toMatchObject({ code: 'E_OPTION', message: expect.stringContaining('proxy') });
  });
});

describe('past the proxy', () => {
  it('goes to hosts that NO_PROXY names', async () => {
    await using proxy = await startConnectProxy({ status: 403 });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', '.test');
    expect(await failure({})).toMatchObject({ code: 'E_DNS' });
    expect(proxy.requests).toEqual([]);
  });

  it('goes to this machine', async () => {
    await using proxy = await startConnectProxy({ status: 403 });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('ALL_PROXY', proxy.url);
    await using service = await startScriptedService({
      client: async (client) => {
        await client.startTask();
        await client.finishTask();
      },
    });
    expect(await failure({ baseUrl: service.url })).toBeUndefined();
    expect(proxy.requests).toEqual([]);
  });
});
