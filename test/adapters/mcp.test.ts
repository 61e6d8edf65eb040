import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { cli, FIXTURES, jsonLines, Program } from '../cli/run-cli.ts';
import { CANARY } from '../support/canary.ts';
import { packageCopy } from '../support/package-copy.ts';
import { respond, startScriptedService } from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A folder with a recording, and a folder beside it that contains another one. */
async function folders(): Promise<{ root: string; outside: string }> {
  const folder = await temporaryFolder();
  const [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
  await Promise.all([mkdir(root), mkdir(outside)]);
  await copyFile(join(FIXTURES, 'ill-disposed.mp3'), join(root, 'talk.mp3'));
  await copyFile(join(FIXTURES, 'leisure.wav'), join(outside, 'secret.wav'));
  return { root, outside };
}

/** Starts the server in a folder, and connects the client of the official SDK. */
async function connect(
  root: string,
  { args = ['--root', root], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, 'mcp', ...args],
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stderr: 'ignore',
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

/** Collects progress as it arrives: the client drops what comes in one piece with the result. */
function collectProgress({ transport }: Client): { progress: number; total?: number }[] {
  const progress: { progress: number; total?: number }[] = [];
  const handle = transport?.onmessage;
  const onmessage: typeof handle = (message) => {
    if ('method' in message && message.method === 'notifications/progress')
      progress.push(message.params as { progress: number; total?: number });
    handle?.(message);
  };
  Object.assign(transport ?? {}, { onmessage });
  return progress;
}

/** The texts of the result of a call. */
async function call(client: Client, name: string, args: Record<string, unknown>) {
  const { content, isError = false } = await client.callTool({ name, arguments: args });
  const texts = (content as { type: string; text: string }[]).map(({ text }) => text);
  return { isError, text: texts[0], notes: texts[1] };
}

describe('fun-asr mcp', () => {
  it('describes its tools', async () => {
    const { root } = await folders();
    const client = await connect(root);
    const { tools } = await client.listTools();
    expect(tools.map(({ name, inputSchema }) => [name, Object.keys(inputSchema.properties ?? {})])).toEqual([
      ['transcribe', ['path', 'language', 'output', 'format']],
      ['make_subtitles', ['path', 'language', 'output', 'format', 'profile']],
      ['list_models', []],
    ]);
    expect(client.getInstructions()).toContain(root);
    const { text = '' } = await call(client, 'list_models', {});
    const models = JSON.parse(text) as Record<string, { name: string }[]>;
    expect(models['cloud']?.map(({ name }) => name)).toContain('fun-asr-realtime');
    expect(models['local']).toContainEqual({ name: 'moonshine-base', languages: ['en'], state: 'ready' });
  });

  it('transcribes with the local engine, reports progress, and uses the text again', async () => {
    const { root } = await folders();
    const client = await connect(root);
    const progress = collectProgress(client);
    const result = await client.callTool({ name: 'transcribe', arguments: { path: 'talk.mp3' } }, undefined, {
      onprogress: () => {},
    });
    expect(result).toMatchObject({
      content: [
        { type: 'text', text: 'He was not an ill-disposed young man.\n' },
        { type: 'text', text: '1 sentence, recognised by moonshine-base (local)' },
      ],
    });
    expect(progress.at(-1)).toMatchObject({ progress: expect.closeTo(2.9, 1), total: expect.closeTo(3, 0) });
    expect(progress.map((one) => one.progress)).toEqual(
      [...new Set(progress.map((one) => one.progress))].toSorted((a, b) => a - b),
    );
    const again: unknown[] = [];
    const args = { path: join(root, 'talk.mp3'), format: 'vtt', profile: 'bbc' };
    const subtitles = await client.callTool({ name: 'make_subtitles', arguments: args }, undefined, {
      onprogress: (one) => again.push(one),
    });
    expect(subtitles).toMatchObject({
      content: [{ text: expect.stringMatching(/^WEBVTT\n\n(.*\n)?00:00:00\.320 --> .*\nHe was not/) }, {}],
    });
    expect(again).toEqual([]);
  });

  it('writes a file only when a call names one, and replaces none', async () => {
    const { root, outside } = await folders();
    const client = await connect(root);
    const write = (output: string) => call(client, 'make_subtitles', { path: 'talk.mp3', output });
    const { notes, text } = await write('talk.srt');
    expect(notes).toContain(`written to ${join(root, 'talk.srt')}`);
    expect(await readFile(join(root, 'talk.srt'), 'utf8')).toBe(text);
    expect(await write('talk.srt')).toMatchObject({
      isError: true,
      text: expect.stringContaining('[E_EXISTS]'),
    });
    await symlink(outside, join(root, 'link'));
    for (const path of ['../outside/a.srt', join(outside, 'a.srt'), 'link/a.srt', 'missing/a.srt'])
      expect(await write(path)).toMatchObject({ isError: true, text: expect.stringContaining('[E_WRITE]') });
    expect((await write('talk.sh')).text).toContain('must end with .srt');
  });

  it('reads no file outside of its folder, and does not show what exists there', async () => {
    const { root, outside } = await folders();
    await symlink(join(outside, 'secret.wav'), join(root, 'link.wav'));
    await symlink(outside, join(root, 'folder'));
    const client = await connect(root, { args: [] });
    const paths = [
      '../outside/secret.wav',
      '../outside/missing.wav',
      join(outside, 'secret.wav'),
      'link.wav',
      'folder/secret.wav',
      'missing.wav',
      '/etc/passwd',
      'file:///etc/passwd',
      'http://127.0.0.1:1/a.wav',
    ];
    for (const path of paths) {
      const { isError, text = '' } = await call(client, 'transcribe', { path });
      expect({ isError, text: text.split('\n')[0] }).toEqual({
        isError: true,
        text: `${path}: there is no such file in ${root}`,
      });
      expect(text).toMatch(/--root <dir>.*\n\[E_READ\]$/);
    }
  });

  it('answers wrong calls and bad recordings with errors', async () => {
    const { root } = await folders();
    await writeFile(join(root, 'text.mp3'), 'no audio');
    await mkdir(join(root, 'folder'));
    const client = await connect(root);
    const errorOf = async (name: string, args: Record<string, unknown>) => {
      const { isError, text = '' } = await call(client, name, args);
      return [isError, text];
    };
    expect(await errorOf('transcribe', {})).toEqual([true, 'transcribe: the path is missing\n[E_OPTION]']);
    expect(await errorOf('transcribe', { path: 7 })).toEqual([
      true,
      expect.stringMatching(/path must be a string.*got 7/),
    ]);
    expect(await errorOf('transcribe', { path: 'talk.mp3', format: 'exe' })).toEqual([
      true,
      expect.stringMatching(/^transcribe: format must be one of srt, /),
    ]);
    expect(await errorOf('make_subtitles', { path: 'talk.mp3', colour: 1 })).toEqual([
      true,
      expect.stringContaining('there is no argument colour'),
    ]);
    expect(await errorOf('transcribe', { path: 'text.mp3' })).toEqual([
      true,
      expect.stringMatching(/^text\.mp3: .*\[E_BAD_MEDIA\]$/s),
    ]);
    expect(await errorOf('transcribe', { path: 'folder' })).toEqual([
      true,
      expect.stringContaining('[E_READ]'),
    ]);
    expect(await errorOf('transcribe', { path: 'talk.mp3', language: 'de-DE' })).toEqual([
      true,
      expect.stringMatching(/recognises en only, not de.*\[E_LANGUAGE\]/s),
    ]);
    expect(await errorOf('transcribe', { path: 'talk.mp3', language: 'jp' })).toEqual([
      true,
      expect.stringContaining('the language is invalid. Did you mean ja?'),
    ]);
    expect(await errorOf('erase', {})).toEqual([true, 'there is no tool erase']);
  });

  it('never shows the key', async () => {
    const { root } = await folders();
    // The service repeats the key that it refuses.
    const service = await startScriptedService({ upgrade: respond(401, `{"message":"bad key ${CANARY}"}`) });
    onTestFinished(() => service.close());
    const env = { DASHSCOPE_API_KEY: CANARY, DASHSCOPE_WEBSOCKET_BASE_URL: service.url };
    const client = await connect(root, { env });
    const { isError, text } = await call(client, 'transcribe', { path: 'talk.mp3' });
    expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('[E_AUTH]') });
    expect(text).not.toContain(CANARY);
  });

  it('stops a call that the client cancels, and answers the next one', async () => {
    const { root } = await folders();
    const cancelling = new AbortController();
    let closed: Promise<unknown> | undefined;
    // It never starts the task. The client cancels when it is requested.
    await using service = await startScriptedService({
      client: async (scripted) => {
        closed ??= once(scripted.socket, 'close');
        await scripted.action('run-task');
        cancelling.abort('not wanted');
      },
    });
    const client = await connect(root, { env: { DASHSCOPE_WEBSOCKET_BASE_URL: service.url } });
    const cancelled = client.callTool({ name: 'transcribe', arguments: { path: 'talk.mp3' } }, undefined, {
      signal: cancelling.signal,
    });
    await expect(cancelled).rejects.toThrow('not wanted');
    await closed;
    expect(service.clients).toHaveLength(1);
    expect((await call(client, 'list_models', {})).isError).toBe(false);
  });

  it('writes nothing but messages of the protocol to standard output, and ends with its input', async () => {
    const { root } = await folders();
    const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await writeFile(join(root, 'in.json'), `${message}\n`);
    const server = new Program(['mcp'], { cwd: root, stdin: join(root, 'in.json') });
    const { exitCode, stdout, stderr } = await server.finished();
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '{"result":{},"jsonrpc":"2.0","id":1}\n',
      stderr: '',
    });
  });

  it('ends at once when the client disconnects during a call', async () => {
    const { root } = await folders();
    // It never starts the task.
    await using service = await startScriptedService({});
    const env = { ...process.env, DASHSCOPE_WEBSOCKET_BASE_URL: service.url };
    const server = spawn(process.execPath, [MAIN, 'mcp'], {
      cwd: root,
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    onTestFinished(() => void server.kill('SIGKILL'));
    const output = readText(server.stdout);
    const request = { name: 'transcribe', arguments: { path: 'talk.mp3' } };
    const initialize = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    };
    const messages = [
      { id: 1, method: 'initialize', params: initialize },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/call', params: request },
    ];
    for (const message of messages) server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    await expect.poll(() => service.clients.length).toBe(1);
    await service.clients[0]?.action('run-task');
    server.stdin.end();
    expect(jsonLines(await output).map(({ id }) => id)).toEqual([1]);
    await expect.poll(() => service.clients[0]?.socket.readyState).toBe(WebSocket.CLOSED);
    expect(server.exitCode ?? (await once(server, 'exit'))[0]).toBe(0);
  });

  it('names a folder that does not exist, and the package that is missing or does not fit', async () => {
    const { exitCode, stderr } = await cli(['mcp', '--root', '/no/such/folder']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/\/no\/such\/folder: it is not a folder\. .*--root\. \[E_OPTION\]/);
    const name = '@modelcontextprotocol/sdk';
    const missing = await cliOf(await packageCopy({ [name]: undefined }));
    expect(missing).toMatch(
      /fun-asr mcp needs @modelcontextprotocol\/sdk, which cannot be loaded.*npm install @modelcontextprotocol\/sdk@1 \[E_PACKAGE\]/,
    );
    const old = await cliOf(await packageCopy({ [name]: '0.6.0' }));
    expect(old).toMatch(/needs version 1 of @modelcontextprotocol\/sdk, and 0\.6\.0 is installed/);
  });
});

/** What the program of a copy of the package prints on stderr. */
async function cliOf(folder: string): Promise<string> {
  const main = join(folder, 'dist', 'cli', 'main.js');
  return await new Promise((resolve) => {
    execFile(process.execPath, [main, 'mcp'], (_error, _stdout, stderr) => resolve(stderr));
  });
}
