import { once } from 'node:events';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MODELS } from '../../lib/protocol/models.ts';
import { formatFaults } from '../../lib/testing/faults/fault-spec.ts';
import { FAULT_KINDS } from '../../lib/testing/faults/faults.ts';
import { randomFaults } from '../../lib/testing/faults/random-faults.ts';
import { respond, startScriptedService } from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cli, jsonLines, Program } from './run-cli.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;

describe('help', () => {
  it('shows every command, with examples', async () => {
    const { exitCode, stdout } = await cli(['--help']);
    expect(exitCode).toBe(0);
    for (const name of 'transcribe live convert serve probe models vocabulary token engine doctor'.split(' '))
      expect(stdout).toContain(name);
    expect(stdout).toContain('fun-asr transcribe talk.mp3');
  });

  it.each([[['transcribe', '--help']], [['help', 'transcribe']]])(
    '%j shows its flags, with examples',
    async (args) => {
      const { exitCode, stdout } = await cli(args);
      expect(exitCode).toBe(0);
      for (const flag of ['--output-dir', '--max-sentence-silence', '--language', '--dry-run'])
        expect(stdout).toContain(flag);
      expect(stdout).toContain('Examples:');
      expect(stdout).not.toContain('--api-key');
    },
  );

  it('the version is that of the package', async () => {
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong use ends with 2 and says what is right', () => {
  it.each([
    [['transcrybe', 'x'], /Did you mean transcribe/],
    [['transcribe'], /missing required argument 'input'/],
    [['transcribe', 'x', '--langage', 'en'], /Did you mean --language/],
    [['transcribe', 'x', '-f', 'doc'], /must be one of srt, jsonl, vtt, txt, json, tsv, all/],
    [['transcribe', 'x', '--max-sentence-silence', '100'], /must be an integer from 200 to 6000 ms/],
    [['transcribe', 'x', '--pace', 'fast'], /must be one of asap, realtime, or must be a number/],
    [['transcribe', 'x', '--concurrency', '0'], /must be an integer from 1 to 100/],
    [['transcribe', 'x', '--engine', 'moon'], /Allowed choices are auto, cloud, local/],
    [['serve', '--port', '70000'], /must be an integer from 0 to 65535/],
    [['engine', 'pull', 'whisper'], /Allowed choices are moonshine-base, moonshine-tiny/],
    [
      ['transcribe', join(FIXTURES, 'himself.ogg'), '--base-url', 'https://example.com/x', '--force'],
      /Write wss:/,
    ],
    [['serve', '--host', '0.0.0.0', '--port', '0'], /needs a token/],
    [['serve', '--faults', 'dorp@3s'], /there is no kind dorp.*Did you mean drop/],
    [['serve', '--faults', 'random', '--seed', 'x'], /must be an integer from 0/],
  ])('%j', async (args, message) => {
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('a key among the arguments is refused, and not repeated', async () => {
    const { exitCode, stdout, stderr } = await cli(['transcribe', 'x', '--api-key', 'sk-canary0123456789']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DASHSCOPE_API_KEY');
    expect(stdout + stderr).not.toContain('canary');
  });
});

describe('probe', () => {
  it('shows what recordings are, and as which format they may be sent', async () => {
    const { exitCode, stdout } = await cli([
      'probe',
      join(FIXTURES, 'leisure.wav'),
      join(FIXTURES, 'inaugural.webm'),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/leisure\.wav +wav +pcm_s16le +16000 Hz +1 +0:07 +wav/);
    expect(stdout).toMatch(/inaugural\.webm +\S+ +opus +48000 Hz +2 +0:11 +- +\S/);
  });

  it('--json gives one object each, and failures go on', async () => {
    const folder = await temporaryFolder();
    const gone = join(folder, 'gone.mp3');
    const { exitCode, stdout, stderr } = await cli(['probe', gone, join(FIXTURES, 'himself.ogg'), '--json']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('[E_READ]');
    expect(jsonLines(stdout)).toMatchObject([
      { input: gone, error: { code: 'E_READ' } },
      { input: join(FIXTURES, 'himself.ogg'), codec: 'opus', channels: 1, format: 'opus' },
    ]);
  });
});

describe('models', () => {
  it('shows every model with languages and prices', async () => {
    const { stdout } = await cli(['models']);
    for (const { name } of MODELS) expect(stdout).toContain(name);
    expect(stdout).toMatch(/^fun-asr-realtime +16000 Hz +zh en ja +0\.324 USD/m);
    expect(jsonLines((await cli(['models', '--json'])).stdout)).toEqual(MODELS);
  });
});

describe('engine', () => {
  it('list says which models are on this machine', async () => {
    const { stdout } = await cli(['engine', 'list', '--json']);
    expect(jsonLines(stdout)).toMatchObject([
      { name: 'moonshine-base', state: 'ready' },
      { name: 'moonshine-tiny' },
    ]);
    expect((await cli(['engine', 'list'])).stdout).toMatch(/^moonshine-base +en +ready +\d+ MB/m);
  });

  it('pull does nothing for a model that is there', async () => {
    const { exitCode, stderr } = await cli(['engine', 'pull']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^moonshine-base is in .*moonshine-base\n$/);
  });

  it('pull is ended by Ctrl-C with one line, and leaves nothing behind', async () => {
    const cache = await temporaryFolder();
    const registry = createServer(() => {}).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    onTestFinished(() => void (registry.closeAllConnections(), registry.close()));
    const env = {
      XDG_CACHE_HOME: cache,
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
      npm_config_noproxy: '127.0.0.1',
    };
    const program = new Program(['engine', 'pull'], { env });
    await once(registry, 'connection');
    program.process.kill('SIGINT');
    expect(await program.finished()).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: expect.stringMatching(/^(downloading .*\n)*stopped: nothing of moonshine-base was kept\n$/),
    });
    expect(await readdir(join(cache, 'fun-asr-streams/models'))).toEqual([]);
  });

  it('remove deletes a model', async () => {
    const cache = await temporaryFolder();
    await mkdir(join(cache, 'fun-asr-streams/models/moonshine-tiny'), { recursive: true });
    const env = { XDG_CACHE_HOME: cache };
    expect((await cli(['engine', 'remove', 'moonshine-tiny'], { env })).stderr).toBe(
      'moonshine-tiny is removed\n',
    );
    expect((await cli(['engine', 'remove', 'moonshine-tiny'], { env })).stderr).toContain(
      'was not on this machine',
    );
  });
});

describe('serve', () => {
  it('prints its URL alone, answers the same program as a client, and ends with Ctrl-C', async () => {
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

  it('says that it is open to the network when it is', async () => {
    const server = new Program(['serve', '--port', '0', '--host', '0.0.0.0', '--token', 'x'.repeat(22)]);
    await server.shows('open to the network, without encryption');
    server.process.kill('SIGINT');
    expect((await server.finished()).exitCode).toBe(130);
    expect(server.stdout).toMatch(/^ws:\/\/0\.0\.0\.0:\d+\/api-ws\/v1\/inference\n$/);
  });

  it('fails on purpose, and tells what happens', async () => {
    const server = new Program(['serve', '--port', '0', '--faults', 'garbage:event@500ms, refuse:400@600ms']);
    await server.shows('/api-ws/v1/inference\n');
    expect(server.stderr).toContain('faults: garbage:event@500ms, refuse:400@600ms\n');
    const env = { DASHSCOPE_WEBSOCKET_BASE_URL: server.stdout.trim() };
    const folder = await temporaryFolder();
    const recording = join(FIXTURES, 'himself.ogg');
    const call = async () => await cli(['transcribe', recording, '-o', folder, '--force', '-q'], { env });
    expect((await call()).exitCode).toBe(0);
    expect(server.stderr).toMatch(/^fault: garbage:event@500ms on connection 1, after 0\.\d s of audio$/m);
    const { exitCode, stderr } = await call();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('HTTP 400');
    expect(server.stderr).toMatch(/^fault: refuse:400@600ms on connection 2, after \d\.\d s of audio$/m);
  });

  it('makes random faults of a seed', async () => {
    const server = new Program(['serve', '--port', '0', '--faults', 'random', '--seed', '4']);
    await server.shows('/api-ws/v1/inference\n');
    expect(server.stderr).toContain(`faults: ${formatFaults(randomFaults(4))}\n`);
  });

  it('shows the faults that it knows', async () => {
    const { stdout } = await cli(['serve', '--help']);
    for (const kind of FAULT_KINDS) expect(stdout).toContain(`\n  ${kind}`);
  });

  it('ends with 2 when the port is in use', async () => {
    const service = await startScriptedService({});
    onTestFinished(() => service.close());
    const { exitCode, stderr } = await cli(['serve', '--port', new URL(service.url).port, '--no-partials']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/\[E_PORT\]/);
  });
});

describe('doctor', () => {
  it('finds nothing to mend where everything is there', async () => {
    const { exitCode, stdout } = await cli(['doctor', '--json']);
    expect(exitCode).toBe(0);
    const checks = jsonLines(stdout);
    expect(checks.map(({ name }) => name)).toEqual(['node', 'ffmpeg', 'key', 'cloud', 'engine', 'models']);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(checks.at(-1)).toMatchObject({ status: 'ok', detail: expect.stringContaining('moonshine-base') });
  });

  it('says what to mend without FFmpeg and with a key that is refused, and shows the key nowhere', async () => {
    const service = await startScriptedService({
      upgrade: respond(401, '{"code":"InvalidApiKey","message":"no"}'),
    });
    onTestFinished(() => service.close());
    const env = {
      FFMPEG_PATH: '/nowhere/ffmpeg',
      DASHSCOPE_API_KEY: 'sk-canary0123456789',
      DASHSCOPE_WEBSOCKET_BASE_URL: service.url,
    };
    const { exitCode, stdout } = await cli(['doctor'], { env });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/✖ ffmpeg .*\n.*Install FFmpeg/);
    expect(stdout).toMatch(/✖ cloud .*401.*\n.*Check the API key/);
    expect(stdout).not.toContain('canary');
  });
});
