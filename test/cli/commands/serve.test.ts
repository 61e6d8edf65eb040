import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatFaults } from '../../../lib/testing/faults/fault-spec.ts';
import { FAULT_KINDS } from '../../../lib/testing/faults/fault-kinds.ts';
import { randomFaults } from '../../../lib/testing/faults/random-faults.ts';
import { startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines, Program } from '../run-cli.ts';

describe('fun-asr serve', () => {
  it('prints its URL alone on stdout, serves transcribe as a client, and stops at Ctrl-C', async () => {
    const server = new Program(['serve', '--port', '0']);
    await server.shows('/api-ws/v1/inference\n');
    const url = server.stdout.trim();
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/api-ws\/v1\/inference$/);
    const folder = await temporaryFolder();
    await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'himself.ogg'));
    const env = { DASHSCOPE_WEBSOCKET_BASE_URL: url };
    const { exitCode, stdout } = await cli(['transcribe', folder, '--json', '-q'], { env });
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ status: 'done', engine: 'cloud', sentences: 1 });
    server.process.kill('SIGINT');
    expect((await server.finished()).exitCode).toBe(130);
    expect(server.stdout).toBe(`${url}\n`);
  });

  it('shows the page of live captions at its root', async () => {
    const server = new Program(['serve', '--port', '0']);
    await server.shows('live captions: http');
    const [, page = ''] = /live captions: (http:\S+\/)\n/.exec(server.stderr) ?? [];
    expect(new URL(page).host).toBe(new URL(server.stdout.trim()).host);
    const response = await fetch(page);
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining('>Start</button>'),
    ]);
  });

  it('prints its public address, answers to it, and prints no token', async () => {
    const token = 'a-token-of-more-than-22-characters';
    const url = 'https://captions.example.com/';
    const server = new Program(['serve', '--port', '0', '--public-url', url, '--token', token]);
    await server.shows('live captions: ');
    expect(server.stderr).toBe(`OpenAI API: ${url}v1\nlive captions: ${url}\n`);
    // A proxy on this machine needs the other one.
    expect(server.stdout).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/api-ws\/v1\/inference\n$/);
    const { port } = new URL(server.stdout.trim());
    const statusOf = async (host: string, query: string) => {
      const request = httpRequest({ host: '127.0.0.1', port, path: `/${query}`, headers: { host } });
      const [response] = await once(request.end(), 'response');
      response.resume();
      return response.statusCode;
    };
    expect(await statusOf('captions.example.com', `?token=${token}`)).toBe(200);
    expect(await statusOf('captions.example.com', '?token=wrong')).toBe(401);
    expect(await statusOf('evil.example', `?token=${token}`)).toBe(403);
    server.process.kill('SIGINT');
    await server.finished();
    expect(server.stdout + server.stderr).not.toContain(token);
  });

  it.each([
    [
      ['--public-url', 'https://captions.example.com'],
      /^error: a service with --public-url .* needs a token\. Set --token .*\[E_OPTION\]\n$/,
    ],
    [['--public-url', 'captions.example.com'], /must be an address such as https:\/\/captions\.example\.com/],
    [
      ['--public-url', 'http://captions.example.com', '--token', 'x'.repeat(22)],
      /must begin with https:\/\//,
    ],
    [['--concurrency', '0'], /--concurrency/],
  ])('exits with 2 and one error for %j', async (flags, message) => {
    const env = { XDG_CACHE_HOME: await temporaryFolder(), npm_config_registry: 'http://127.0.0.1:9/' };
    const { exitCode, stdout, stderr } = await cli(['serve', '--port', '0', ...flags], { env });
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
  });

  it('warns when the service is reachable from the network', async () => {
    const server = new Program(['serve', '--port', '0', '--host', '0.0.0.0', '--token', 'x'.repeat(22)]);
    await server.shows('warning: the service is reachable from the network without encryption');
    server.process.kill('SIGINT');
    expect((await server.finished()).exitCode).toBe(130);
    expect(server.stdout).toMatch(/^ws:\/\/0\.0\.0\.0:\d+\/api-ws\/v1\/inference\n$/);
  });

  it.each([
    ['the port is in use', 'E_PORT', () => startedPort()],
    ['a token is missing', 'E_OPTION', async () => ['--host', '0.0.0.0', '--port', '0']],
  ])('exits with 2 before it loads the engine when %s', async (_, code, flags) => {
    // There is no model here: an engine that was opened first would fail to download it.
    const env = { XDG_CACHE_HOME: await temporaryFolder(), npm_config_registry: 'http://127.0.0.1:9/' };
    const { exitCode, stderr } = await cli(['serve', ...(await flags())], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`^error: .*\\[${code}\\]\\n$`));
  });

  it('frees the port when the engine cannot be opened', async () => {
    const env = { XDG_CACHE_HOME: await temporaryFolder(), npm_config_registry: 'http://127.0.0.1:9/' };
    const { exitCode, stdout, stderr } = await cli(['serve', '--port', '0'], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/\[E_MODEL_MISSING\]\n$/);
  });
});

/** Flags for a port that another service uses. */
async function startedPort(): Promise<string[]> {
  const service = await startScriptedService({});
  onTestFinished(() => service.close());
  return ['--port', new URL(service.url).port];
}

describe('fun-asr serve --faults', () => {
  it('prints the list of faults, and each fault when it happens', async () => {
    const server = new Program([
      'serve',
      '--port',
      '0',
      '--faults',
      'invalid-message:event@500ms, refuse:400@600ms',
    ]);
    await server.shows('/api-ws/v1/inference\n');
    expect(server.stderr).toContain('faults: invalid-message:event@500ms, refuse:400@600ms\n');
    const env = { DASHSCOPE_WEBSOCKET_BASE_URL: server.stdout.trim() };
    const folder = await temporaryFolder();
    const recording = join(FIXTURES, 'himself.ogg');
    const call = async () => await cli(['transcribe', recording, '-o', folder, '--force', '-q'], { env });
    expect((await call()).exitCode).toBe(0);
    expect(server.stderr).toMatch(
      /^fault: invalid-message:event@500ms on connection 1, after 0\.\d s of audio$/m,
    );
    const { exitCode, stderr } = await call();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('HTTP 400');
    expect(server.stderr).toMatch(/^fault: refuse:400@600ms on connection 2, after \d\.\d s of audio$/m);
  });

  it('generates random faults from a seed', async () => {
    const server = new Program(['serve', '--port', '0', '--faults', 'random', '--seed', '4']);
    await server.shows('/api-ws/v1/inference\n');
    expect(server.stderr).toContain(`faults: ${formatFaults(randomFaults(4))}\n`);
  });

  it('lists all kinds of faults in the help', async () => {
    const { stdout } = await cli(['serve', '--help']);
    for (const kind of FAULT_KINDS) expect(stdout).toContain(`\n  ${kind}`);
  });
});
