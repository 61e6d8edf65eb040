import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, Program } from '../run-cli.ts';

/** Starts `serve` on a free port. Returns it with the address of its OpenAI API, as it prints it. */
async function serve(
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ server: Program; api: string }> {
  const server = new Program(['serve', '--port', '0', ...flags], { env });
  await server.shows('/v1\n');
  const api = /^OpenAI API: (http:\/\/\S+)$/m.exec(server.stderr)?.[1] ?? '';
  return { server, api };
}

describe('fun-asr serve', () => {
  it('prints the address of the OpenAI API on stderr, and only its URL on stdout', async () => {
    const { server, api } = await serve();
    expect(api).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(server.stdout).toBe(`${api.replace('http', 'ws').replace('/v1', '')}/api-ws/v1/inference\n`);
    const models = (await (await fetch(`${api}/models`)).json()) as { data: { id: string }[] };
    expect(models.data.at(-1)).toMatchObject({ id: 'whisper-1' });
  });

  it('removes uploads that are in progress when it is stopped', async () => {
    const TMPDIR = await temporaryFolder();
    const { server, api } = await serve([], { TMPDIR });
    const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';
    async function* slowly(): AsyncGenerator<Buffer> {
      yield Buffer.from(head);
      yield Buffer.alloc(100_000);
      await new Promise(() => {});
    }
    const upload = fetch(`${api}/audio/transcriptions`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: ReadableStream.from(slowly()),
      duplex: 'half',
    }).catch((error: unknown) => error);
    await expect.poll(() => readdir(TMPDIR)).not.toEqual([]);
    server.process.kill('SIGINT');
    expect((await server.finished()).exitCode).toBe(130);
    expect(await readdir(TMPDIR)).toEqual([]);
    expect(await upload).toBeInstanceOf(Error);
  });

  it('stops after an upload that was refused before all of it arrived', async () => {
    const { server, api } = await serve(['--token', 'a-token-of-some-length-1234']);
    const { host, hostname, port } = new URL(api);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 1000\r\n\r\n--b`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
    // The server waits for the rest for a limited time.
    await once(socket, 'close');
    server.process.kill('SIGINT');
    expect((await server.finished()).exitCode).toBe(130);
  });

  it('recognises as many recordings at a time as --concurrency allows', async () => {
    const TMPDIR = await temporaryFolder();
    const held: ScriptedClient[] = [];
    const cloud = await startScriptedService({ client: (client) => void held.push(client) });
    onTestFinished(() => cloud.close());
    const flags = ['--engine', 'cloud', '--base-url', cloud.url, '--concurrency', '2'];
    const { api } = await serve(flags, { TMPDIR, DASHSCOPE_API_KEY: 'any' });
    const uploads = [1, 2, 3].map(async () => {
      const body = new FormData();
      body.append('file', new File([await readFile(join(FIXTURES, 'leisure.wav'))], 'leisure.wav'));
      const response = await fetch(`${api}/audio/transcriptions`, { method: 'POST', body });
      return (await response.json()) as { text: string };
    });
    await expect.poll(() => readdir(TMPDIR)).toHaveLength(3);
    await expect.poll(() => held.length).toBe(2);
    await held[0]?.startTask();
    expect(held).toHaveLength(2);
    for (let next = 0; next < 3; next += 1) {
      await expect.poll(() => held.length).toBeGreaterThan(next);
      const client = held[next];
      if (next > 0) await client?.startTask();
      client?.final(`Recording ${next + 1}.`, 0, 1000);
      await client?.action('finish-task');
      await client?.finishTask();
    }
    const texts = (await Promise.all(uploads)).map(({ text }) => text);
    expect(new Set(texts)).toEqual(new Set(['Recording 1.', 'Recording 2.', 'Recording 3.']));
    expect(await readdir(TMPDIR)).toEqual([]);
  });

  it.each([
    ['the cloud is chosen without a key', ['--engine', 'cloud'], '[E_NO_KEY]'],
    ['a setting of another engine is given', ['--engine', 'local', '--no-itn'], '[E_OPTION]'],
    ['the size of uploads is not a number', ['--max-upload', '5MB'], '--max-upload'],
  ])('exits with 2 when %s', async (_, flags, text) => {
    const { exitCode, stderr } = await cli(['serve', '--port', '0', ...flags]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(text)]);
  });

  describe.skipIf(spawnSync('curl', ['--version']).status !== 0)('with curl', () => {
    const run = promisify(execFile);
    /** Sends a form with curl. Returns the status and the body. */
    async function send(
      api: string,
      fields: readonly string[],
      more: readonly string[] = [],
    ): Promise<string> {
      const form = fields.flatMap((field) => ['--form', field]);
      const { stdout } = await run('curl', [
        '-s',
        '-w',
        '\n%{http_code}',
        ...more,
        ...form,
        `${api}/audio/transcriptions`,
      ]);
      return stdout;
    }

    it('answers in each format', async () => {
      const { api } = await serve();
      const file = `file=@${join(FIXTURES, 'himself.ogg')}`;
      const answer = async (format: string): Promise<string> =>
        await send(api, [file, 'model=whisper-1', `response_format=${format}`]);
      expect(await answer('text')).toBe('He might even have been made amiable himself.\n\n200');
      expect(await answer('json')).toMatch(/^\{"text":"He might even .*\}\n200$/);
      expect(await answer('verbose_json')).toMatch(/^\{"task":"transcribe","language":"english",.*\}\n200$/);
      expect(await answer('srt')).toMatch(/^1\n00:00:00,\d+ --> .*\n200$/s);
      expect(await answer('vtt')).toMatch(/^WEBVTT\n\n00:00:00\.\d+ --> .*\n200$/s);
      expect(await answer('docx')).toMatch(/^\{"error":\{"message":"response_format must be .*\n400$/);
      expect(await send(api, [file, 'stream=true'])).toMatch(
        /^data: \{"type":"transcript\.text\.delta",.*\n\ndata: \{"type":"transcript\.text\.done",.*\n\n\n200$/,
      );
    });

    it('refuses files above --max-upload, and other tokens than that of --token', async () => {
      const token = 'a-token-of-some-length-1234';
      const { api } = await serve(['--max-upload', '1', '--token', token]);
      const long = join(await temporaryFolder(), 'long.wav');
      await writeFile(long, Buffer.alloc(3_000_000));
      const bearer = ['--header', `Authorization: Bearer ${token}`];
      expect(await send(api, [`file=@${long}`], bearer)).toMatch(/"code":"file_too_large".*\n413$/);
      expect(await send(api, [`file=@${long}`])).toMatch(/"code":"invalid_api_key".*\n401$/);
      const file = `file=@${join(FIXTURES, 'himself.ogg')}`;
      expect(await send(api, [file, 'response_format=text'], bearer)).toMatch(/^He might even .*\n200$/s);
    });
  });
});
