import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recognize, type RecognizeOptions } from '../../../lib/recognize.ts';
import { type ConnectProxyOptions, startConnectProxy } from '../../support/connect-proxy.ts';
import { startScriptedHttp } from '../../support/scripted-http.ts';
import { startScriptedService } from '../../support/scripted-service.ts';
import { type SocksProxyOptions, startSocksProxy } from '../../support/socks-proxy.ts';
import { startTlsFront } from '../../support/tls-front.ts';

const SERVICE = 'wss://fun-asr.test/api-ws/v1/inference';

afterEach(() => vi.unstubAllEnvs());

/** Sends 100 ms of silence and returns the error, if any. */
async function failure(options: RecognizeOptions): Promise<unknown> {
  const audio = Readable.from([Buffer.alloc(3200)]);
  const stage = recognize({ baseUrl: SERVICE, apiKey: 'sk-canary', maxRetries: 0, ...options });
  return pipeline(audio, stage.resume()).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The error with an HTTP proxy that behaves as the options say, and the destinations that it was asked for. */
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

describe('through an HTTP proxy', () => {
  it('connects by the name of the service, and checks the certificate of the service', async () => {
    await using front = await startTlsFront(0);
    const { error, requests } = await failureBehind({ port: front.port });
    expect(requests).toEqual(['fun-asr.test:443']);
    // The certificate has the right name, but this process does not trust its issuer.
    expect(error).toMatchObject({
      code: 'E_TLS',
      message: expect.stringMatching(/^no trusted connection to fun-asr\.test: self[- ]signed/),
    });
  });

  it.each([
    ['a proxy named without a scheme', (url: string) => url.replace('http://', '')],
    ['a proxy with user and password', (url: string) => url.replace('//', '//user:p%40ss@')],
  ])('connects through %s', async (_, change) => {
    await using front = await startTlsFront(0);
    const authorization = change('//').includes('user') ? 'Basic dXNlcjpwQHNz' : undefined;
    const { error } = await failureBehind(
      { port: front.port, ...(authorization && { authorization }) },
      change,
    );
    expect(error).toMatchObject({ code: 'E_TLS' });
  });

  it('reports that the proxy requires a user and a password, and does not show those that were sent', async () => {
    const { error } = await failureBehind({ authorization: 'Basic secret' }, (url) =>
      url.replace('//', '//user:canary@'),
    );
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable: false,
      message: expect.stringMatching(
        /^the proxy 127\.0\.0\.1:\d+ requires a valid user and password \(HTTP 407\)$/,
      ),
      hint: expect.stringContaining('http://user:password@host:port'),
    });
    expect(String(error)).not.toContain('canary');
  });

  it.each([
    [403, false],
    [502, true],
  ])(
    'reports a refusal with HTTP %i as a failure of the proxy, not of the service',
    async (status, retryable) => {
      const { error } = await failureBehind({ status });
      expect(error).toMatchObject({
        code: 'E_PROXY',
        retryable,
        message: expect.stringContaining(`${status}`),
      });
    },
  );

  it('names a proxy that cannot be reached', async () => {
    const proxy = await startConnectProxy({});
    await proxy[Symbol.asyncDispose]();
    vi.stubEnv('https_proxy', proxy.url);
    expect(await failure({})).toMatchObject({
      code: 'E_PROXY',
      retryable: true,
      message: expect.stringMatching(/^cannot connect to the proxy 127\.0\.0\.1:\d+: .*ECONNREFUSED/),
    });
  });

  it('does not trust a TLS proxy whose certificate has an unknown issuer', async () => {
    await using proxy = await startConnectProxy({});
    await using front = await startTlsFront(Number(new URL(proxy.url).port));
    vi.stubEnv('HTTPS_PROXY', `https://user:canary@localhost:${front.port}`);
    const error = await failure({});
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable: false,
      message: expect.stringMatching(/^cannot connect to the proxy localhost:\d+: self[- ]signed/),
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect(proxy.requests).toEqual([]);
    expect(String(error)).not.toContain('canary');
  });

  it('gives up a proxy that never answers, and closes the connection to it', async () => {
    await using proxy = await startConnectProxy({ status: 0 });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    expect(await failure({ connectTimeoutMs: 200 })).toMatchObject({ code: 'E_TIMEOUT' });
    await proxy.idle();
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
  });
});

describe('the variable of a proxy', () => {
  it.each([
    ['HTTPS_PROXY', 'http://'],
    ['all_proxy', 'socks5://'],
    ['ALL_PROXY', 'socks4://127.0.0.1:1080'],
    ['https_proxy', 'ftp://127.0.0.1'],
    ['ALL_PROXY', 'socks5://user:%zz-canary@127.0.0.1:1080'],
    ['HTTPS_PROXY', 'http://user:%zz-canary@127.0.0.1:1080'],
    ['ALL_PROXY', `socks5://user:canary${'x'.repeat(250)}@127.0.0.1:1080`],
  ])('%s is named, and its value is not shown, when it is not usable: %s', async (variable, value) => {
    vi.stubEnv(variable, value);
    const error = await failure({});
    expect(error).toMatchObject({
      code: 'E_OPTION',
      message: `${variable} is not the URL of an HTTP or SOCKS5 proxy`,
      hint: expect.stringContaining(`Set ${variable} to`),
    });
    expect(inspect(error)).not.toContain('canary');
  });
});

describe('through a SOCKS5 proxy', () => {
  /** The error with a SOCKS5 proxy that behaves as the options say, and the destinations that it was asked for. */
  async function failureThrough(
    options: SocksProxyOptions,
    url: (port: number) => string = (port) => `socks5://127.0.0.1:${port}`,
  ): Promise<{ error: unknown; requests: readonly string[] }> {
    await using proxy = await startSocksProxy(options);
    vi.stubEnv('ALL_PROXY', url(proxy.port));
    const error = await failure({});
    await proxy.idle();
    return { error, requests: proxy.requests };
  }

  it.each(['socks:', 'socks5:', 'socks5h:'])(
    '%s connects by the name of the service, and checks the certificate of the service',
    async (scheme) => {
      await using front = await startTlsFront(0);
      const { error, requests } = await failureThrough(
        { port: front.port },
        (port) => `${scheme}//127.0.0.1:${port}`,
      );
      expect(requests).toEqual(['fun-asr.test:443']);
      expect(error).toMatchObject({
        code: 'E_TLS',
        message: expect.stringMatching(/^no trusted connection to fun-asr\.test: self[- ]signed/),
      });
    },
  );

  it('sends user and password from the URL', async () => {
    await using front = await startTlsFront(0);
    const { error, requests } = await failureThrough(
      { port: front.port, credentials: 'user:p@ss' },
      (port) => `socks5h://user:p%40ss@127.0.0.1:${port}`,
    );
    expect(requests).toEqual(['fun-asr.test:443']);
    expect(error).toMatchObject({ code: 'E_TLS' });
  });

  it.each([
    ['none', ''],
    ['a wrong one', 'user:canary@'],
  ])('reports that a user and a password are required when the URL has %s', async (_, credentials) => {
    const { error } = await failureThrough(
      { credentials: 'user:p@ss' },
      (port) => `socks5://${credentials}127.0.0.1:${port}`,
    );
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable: false,
      message: expect.stringMatching(/^the proxy 127\.0\.0\.1:\d+ requires a valid user and password/),
      hint: expect.stringContaining('Put them into ALL_PROXY: socks5://user:password@host:port'),
    });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it.each([
    [2, 'NotAllowed', false],
    [4, 'HostUnreachable', true],
    [5, 'ConnectionRefused', true],
  ])('reports reply %i of the proxy as a failure of the proxy: %s', async (reply, reason, retryable) => {
    const { error } = await failureThrough({ reply });
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable,
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('ALL_PROXY'),
    });
  });

  it('names a proxy that cannot be reached, and the variable that set it', async () => {
    const proxy = await startSocksProxy();
    await proxy[Symbol.asyncDispose]();
    vi.stubEnv('all_proxy', `socks5://user:canary@127.0.0.1:${proxy.port}`);
    const error = await failure({});
    expect(error).toMatchObject({
      code: 'E_PROXY',
      retryable: true,
      message: expect.stringMatching(/^cannot connect to the proxy 127\.0\.0\.1:\d+: .*ECONNREFUSED/),
      hint: expect.stringContaining('all_proxy'),
    });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it('reports a server that is not a SOCKS5 proxy', async () => {
    await using http = await startScriptedHttp(() => ({ status: 400 }));
    vi.stubEnv('ALL_PROXY', http.url.replace('http:', 'socks5:'));
    expect(await failure({})).toMatchObject({ code: 'E_PROXY', hint: expect.stringContaining('ALL_PROXY') });
  });

  it('gives up a proxy that never answers, and closes the connection to it', async () => {
    await using proxy = await startSocksProxy({ isSilent: true });
    vi.stubEnv('ALL_PROXY', `socks5://127.0.0.1:${proxy.port}`);
    expect(await failure({ connectTimeoutMs: 200 })).toMatchObject({ code: 'E_TIMEOUT' });
    await proxy.idle();
    expect(proxy.requests).toEqual([]);
  });

  it('takes the IPv6 address of a proxy', async () => {
    await using front = await startTlsFront(0);
    const { error } = await failureThrough(
      { port: front.port, host: '::1' },
      (port) => `socks5://[::1]:${port}`,
    );
    expect(error).toMatchObject({ code: 'E_TLS' });
  });
});

describe('without the proxy', () => {
  it('connects to hosts that NO_PROXY names', async () => {
    await using proxy = await startConnectProxy({ status: 403 });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', '.test');
    expect(await failure({})).toMatchObject({ code: 'E_DNS' });
    expect(proxy.requests).toEqual([]);
  });

  it('connects to this machine', async () => {
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
