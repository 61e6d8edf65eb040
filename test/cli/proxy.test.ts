import { describe, expect, it } from 'vitest';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { startScriptedHttp } from '../support/scripted-http.ts';
import { type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';
import { startSocksProxy } from '../support/socks-proxy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { CERTIFICATE, startTlsFront } from '../support/tls-front.ts';
import { cli, FIXTURES, jsonLines } from './run-cli.ts';

const RECORDING = `${FIXTURES}himself.ogg`;

/** Recognises one sentence. */
async function recognise(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.action('finish-task');
  client.final('He was himself.', 100, 900);
  await client.finishTask();
}

describe('with a proxy that requires a password', () => {
  const proxied = (url: string) => ({
    DASHSCOPE_API_KEY: 'sk-canary0123456789',
    HTTPS_PROXY: url.replace('//', '//user:secret@'),
    NO_PROXY: 'localhost',
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
  });
  const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`;

  it('token creates a key over HTTPS', async () => {
    await using service = await startScriptedHttp(() => ({ body: { token: 'st-1', expires_at: 1 } }));
    await using front = await startTlsFront(service.port);
    await using proxy = await startConnectProxy({ port: front.port, authorization });
    const env = { ...proxied(proxy.url), DASHSCOPE_HTTP_BASE_URL: 'https://fun-asr.test/api/v1' };
    expect(await cli(['token'], { env })).toMatchObject({ exitCode: 0, stdout: 'st-1\n', stderr: '' });
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
    expect(service.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-canary0123456789',
      host: 'fun-asr.test',
    });
    expect(service.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('transcribe recognises over a WebSocket', async () => {
    await using service = await startScriptedService({ client: recognise });
    await using front = await startTlsFront(Number(new URL(service.url).port));
    await using proxy = await startConnectProxy({ port: front.port, authorization });
    const env = {
      ...proxied(proxy.url),
      DASHSCOPE_WEBSOCKET_BASE_URL: 'wss://fun-asr.test/api-ws/v1/inference',
    };
    const args = ['transcribe', RECORDING, '--output-dir', await temporaryFolder(), '--json', '--quiet'];
    const { exitCode, stdout } = await cli(args, { env });
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ status: 'done', engine: 'cloud', sentences: 1 });
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
    expect(service.clients[0]?.audio.length).toBeGreaterThan(32_000);
  });

  it('token and transcribe connect through a SOCKS5 proxy', async () => {
    await using http = await startScriptedHttp(() => ({ body: { token: 'st-1', expires_at: 1 } }));
    await using httpFront = await startTlsFront(http.port);
    await using httpProxy = await startSocksProxy({ port: httpFront.port, credentials: 'user:secret' });
    const env = (port: number) => ({
      DASHSCOPE_API_KEY: 'sk-canary0123456789',
      ALL_PROXY: `socks5://user:secret@127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
      DASHSCOPE_HTTP_BASE_URL: 'https://fun-asr.test/api/v1',
      DASHSCOPE_WEBSOCKET_BASE_URL: 'wss://fun-asr.test/api-ws/v1/inference',
    });
    expect(await cli(['token'], { env: env(httpProxy.port) })).toMatchObject({
      exitCode: 0,
      stdout: 'st-1\n',
    });
    expect(httpProxy.requests).toEqual(['fun-asr.test:443']);

    await using service = await startScriptedService({ client: recognise });
    await using front = await startTlsFront(Number(new URL(service.url).port));
    await using proxy = await startSocksProxy({ port: front.port, credentials: 'user:secret' });
    const args = ['transcribe', RECORDING, '--output-dir', await temporaryFolder(), '--json', '--quiet'];
    const { exitCode, stdout } = await cli(args, { env: env(proxy.port) });
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ status: 'done', engine: 'cloud', sentences: 1 });
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
    expect(service.clients[0]?.audio.length).toBeGreaterThan(32_000);
  });

  it('transcribe recognises through a proxy with an https: address', async () => {
    await using service = await startScriptedService({ client: recognise });
    await using front = await startTlsFront(Number(new URL(service.url).port));
    await using proxy = await startConnectProxy({ port: front.port, authorization });
    await using proxyFront = await startTlsFront(Number(new URL(proxy.url).port));
    const env = {
      ...proxied(`https://localhost:${proxyFront.port}`),
      NO_PROXY: '',
      DASHSCOPE_WEBSOCKET_BASE_URL: 'wss://fun-asr.test/api-ws/v1/inference',
    };
    const args = ['transcribe', RECORDING, '--output-dir', await temporaryFolder(), '--json', '--quiet'];
    const { exitCode, stdout } = await cli(args, { env });
    expect(jsonLines(stdout)[0]).toMatchObject({ status: 'done', engine: 'cloud', sentences: 1 });
    expect(exitCode).toBe(0);
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
  });

  it('token reports a wrong password without printing it', async () => {
    await using proxy = await startConnectProxy({ authorization: 'Basic other' });
    const env = { ...proxied(proxy.url), DASHSCOPE_HTTP_BASE_URL: 'https://fun-asr.test/api/v1' };
    const { exitCode, stderr } = await cli(['token'], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/127\.0\.0\.1:\d+.*\[E_PROXY\]/);
    expect(stderr).not.toContain('secret');
  });
});
