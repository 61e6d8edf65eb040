import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { copyVoiceDetector } from '../../support/voice-detector.ts';
import { cli, FIXTURES, jsonLines, Program } from '../run-cli.ts';

describe('fun-asr engine', () => {
  it('list shows the models and their state on this machine', async () => {
    const { stdout } = await cli(['engine', 'list', '--json']);
    expect(jsonLines(stdout)).toMatchObject([
      { name: 'moonshine-base', state: 'ready' },
      { name: 'moonshine-tiny' },
      {
        name: 'sense-voice',
        license: 'FunASR Model Open Source License Agreement 1.1',
        licenseUrl: expect.stringContaining('MODEL_LICENSE'),
      },
      { name: 'fun-asr-nano' },
    ]);
    expect((await cli(['engine', 'list'])).stdout).toMatch(/^moonshine-base +en +ready +\d+ MB/m);
  });

  it('pull downloads nothing when the model is installed', async () => {
    const { exitCode, stderr } = await cli(['engine', 'pull']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^moonshine-base: license: MIT\nmoonshine-base: installed in .*moonshine-base\n$/);
  });

  it('pull warns of a host for a model that comes from elsewhere', async () => {
    const { exitCode, stderr } = await cli(['engine', 'pull', '--model-host', 'https://models.example.com']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^warning: --model-host has no effect on moonshine-base\. This model comes from the npm registry\. \[W_OPTION\]\n/,
    );
  });

  it('pull stops at Ctrl-C with one line and deletes partial files', async () => {
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
      stderr: expect.stringMatching(
        /^moonshine-base: license: MIT\n(downloading .*\n)*moonshine-base: download stopped, partial files deleted\n$/,
      ),
    });
    expect(await readdir(join(cache, 'fun-asr-streams/models'))).toEqual([]);
  });

  it('pull refuses a model host without encryption before anything is sent', async () => {
    const env = { XDG_CACHE_HOME: await temporaryFolder(), HF_ENDPOINT: 'http://10.0.0.1' };
    const { exitCode, stderr } = await cli(['engine', 'pull', 'sense-voice'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^sense-voice: license: FunASR .*\n.*HF_ENDPOINT .*http:\/\/10\.0\.0\.1.*\[E_OPTION\]\n$/,
    );
  });

  it('pull lists the models that there are, for a name that it does not know', async () => {
    const { exitCode, stderr } = await cli(['engine', 'pull', 'whisper']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^error: there is no model whisper to download\. There are moonshine-base, .*sense-voice.* \[E_OPTION\]\n$/,
    );
  });

  it.each([
    [['--languages', 'zh,xx'], 'It must be the code of a language, such as zh, yue, en or ja.'],
    [['--languages', 'zh-HK'], 'It must be zh for Mandarin, or yue for Cantonese.'],
    [['--languages', 'zh', '--name', 'con'], 'Windows has no folder of this name'],
  ])('add refuses %j', async (flags, reason) => {
    const { exitCode, stderr } = await cli(['engine', 'add', `${FIXTURES}models/dolphin`, ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
  });

  it('remove deletes an installed model, and reports one that is not installed', async () => {
    const cache = await temporaryFolder();
    await mkdir(join(cache, 'fun-asr-streams/models/moonshine-tiny'), { recursive: true });
    const remove = async () =>
      await cli(['engine', 'remove', 'moonshine-tiny'], { env: { XDG_CACHE_HOME: cache } });
    expect((await remove()).stderr).toBe('moonshine-tiny: removed\n');
    expect((await remove()).stderr).toBe('moonshine-tiny: not installed\n');
  });

  it('add keeps the languages, and transcribe refuses any other one before it loads the model', async () => {
    const env = { XDG_CACHE_HOME: await temporaryFolder(), DASHSCOPE_API_KEY: '' };
    const folder = `${FIXTURES}models/nemo-ctc`;
    const added = await cli(['engine', 'add', folder, '--name', 'german', '--languages', 'de'], { env });
    expect(added.exitCode).toBe(0);
    const { exitCode, stderr } = await cli(
      ['transcribe', `${FIXTURES}leisure.wav`, '--model', 'german', '--language', 'en'],
      { env },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: the local model german recognises de only, not en\. .*\[E_LANGUAGE\]\n$/);
  });

  it('add accepts a punctuation model, list shows it, and transcribe uses it', async () => {
    const env = { XDG_CACHE_HOME: await temporaryFolder(), DASHSCOPE_API_KEY: '' };
    await copyVoiceDetector(join(env.XDG_CACHE_HOME, 'fun-asr-streams/models'));
    for (const model of ['paraformer', 'punctuation']) {
      const flags = ['--languages', 'zh', '--name', `my-${model}`];
      expect((await cli(['engine', 'add', `${FIXTURES}models/${model}`, ...flags], { env })).exitCode).toBe(
        0,
      );
    }
    const { stdout } = await cli(['engine', 'list'], { env });
    expect(stdout).toMatch(/^my-punctuation +zh +ready +\d KB +punctuation +ctTransformer +\//m);
    expect(stdout).toMatch(/^my-paraformer +zh +ready +\d KB +speech +paraformer +\//m);
    const input = `${FIXTURES}ill-disposed.mp3`;
    const flags = ['-o', '-', '-f', 'txt', '--model'];
    const used = await cli(['transcribe', input, ...flags, 'my-paraformer'], { env });
    expect(used.stdout).toMatch(/[\p{Script=Han}]，.*。\n$/su);
    const refused = await cli(['transcribe', input, ...flags, 'my-punctuation'], { env });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/^error: my-punctuation is a punctuation model, which does not recognise/);
  });

  it.each(['transcribe', 'live'])('%s names the languages that only local models know', async (command) => {
    const { stdout } = await cli([command, '--help']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      '--language <code> language of the speech: zh, en or ja; local: also yue, ko',
    );
  });
});
