import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../../lib/service/service.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { startScriptedHttp } from '../support/scripted-http.ts';
import { startScriptedService } from '../support/scripted-service.ts';
import { startSocksProxy } from '../support/socks-proxy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { CERTIFICATE, startTlsFront } from '../support/tls-front.ts';
import { cli, jsonLines } from './run-cli.ts';

const RECORDING = new URL('../../fixtures/himself.ogg', import.meta.url).pathname;

describe('the account, at a service', () => {
  let service: Service;
  let env: { DASHSCOPE_HTTP_BASE_URL: string; DASHSCOPE_API_KEY: string };

  beforeAll(async () => {
    service = await startService({ engine: countingEngine(), port: 0, token: 'sk-canary0123456789' });
    env = {
      DASHSCOPE_HTTP_BASE_URL: `http://127.0.0.1:${service.port}/api/v1`,
      DASHSCOPE_API_KEY: 'sk-canary0123456789',
    };
  });
  afterAll(() => service.close());

  it('vocabulary makes a list of lines, shows it, replaces it by JSON, and deletes it', async () => {
    const folder = await temporaryFolder();
    const lines = join(folder, 'words.txt');
    const json = join(folder, 'words.json');
    await writeFile(lines, 'Fun-ASR\r\n\n  Ilse Werner \n');
    await writeFile(json, ' [{"text": "Moonshine", "weight": 5}, {"text": "热词", "lang": "zh"}]');
    const made = await cli(['vocabulary', 'create', 'demo', lines, '--lang', 'en'], { env });
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const id = made.stdout.trim();
    expect(made.stdout).toBe(`${id}\n`);

    const shown = await cli(['vocabulary', 'query', id], { env });
    expect(shown.stdout).toMatch(/^HOT WORD +WEIGHT +LANGUAGE\nFun-ASR +4 +en\nIlse Werner +4 +en\n/);
    const listed = await cli(['vocabulary', 'list', '--prefix', 'demo'], { env });
    expect(listed.stdout).toMatch(new RegExp(`^ID .*\n${id} +OK +`));

    const updated = await cli(['vocabulary', 'update', id, json, '--weight', '2', '--json'], { env });
    expect(jsonLines(updated.stdout)).toEqual([{ vocabulary_id: id, status: 'updated' }]);
    const again = await cli(['vocabulary', 'query', id, '--json'], { env });
    expect(jsonLines(again.stdout)).toMatchObject([
      {
        vocabulary_id: id,
        target_model: 'fun-asr-realtime',
        vocabulary: [
          { text: 'Moonshine', weight: 5 },
          { text: '热词', weight: 2, lang: 'zh' },
        ],
      },
    ]);

    expect(await cli(['vocabulary', 'delete', id], { env })).toMatchObject({
      exitCode: 0,
      stderr: `${id} is deleted\n`,
    });
    const gone = await cli(['vocabulary', 'query', id], { env });
    expect(gone.exitCode).toBe(1);
    expect(gone.stderr).toMatch(/Not found!.*Check the id.*\[E_PARAM, request id /);
  });

  it('token prints a temporary key alone, or with its end', async () => {
    const { stdout } = await cli(['token'], { env });
    expect(stdout).toMatch(/^st-[0-9a-f]{32}\n$/);
    const { stdout: json } = await cli(['token', '--expires-in', '1800', '--json'], { env });
    const [key] = jsonLines(json) as [{ expiresAt: string }];
    expect(Math.abs(Date.parse(key.expiresAt) - Date.now() - 1_800_000)).toBeLessThan(60_000);
    const used = { ...env, DASHSCOPE_API_KEY: stdout.trim() };
    expect((await cli(['vocabulary', 'list', '--json'], { env: used })).exitCode).toBe(0);
  });

  it('a key that is refused ends with 4, and is shown nowhere', async () => {
    const wrong = { ...env, DASHSCOPE_API_KEY: 'sk-canary-wrong' };
    const { exitCode, stdout, stderr } = await cli(['vocabulary', 'list'], { env: wrong });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('[E_AUTH');
    expect(stdout + stderr).not.toContain('canary');
  });
});

describe('wrong use of the account ends with 2 and says what is right', () => {
  it.each([
    [['vocabulary', 'crate'], /Did you mean create/],
    [['vocabulary', 'create', 'Demo', 'x'], /must be 1 to 9 lower-case letters and digits/],
    [['vocabulary', 'create', 'demo', 'x', '--weight', '6'], /must be an integer from 1 to 5/],
    [['token', '--expires-in', '0'], /must be an integer from 1 to 1800/],
    [['token'], /Set DASHSCOPE_API_KEY/],
    [['token', '--api-key', 'sk-canary'], /can be read by everybody/],
    [['token', '--http-base-url', 'wss://example.com'], /is no HTTP URL/],
  ])('%j', async (args, message) => {
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('canary');
  });

  it('a file that is not there is named', async () => {
    const env = { DASHSCOPE_HTTP_BASE_URL: 'http://127.0.0.1:9/api/v1' };
    const { exitCode, stderr } = await cli(['vocabulary', 'create', 'demo', '/nowhere/words.txt'], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\/nowhere\/words\.txt.*\[E_READ\]/);
  });
});

describe('through a proxy that asks for a password', () => {
  const proxied = (url: string) => ({
    DASHSCOPE_API_KEY: 'sk-canary0123456789',
    HTTPS_PROXY: url.replace('//', '//user:secret@'),
    NO_PROXY: 'localhost',
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
  });
  const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`;

  it('a key comes over HTTP', async () => {
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

  it('a recording is transcribed over WebSocket', async () => {
    await using service = await startScriptedService({
      client: async (client) => {
        await client.startTask();
        await client.action('finish-task');
        client.final('He was himself.', 100, 900);
        await client.finishTask();
      },
    });
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

  it('that is a SOCKS5 proxy, a key comes over HTTP and a recording is transcribed over WebSocket', async () => {
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

    await using service = await startScriptedService({
      client: async (client) => {
        await client.startTask();
        await client.action('finish-task');
        client.final('He was himself.', 100, 900);
        await client.finishTask();
      },
    });
    await using front = await startTlsFront(Number(new URL(service.url).port));
    await using proxy = await startSocksProxy({ port: front.port, credentials: 'user:secret' });
    const args = ['transcribe', RECORDING, '--output-dir', await temporaryFolder(), '--json', '--quiet'];
    const { exitCode, stdout } = await cli(args, { env: env(proxy.port) });
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ status: 'done', engine: 'cloud', sentences: 1 });
    expect(proxy.requests).toEqual(['fun-asr.test:443']);
    expect(service.clients[0]?.audio.length).toBeGreaterThan(32_000);
  });

  it('that speaks TLS itself, a recording is transcribed', async () => {
    await using service = await startScriptedService({
      client: async (client) => {
        await client.startTask();
        await client.action('finish-task');
        client.final('He was himself.', 100, 900);
        await client.finishTask();
      },
    });
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

  it('a wrong password is reported, and not shown', async () => {
    await using proxy = await startConnectProxy({ authorization: 'Basic other' });
    const env = { ...proxied(proxy.url), DASHSCOPE_HTTP_BASE_URL: 'https://fun-asr.test/api/v1' };
    const { exitCode, stderr } = await cli(['token'], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the proxy 127\.0\.0\.1:\d+ requires a valid user and password.*\[E_PROXY\]/);
    expect(stderr).not.toContain('secret');
  });
});
