import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openLocalEngine, startService, type Engine, type Service } from 'fun-asr-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const TOKEN = '0123456789abcdefghijkl';

interface Server extends AsyncDisposable {
  readonly url: string;
  /** What it wrote to stderr so far. */
  readonly log: () => string;
}

let engine: Engine;
let service: Service;
let server: Server;

/** Starts the recipe as a user would. */
async function startRecipe(env: NodeJS.ProcessEnv): Promise<Server> {
  const child = spawn(process.execPath, [inProject('recipes/http-subtitles.mjs'), '0'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (bytes: Buffer) => (log += bytes.toString()));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: line.toString().trim(),
    log: () => log,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'close');
    },
  };
}

beforeAll(async () => {
  engine = await openLocalEngine();
  service = await startService({ engine, port: 0, token: TOKEN });
  server = await startRecipe({ DASHSCOPE_WEBSOCKET_BASE_URL: service.url, DASHSCOPE_API_KEY: TOKEN });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await service.close();
  await engine.close();
});

async function upload(
  body: Buffer | string,
  { url } = server,
): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(url, { method: 'POST', body });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

describe('the recipe http-subtitles', () => {
  it('returns the subtitles of an upload', async () => {
    const { status, type, text: subtitles } = await upload(await readFile(inProject('fixtures/himself.ogg')));
    expect({ status, type }).toEqual({ status: 200, type: 'application/x-subrip; charset=utf-8' });
    expect(subtitles).toMatch(/^1\n00:00:\d\d,\d{3} --> /);
    expect(subtitles).toContain('himself');
  });

  it('returns the subtitles of an upload without a key', async () => {
    await using local = await startRecipe({ DASHSCOPE_API_KEY: '', DASHSCOPE_WEBSOCKET_BASE_URL: '' });
    const { status, text: subtitles } = await upload(
      await readFile(inProject('fixtures/himself.ogg')),
      local,
    );
    expect({ status, log: local.log() }).toEqual({ status: 200, log: '' });
    expect(subtitles).toContain('himself');
  });

  it('breaks the answer and logs the reason when the recognition fails', async () => {
    await using refused = await startRecipe({
      DASHSCOPE_WEBSOCKET_BASE_URL: service.url,
      DASHSCOPE_API_KEY: 'wrong',
    });
    const recording = await readFile(inProject('fixtures/himself.ogg'));
    await expect(upload(recording, refused)).rejects.toThrow(TypeError);
    await expect.poll(refused.log).toMatch(/^E_AUTH: .+\n$/);
  });

  it.each([
    ['text', 'this is not audio'],
    ['an image', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000)])],
    ['nothing', ''],
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
    ['more than fits into the buffers', Buffer.alloc(4 * 1024 * 1024, 'not audio ')],
  ])('answers 415 with the reason to %s, and serves the next request', async (_, body) => {
    const { status, type, text: reason } = await upload(body);
    expect({ status, type }).toEqual({ status: 415, type: 'text/plain; charset=utf-8' });
    expect(reason).toMatch(/^the input stream: .+\n$/);
    expect((await upload(await readFile(inProject('fixtures/leisure.wav')))).status).toBe(200);
  });

  it('answers while the upload is not complete', async () => {
    const client = requestHttp(server.url, { method: 'POST' });
    client.write('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'.repeat(100));
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(415);
    expect(await text(response)).toMatch(/^the input stream: /);
    client.end();
  });

  it('serves the next request after a client that disconnected', async () => {
    const recording = await readFile(inProject('fixtures/sense-and-sensibility.mp3'));
    const client = requestHttp(server.url, { method: 'POST' });
    client.on('error', () => {});
    await new Promise((resolve) => client.write(recording.subarray(0, 20_000), resolve));
    client.destroy();
    expect((await upload(await readFile(inProject('fixtures/leisure.wav')))).status).toBe(200);
  });
});
